"""Shapes of slips in plain Python: a loop that ends at once, a coroutine as a callback."""

import ast
import re
from collections.abc import Iterator

from duplex.diagnosis.code import Code, Function, Place
from duplex.diagnosis.follow import Call, called, calls
from duplex.diagnosis.shapes import shape

CALLBACKS = r"Timer|Thread|call_later|call_soon|call_soon_threadsafe|call_at|add_done_callback"


@shape
def loop_left(code: Code) -> Iterator[Place]:
    """A `for` loop is left in its first round: `break` or `return` stands in it unconditionally."""
    for function in code.functions:
        for node in ast.walk(function.node):
            if isinstance(node, ast.For | ast.AsyncFor):
                yield from (function.module.place(one) for one in node.body
                            if isinstance(one, ast.Break | ast.Return))  # fmt: skip


@shape
def coroutine_as_callback(code: Code) -> Iterator[Place]:
    """An `async def` is given to what calls it back later, and awaits nothing."""
    for function in code.functions:
        for call in calls(code, function):
            if re.fullmatch(CALLBACKS, call.name.rpartition(".")[2]):
                given = [*call.node.args, *(one.value for one in call.node.keywords)]
                if any(_is_coroutine(code, function, call, one) for one in given):
                    yield call.place


def _is_coroutine(code: Code, function: Function, call: Call, given: ast.expr) -> bool:
    """Tell whether an argument is an `async def`, or a lambda that only calls one."""
    if isinstance(given, ast.Lambda) and isinstance(given.body, ast.Call):
        given = given.body.func
    if not isinstance(given, ast.Name | ast.Attribute):
        return False
    name = code.name(given, function.module, function.self_name or "self")
    target = called(code, Call(name, call.node, function, False, False))
    inner = [one for one in code.functions if one.name == getattr(given, "id", "")]
    return any(one.is_async for one in ([target] if target else inner))


@shape
def caught(code: Code) -> Iterator[Place]:
    """What a consumer does with an exception that it catches; only for `at`."""
    for cls in code.consumers:
        for method in cls.methods.values():
            for node in ast.walk(method.node):
                if isinstance(node, ast.ExceptHandler):
                    yield cls.module.place(node.body[0])
