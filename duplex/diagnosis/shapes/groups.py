"""Shapes of groups and events: who is a member, what is published, and who handles it."""

import ast
import re
from collections.abc import Iterator

from duplex.diagnosis.code import Code, Function, Place, assigned
from duplex.diagnosis.follow import Call, calls, followed
from duplex.diagnosis.shapes import shape
from duplex.diagnosis.shapes.consumers import last, run


def events(code: Code) -> Iterator[tuple[str, Call, ast.AST]]:
    """Yield each event that is sent to a group or channel: its type, the call, the text's node."""
    for call in layer_calls(code, "group_send|send"):
        for kind, node in _types(call, call.function):
            yield kind, call, node


def _types(call: Call, function: Function) -> Iterator[tuple[str, ast.AST]]:
    """Yield the types in a call's event, also when it was given a name before."""
    local = assigned(ast.walk(function.node))
    for given in call.node.args:
        given = local.get(given.id, given) if isinstance(given, ast.Name) else given
        for node in ast.walk(given):
            for key, value in zip(
                getattr(node, "keys", ()), getattr(node, "values", ()), strict=False
            ):
                if getattr(key, "value", None) == "type" and isinstance(value, ast.Constant):
                    yield str(value.value), value


@shape
def event_without_handler(code: Code) -> Iterator[Place]:
    """An event's type names a method that no consumer has."""
    methods = {name for cls in code.classes.values() for name in cls.methods}
    for kind, call, node in events(code):
        if kind.replace(".", "_") not in methods | CHANNELS_OWN:
            yield call.function.module.place(node)


CHANNELS_OWN = {"receive", "send", "connect", "disconnect", "close", "accept", "websocket_receive",
                "websocket_connect", "websocket_disconnect", "receive_json", "send_json",
                "dispatch"}  # fmt: skip


@shape
def event_named_like_own(code: Code) -> Iterator[Place]:
    """An event's type names a method that Channels calls or offers itself, such as `receive`."""
    for kind, call, node in events(code):
        if kind.replace(".", "_") in CHANNELS_OWN - {"websocket_close"}:
            yield call.function.module.place(node)


@shape
def event_publishes_again(code: Code) -> Iterator[Place]:
    """An event's type names a method that publishes: each delivery publishes once more."""
    for kind, call, node in events(code):
        name = kind.replace(".", "_")
        for cls in code.consumers:
            if any(last(one) == "group_send" for one in run(code, cls, name)):
                yield call.function.module.place(node)


@shape
def sync_handler(code: Code) -> Iterator[Place]:
    """A plain `def` in an async consumer handles an event."""
    kinds = {kind.replace(".", "_") for kind, _, _ in events(code)}
    for cls in code.consumers:
        if any("Async" in base for base in code.bases(cls)):
            yield from (one.module.place(one.node) for name, one in cls.methods.items()
                        if name in kinds and not one.is_async)  # fmt: skip


def layer_calls(code: Code, name: str) -> Iterator[Call]:
    """Yield the calls of a channel layer's method, also through async_to_sync."""
    for function in code.functions:
        for call in calls(code, function):
            wrapped = isinstance(call.node.func, ast.Call) and bool(call.node.func.args)
            inner = call.node.func.args[0] if wrapped else call.node.func
            if isinstance(inner, ast.Attribute) and re.fullmatch(name, inner.attr):
                yield call


@shape
def other_channel(code: Code, call: str) -> Iterator[Place]:
    """A layer's method gets something else than a channel's name where it wants one."""
    for one in layer_calls(code, call):
        channel = one.argument("channel", 1)
        if isinstance(channel, ast.Attribute) and "channel" not in channel.attr:
            yield one.place


@shape
def constant_group(code: Code) -> Iterator[Place]:
    """The group's name is the same for every room: a constant, or made by what ignores the room."""
    for one in layer_calls(code, "group_add"):
        group = one.argument("group", 0)
        if isinstance(group, ast.Constant) or _always(code, one, group):
            yield one.place
    for function in code.functions:
        if "group" in function.name and not function.cls and _ignores_all(function):
            yield function.module.place(function.node)


def _always(code: Code, call: Call, group: ast.expr | None) -> bool:
    """Tell whether an attribute of the consumer holds one and the same text."""
    cls = call.function.cls
    if not isinstance(group, ast.Attribute) or cls is None:
        return False
    values = [node.value for node in ast.walk(cls.node) if isinstance(node, ast.Assign)
              and any(_names(target, group.attr) for target in node.targets)]  # fmt: skip
    return bool(values) and all(isinstance(value, ast.Constant) for value in values)


def _names(target: ast.expr, name: str) -> bool:
    return name in (getattr(target, "attr", None), getattr(target, "id", None))


def _ignores_all(function: Function) -> bool:
    """Tell whether a function has parameters and uses none of them."""
    given = {one.arg for one in function.node.args.args}
    used = {node.id for node in ast.walk(function.node) if isinstance(node, ast.Name)}
    return bool(given) and not given & used


@shape
def event_from_client(code: Code) -> Iterator[Place]:
    """What a client sent, decoded, is itself published as an event."""
    for one in layer_calls(code, "group_send"):
        event = one.argument("message", 1)
        local = assigned(ast.walk(one.function.node))
        value = local.get(event.id) if isinstance(event, ast.Name) else event
        if isinstance(value, ast.Call) and (
            code.name(value.func, one.function.module) == "json.loads"
        ):
            yield one.place


@shape
def call_in_loop(code: Code, call: str) -> Iterator[Place]:
    """A call whose last name fits stands in a loop."""
    for function in code.functions:
        looped = {inner for node in ast.walk(function.node)
                  if isinstance(node, ast.For | ast.AsyncFor | ast.While)
                  for inner in ast.walk(node)}  # fmt: skip
        for one in calls(code, function):
            if one.node in looped and re.fullmatch(call, last(one)):
                yield one.place


@shape
def call_beside(code: Code, call: str, other: str) -> Iterator[Place]:
    """In one and the same block, one statement comes to `call` and another to `other`."""
    for cls in code.consumers:
        for method in cls.methods.values():
            for block in _blocks(method.node):
                found = [_comes_to(code, method, one, call, other) for one in block]
                if any(one[0] for one in found) and any(one[1] for one in found):
                    at = next(node for node, one in zip(block, found, strict=True) if one[0])
                    yield method.module.place(at)


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for inner in ast.walk(node):
        for name in ("body", "orelse", "finalbody"):
            if isinstance(block := getattr(inner, name, None), list):
                yield [one for one in block if isinstance(one, ast.Expr)]


def _comes_to(
    code: Code, method: Function, statement: ast.stmt, call: str, other: str
) -> tuple[bool, bool]:
    """Tell whether a statement comes to the one call, and not to the other; and the reverse."""
    inside = set(ast.walk(statement))
    names = [last(one) for one in followed(code, method) if one.node in inside]
    for one in (one for one in calls(code, method) if one.node in inside):
        if one.name.startswith("self.") and method.cls:
            names += [last(inner) for inner in run(code, method.cls, last(one))]
    has = [any(re.fullmatch(wanted, name) for name in names) for wanted in (call, other)]
    return has[0] and not has[1], has[1] and not has[0]
