"""Shapes of identity: who a client is, which Origin it has, and what is left when it goes."""

import ast
import re
from collections.abc import Iterator

from duplex.diagnosis.code import Code, Module, Place, assigned
from duplex.diagnosis.shapes import shape
from duplex.diagnosis.shapes.consumers import last, run
from duplex.diagnosis.shapes.groups import layer_calls

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
def truth_of_user(code: Code) -> Iterator[Place]:
    """A condition asks whether the scope's user is there, not whether it is authenticated."""
    for function in code.functions:
        local = assigned(ast.walk(function.node))
        for node in ast.walk(function.node):
            test = getattr(node, "test", None)
            test = test.operand if isinstance(test, ast.UnaryOp) else test
            test = test.left if isinstance(test, ast.Compare) else test
            test = local.get(test.id) if isinstance(test, ast.Name) else test
            if _key(test) == "user":
                yield function.module.place(node)


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
    for module, node in _nodes(code, ast.Call):
        named = code.name(node.func, module) == "channels.auth.get_user"
        if named and node.args and not isinstance(node.args[0], ast.Dict):
            yield module.place(node)
