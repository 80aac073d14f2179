"""Shapes of identity: who a client is, which Origin it has, and what is left when it goes."""

import ast
import re
from collections.abc import Iterator

from duplex.diagnosis.code import Code, Module, Place, assigned
from duplex.diagnosis.shapes import shape
from duplex.diagnosis.shapes.consumers import last, run
from duplex.diagnosis.shapes.groups import events, layer_calls

ENDS = ("disconnect", "websocket_disconnect", "__call__")  # what runs when a connection ends


def _nodes(code: Code, kind: type) -> Iterator[tuple[Module, ast.AST]]:
    for module in code.modules.values():
        yield from ((module, node) for node in ast.walk(module.tree) if isinstance(node, kind))


@shape
def uses(code: Code, name: str) -> Iterator[Place]:
    """Something is called whose full name fits, anywhere in the project."""
    for module, node in _nodes(code, ast.Call):
        if re.fullmatch(name, code.name(node.func, module)):
            yield module.place(node)


def _key(node: ast.AST | None) -> object:
    """Return the key that is asked for by `x["key"]` or `x.get("key")`."""
    if isinstance(node, ast.Subscript):
        return getattr(node.slice, "value", None)
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get" and node.args:
        return getattr(node.args[0], "value", None)
    return None


@shape
def truth_of_user(code: Code, compared: str = "") -> Iterator[Place]:
    """A condition asks whether the scope's user is there, not whether it is authenticated.

    It is taken for true or not, or with `compared`, such as "None", compared with that.
    """
    for function in code.functions:
        local = assigned(ast.walk(function.node))
        for node in ast.walk(function.node):
            test, other = _asked(getattr(node, "test", None))
            test = local.get(test.id) if isinstance(test, ast.Name) else test
            if _key(test) == "user" and other == compared:
                yield function.module.place(node)


def _asked(test: ast.expr | None) -> tuple[ast.expr | None, str]:
    """Return what a condition asks about, and what it compares that with, if it does."""
    test = test.operand if isinstance(test, ast.UnaryOp) else test
    if isinstance(test, ast.Compare):
        return test.left, ast.unparse(test.comparators[0])
    return test, ""


@shape
def published_from_frame(code: Code, field: str) -> Iterator[Place]:
    """A field of what is published is taken from the frame that came."""
    for call in layer_calls(code, "group_send"):
        local = assigned(ast.walk(call.function.node))
        event = call.argument("message", 1)
        event = local.get(event.id) if isinstance(event, ast.Name) else event
        for node in ast.walk(event) if event else ():
            values = zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ()
            for key, value in values:
                value = local.get(value.id) if isinstance(value, ast.Name) else value
                if getattr(key, "value", None) == field and _asks(value, field):
                    yield call.function.module.place(value)


def _asks(value: ast.AST | None, key: str) -> bool:
    return value is not None and any(_key(node) == key for node in ast.walk(value))


@shape
def text_in(code: Code, text: str) -> Iterator[Place]:
    """A condition asks whether a text (also one with a name) is in another: `"+" in room`."""
    for module, node in _nodes(code, ast.Compare):
        left = assigned(module.tree.body).get(getattr(node.left, "id", ""), node.left)
        if isinstance(node.ops[0], ast.In | ast.NotIn) and getattr(left, "value", None) == text:
            yield module.place(node)


@shape
def end_reaches(code: Code, call: str) -> Iterator[Place]:
    """What runs when a connection ends comes to a call whose last name fits."""
    for cls in code.consumers:
        for name in ENDS:
            yield from (one.place for one in run(code, cls, name)
                        if re.fullmatch(call, last(one)))  # fmt: skip


@shape
def user_of_scope(code: Code) -> Iterator[Place]:
    """`get_user` is asked with the scope as it is, and so with the session of the handshake."""
    yield from (place for place, given in _get_users(code)
                if not isinstance(given, ast.Dict | ast.Call))  # fmt: skip


@shape
def user_of_session(code: Code) -> Iterator[Place]:
    """`get_user` is asked with a session, where it wants a scope that holds one."""
    yield from (place for place, given in _get_users(code) if isinstance(given, ast.Call))


def _get_users(code: Code) -> Iterator[tuple[Place, ast.expr]]:
    """Yield where `get_user` of Channels is called, and with what: names stand for their values."""
    for function in code.functions:
        local = assigned(ast.walk(function.node))
        for node in ast.walk(function.node):
            named = isinstance(node, ast.Call) and node.args and (
                code.name(node.func, function.module) == "channels.auth.get_user"
            )  # fmt: skip
            if named:
                given = node.args[0]
                given = local.get(given.id, given) if isinstance(given, ast.Name) else given
                yield function.module.place(node), given


@shape
def close_without_return(code: Code) -> Iterator[Place]:
    """A consumer closes at the end of an `if`, and goes on with what follows."""
    for cls in code.consumers:
        for function in cls.methods.values():
            for node in ast.walk(function.node):
                inner = node.body[-1] if isinstance(node, ast.If) and not node.orelse else None
                call = inner.value if isinstance(inner, ast.Expr) else None
                call = call.value if isinstance(call, ast.Await) else call
                if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "close":
                    yield function.module.place(call)


@shape
def text_for_tuple(code: Code, text: str) -> Iterator[Place]:
    """In a dict whose other values are tuples, this text stands for one: `("text")`."""
    for module, node in _nodes(code, ast.Dict):
        if any(isinstance(value, ast.Tuple) for value in node.values):
            yield from (module.place(value) for value in node.values
                        if getattr(value, "value", None) == text)  # fmt: skip


@shape
def closes_if(code: Code, asks: str) -> Iterator[Place]:
    """A consumer closes where something holds (a name, or what is called, fits `asks`).

    It is the question the wrong way round, where the mistake is a `not` that was forgotten.
    """
    for cls in code.consumers:
        for function in cls.methods.values():
            for node in ast.walk(function.node):
                if isinstance(node, ast.If) and re.fullmatch(asks, _last_name(node.test)):
                    inner = [one for part in node.body for one in ast.walk(part)]
                    if any(getattr(one, "attr", "") == "close" for one in inner):
                        yield function.module.place(node)


def _last_name(node: ast.expr) -> str:
    node = node.value if isinstance(node, ast.Await) else node
    node = node.func if isinstance(node, ast.Call) else node
    return getattr(node, "attr", getattr(node, "id", ""))


@shape
def handler_tells_own(code: Code, field: str) -> Iterator[Place]:
    """What handles an event puts something of the hearing consumer's own into this field."""
    for kind in dict.fromkeys(kind.replace(".", "_") for kind, _, _ in events(code)):
        for function in filter(None, (code.method(cls, kind) for cls in code.consumers)):
            for node in ast.walk(function.node):
                keys, values = getattr(node, "keys", ()), getattr(node, "values", ())
                for key, value in zip(keys, values, strict=False):
                    named = code.name(value, function.module, function.self_name)
                    if getattr(key, "value", None) == field and named.startswith("self."):
                        yield function.module.place(value)


@shape
def asked_once(code: Code) -> Iterator[Place]:
    """What a consumer has found out it keeps in an attribute, and does not find out again."""
    for cls in code.consumers:
        for function in cls.methods.values():
            for node in ast.walk(function.node):
                if isinstance(node, ast.If):
                    kept = _attributes(node.test)
                    yield from (function.module.place(one) for one in ast.walk(node)
                                if isinstance(one, ast.Assign) and isinstance(one.value, ast.Await)
                                and _attributes(one.targets[0]) & kept)  # fmt: skip


def _attributes(node: ast.AST) -> set[str]:
    """Return the names of attributes in an expression, those that stand in texts included."""
    found = {getattr(one, "attr", getattr(one, "value", None)) for one in ast.walk(node)}
    return {name for name in found if isinstance(name, str)}
