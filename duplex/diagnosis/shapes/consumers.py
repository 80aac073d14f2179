"""Shapes of consumers: their methods, and what happens in which order in them."""

import ast
import re
from collections.abc import Iterator

from duplex.diagnosis.code import Class, Code, Function, Place
from duplex.diagnosis.follow import Call, called, calls, followed
from duplex.diagnosis.shapes import shape


def last(call: Call) -> str:
    """Return the last part of a call's name."""
    return call.name.rpartition(".")[2]


def run(code: Code, cls: Class, method: str) -> list[Call]:
    """Return the calls that a method makes, its helpers' too."""
    function = code.method(cls, method)
    return list(followed(code, function, cls)) if function else []


def reaches(code: Code, cls: Class, method: str, call: str) -> bool:
    """Tell whether a method comes to a call whose last name fits, in whatever way.

    A method that the project does not define does what Channels' does: it comes to `accept`.
    """
    made = run(code, cls, method)
    above = any(one.name == f"super().{method}" for one in made)
    return above or any(re.fullmatch(call, last(one)) for one in made)


@shape
def method(code: Code, name: str) -> Iterator[Place]:
    """A consumer's method; only for `at`, since having one is no mistake."""
    for cls in code.consumers:
        yield from (one.module.place(one.node) for one in cls.methods.values()
                    if re.fullmatch(name, one.name))  # fmt: skip


@shape
def lacks_parameter(code: Code, method: str, parameter: str) -> Iterator[Place]:
    """A consumer's method cannot take an argument that Channels gives by name.

    `parameter` is its name, or "1" for one argument by position.
    """
    for cls in code.consumers:
        function = code.method(cls, method)
        if function and not _takes(function.node, parameter):
            yield function.module.place(function.node)


def _takes(node: ast.FunctionDef | ast.AsyncFunctionDef, parameter: str) -> bool:
    given = node.args
    by_position = [*given.posonlyargs, *given.args]
    if parameter.isdigit():
        return bool(given.vararg) or len(by_position) > int(parameter)
    named = {one.arg for one in [*given.args, *given.kwonlyargs]}
    return bool(given.kwarg) or parameter in named


@shape
def method_lacks_call(code: Code, method: str, call: str, having: str = ".*") -> Iterator[Place]:
    """A consumer's method never comes to `call`, though it does come to `having`."""
    for cls in code.consumers:
        function = code.method(cls, method)
        if function is None or reaches(code, cls, method, call):
            continue
        if having == ".*" or any(re.fullmatch(having, last(one)) for one in run(code, cls, method)):
            yield function.module.place(function.node)


@shape
def call_before(code: Code, method: str, first: str, then: str) -> Iterator[Place]:
    """In a consumer's method `first` is called before `then`."""
    for cls in code.consumers:
        made = run(code, cls, method)
        names = [last(one) for one in made]
        one = _index(names, first)
        two = _index(names, then)
        if one is not None and two is not None and one < two:
            yield made[one].place


@shape
def call_still(code: Code, method: str, first: str, then: str) -> Iterator[Place]:
    """A consumer's method comes to `then`, maybe once more, after it has called `first`."""
    for cls in code.consumers:
        made = run(code, cls, method)
        start = _index([last(one) for one in made], first)
        later = made[start + 1 :] if start is not None else []
        yield from (one.place for one in later if re.fullmatch(then, last(one)))


def _index(names: list[str], pattern: str) -> int | None:
    return next((at for at, name in enumerate(names) if re.fullmatch(pattern, name)), None)


@shape
def closes_after_accept(code: Code) -> Iterator[Place]:
    """A consumer's `connect` accepts, and closes in any case."""
    for cls in code.consumers:
        made = run(code, cls, "connect")
        names = [last(one) for one in made]
        if names[-2:] == ["accept", "close"]:
            yield made[-1].place


@shape
def call_in(code: Code, method: str, call: str) -> Iterator[Place]:
    """A consumer's method comes to a call whose last name fits."""
    for cls in code.consumers:
        if method in cls.methods:
            yield from (one.place for one in run(code, cls, method)
                        if re.fullmatch(call, last(one)))  # fmt: skip


@shape
def never_calls(code: Code, call: str, though: str) -> Iterator[Place]:
    """No consumer calls `call` anywhere, though one calls `though`."""
    made = [one for cls in code.consumers for method in cls.methods.values()
            for one in followed(code, method, cls)]  # fmt: skip
    if not any(re.fullmatch(call, last(one)) for one in made):
        yield from [one.place for one in made if re.fullmatch(though, last(one))][:1]


CATCHES = r"(.*\.)?(ValueError|JSONDecodeError|Exception|BaseException)"


@shape
def unguarded(
    code: Code, call: str, method: str = "receive", error: str = CATCHES
) -> Iterator[Place]:
    """A method comes to `call` (its full name fits), and no `try` on the way catches `error`."""
    for cls in code.consumers:
        if function := code.method(cls, method):
            for one in _unguarded(code, function, cls, error, 4):
                if re.fullmatch(call, one.name):
                    yield one.place


def _unguarded(
    code: Code, function: Function, cls: Class, error: str, depth: int
) -> Iterator[Call]:
    """Yield the calls of a method and its helpers that stand in no `try` of that kind."""
    tried = {inner for node in ast.walk(function.node) if isinstance(node, ast.Try)
             and any(_catches(code, function, one, error) for one in node.handlers)
             for one in node.body for inner in ast.walk(one)}  # fmt: skip
    for one in calls(code, function):
        if one.node not in tried:
            yield one
            target = called(code, one, cls)
            if target and depth and target.node is not function.node:
                yield from _unguarded(code, target, cls, error, depth - 1)


def _catches(code: Code, function: Function, handler: ast.ExceptHandler, error: str) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = [code.name(kind, function.module) if kind else "Exception" for kind in kinds]
    return any(re.fullmatch(error, name) for name in names)


@shape
def mutable_class_attribute(code: Code) -> Iterator[Place]:
    """A consumer's class holds a list, dict or set that all its instances share."""
    for cls in code.consumers:
        for node in cls.node.body:
            value = getattr(node, "value", None)
            made = isinstance(value, ast.Call) and getattr(value.func, "id", "") in (
                "list", "dict", "set"
            )  # fmt: skip
            if isinstance(node, ast.Assign | ast.AnnAssign) and (
                made or isinstance(value, ast.List | ast.Dict | ast.Set)
            ):
                yield cls.module.place(node)
