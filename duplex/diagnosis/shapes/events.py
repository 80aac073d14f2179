"""Shapes of what is published: an event whose type is overwritten, a group that nobody joins."""

import ast
from collections.abc import Iterator

from duplex.diagnosis.code import Code, Function, Place, assigned
from duplex.diagnosis.shapes import shape
from duplex.diagnosis.shapes.groups import layer_calls


@shape
def type_overwritten(code: Code) -> Iterator[Place]:
    """An event has a `type`, and then gets the keys of another dict, maybe a `type` among them."""
    for call in layer_calls(code, "group_send|send"):
        event = call.argument("message", 1)
        local = assigned(ast.walk(call.function.node))
        value = local.get(event.id, event) if isinstance(event, ast.Name) else event
        if value is not None and (_overwrites(value, local) or _updated(call.function, event)):
            yield call.place


def _overwrites(node: ast.expr, local: dict[str, ast.expr]) -> bool:
    """Tell whether what follows the `type` in `a | b` or `{…, **b}` may hold another."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _has_type(node.left) and not _known(node.right, local)
    if isinstance(node, ast.Dict) and _has_type(node):
        own = [getattr(key, "value", None) for key in node.keys]
        later = zip(node.keys[own.index("type") :], node.values[own.index("type") :], strict=True)
        return any(key is None and not _known(value, local) for key, value in later)
    return False


def _has_type(node: ast.expr) -> bool:
    return isinstance(node, ast.Dict) and any(
        getattr(key, "value", None) == "type" for key in node.keys
    )


def _known(node: ast.expr, local: dict[str, ast.expr]) -> bool:
    """Tell whether a dict is written out, so that one sees whether it has a `type`."""
    node = local.get(node.id, node) if isinstance(node, ast.Name) else node
    return isinstance(node, ast.Dict) and None not in node.keys and not _has_type(node)


def _updated(function: Function, event: ast.expr | None) -> bool:
    """Tell whether `event.update(…)` is called with something that is not written out."""
    return isinstance(event, ast.Name) and any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        and node.func.attr == "update" and getattr(node.func.value, "id", "") == event.id
        and any(not _known(one, {}) for one in node.args) for node in ast.walk(function.node)
    )  # fmt: skip


@shape
def published_elsewhere(code: Code) -> Iterator[Place]:
    """What is published goes to another attribute of the consumer than the group it has joined."""
    joined = {_attribute(call.argument("group", 0)) for call in layer_calls(code, "group_add")}
    if joined and None not in joined:
        for call in layer_calls(code, "group_send"):
            group = _attribute(call.argument("group", 0))
            if group and group not in joined:
                yield call.place


def _attribute(node: ast.expr | None) -> str | None:
    return node.attr if isinstance(node, ast.Attribute) else None
