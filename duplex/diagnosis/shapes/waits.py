"""Shapes of waiting: what is awaited, and what holds up the event loop."""

import ast
import re
from collections.abc import Iterator

from duplex.diagnosis.code import Code, Function, Place
from duplex.diagnosis.follow import Call, called, calls
from duplex.diagnosis.shapes import shape

CONSUMERS_OWN = {"send", "send_json", "accept", "close"}
LAYERS_OWN = {"group_add", "group_discard", "group_send"}
BLOCKING = re.compile(r"(time\.sleep|requests\.\w+|urllib\.request\.urlopen|subprocess\.run)")


@shape
def not_awaited(code: Code, call: str, inside: str = ".*") -> Iterator[Place]:
    """A coroutine's call (its last name fits `call`) whose result is thrown away.

    `inside` fits the name of the function where it stands.
    """
    for one in _all_calls(code, inside):
        last = one.name.rpartition(".")[2]
        if one.dropped and re.fullmatch(call, last) and makes_coroutine(code, one):
            yield one.place


@shape
def coroutine_kept(code: Code, call: str) -> Iterator[Place]:
    """A coroutine that is used as a value (in a condition, an assignment) and not awaited."""
    for one in _all_calls(code, ".*"):
        last = one.name.rpartition(".")[2]
        used = not one.dropped and not one.awaited and not _passed_on(one)
        if used and re.fullmatch(call, last) and makes_coroutine(code, one):
            yield one.place


def _passed_on(call: Call) -> bool:
    """Tell whether a call stands in another call's arguments, or in what is returned or awaited."""
    for node in ast.walk(call.function.node):
        given: list[ast.expr | None] = []
        if isinstance(node, ast.Call) and node is not call.node:
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
        elif isinstance(node, ast.Return | ast.Await | ast.Yield):
            given = [node.value]
        if any(call.node is inner for one in given if one for inner in ast.walk(one)):
            return True
    return False


def makes_coroutine(code: Code, call: Call) -> bool:
    """Tell whether a call certainly makes a coroutine, which runs only when it is awaited."""
    target = called(code, call)
    if target:
        return target.is_async
    owner, _, name = call.name.rpartition(".")
    if name in LAYERS_OWN:
        return call.function.is_async  # elsewhere it may be wrapped in async_to_sync
    if owner in ("self", "super()") and name in CONSUMERS_OWN and call.function.cls:
        return any("Async" in base for base in code.bases(call.function.cls))
    return call.name == "asyncio.sleep" or _async_by_name(code, call)


def _async_by_name(code: Code, call: Call) -> bool:
    """Tell whether all functions of the project with this name are async: it is one of them."""
    owner, _, name = call.name.rpartition(".")
    alike = [one for one in code.functions if one.name == name and one.cls]
    return bool(owner) and bool(alike) and all(one.is_async for one in alike)


@shape
def blocking(code: Code) -> Iterator[Place]:
    """A call in an `async def`, or in what it calls, that holds up the event loop."""
    for function in code.functions:
        if function.is_async:
            for one in _reached(code, function):
                if BLOCKING.fullmatch(one.name):
                    yield one.place


def _reached(code: Code, function: Function) -> Iterator[Call]:
    """Yield the calls of an async function and of the plain functions that it calls itself."""
    for one in calls(code, function):
        yield one
        target = called(code, one)
        if target and not target.is_async:
            yield from calls(code, target)


@shape
def sync_method(code: Code, method: str) -> Iterator[Place]:
    """A plain `def` where an async consumer has a method that Channels awaits."""
    for cls in code.consumers:
        if any("Async" in base for base in code.bases(cls)):
            for name, function in cls.methods.items():
                if re.fullmatch(method, name) and not function.is_async:
                    yield function.module.place(function.node)


@shape
def async_in_sync(code: Code) -> Iterator[Place]:
    """An `async def` in a consumer that is not async: nobody awaits it."""
    for cls in code.consumers:
        if not any("Async" in base for base in code.bases(cls)):
            yield from (one.module.place(one.node) for one in cls.methods.values()
                        if one.is_async)  # fmt: skip


def _all_calls(code: Code, inside: str) -> Iterator[Call]:
    for function in code.functions:
        if re.fullmatch(inside, function.name):
            yield from calls(code, function)
