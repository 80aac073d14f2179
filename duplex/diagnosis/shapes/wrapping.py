"""Shapes of calls: what wraps what, what a call is given, and what becomes of its result."""

import ast
import re
from collections.abc import Iterator

from duplex.diagnosis.code import Code, Module, Place, assigned
from duplex.diagnosis.follow import called, calls
from duplex.diagnosis.shapes import shape
from duplex.diagnosis.shapes.consumers import last
from duplex.diagnosis.shapes.settings import settings


def _calls(code: Code, name: str) -> Iterator[tuple[Module, ast.Call]]:
    """Yield the calls, anywhere in the project, of what has a full name that fits."""
    for module in code.modules.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and re.fullmatch(name, code.name(node.func, module)):
                yield module, node


@shape
def result_dropped(code: Code, name: str) -> Iterator[Place]:
    """Something is called (its full name fits) as a statement: what it returns is thrown away."""
    for module in code.modules.values():
        alone = {node.value for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
        yield from (module.place(node) for owner, node in _calls(code, name)
                    if owner is module and node in alone)  # fmt: skip


@shape
def uses_at_start(code: Code, name: str) -> Iterator[Place]:
    """Something is called (its full name fits) when a file of settings is read."""
    for module, _ in settings(code):
        yield from (module.place(node) for node in ast.walk(module.tree)
                    if isinstance(node, ast.Call)
                    and re.fullmatch(name, code.name(node.func, module)))  # fmt: skip


@shape
def argument_awaited_for_nothing(code: Code) -> Iterator[Place]:
    """A function awaits what it was given, and throws away what that returns."""
    for function in code.functions:
        given = {one.arg for one in function.node.args.args}
        for node in ast.walk(function.node):
            alone = isinstance(node, ast.Expr) and isinstance(node.value, ast.Await)
            if alone and getattr(node.value.value, "id", None) in given:
                yield function.module.place(node)


@shape
def given(code: Code, name: str, position: str, regex: str) -> Iterator[Place]:
    """A call (its full name fits) has an argument that, as written in Python, fits.

    A name that the file gives a value to stands for that value.
    """
    for module, node in _calls(code, name):
        values = assigned(module.tree.body)
        for one in node.args[int(position) : int(position) + 1]:
            one = values.get(one.id, one) if isinstance(one, ast.Name) else one
            if re.search(regex, ast.unparse(one)):
                yield module.place(node)


@shape
def wraps(code: Code, name: str, inner: str) -> Iterator[Place]:
    """A call (its full name fits) is given what a call of `inner` has made, also under a name."""
    for module, node in _calls(code, name):
        made = {target.id for one in ast.walk(module.tree) if isinstance(one, ast.Assign)
                and _is_call(code, module, one.value, inner)
                for target in one.targets if isinstance(target, ast.Name)}  # fmt: skip
        first = node.args[0] if node.args else None
        if _is_call(code, module, first, inner) or getattr(first, "id", None) in made:
            yield module.place(node)


def _is_call(code: Code, module: Module, node: ast.expr | None, name: str) -> bool:
    called = isinstance(node, ast.Call) and code.name(node.func, module)
    return bool(called) and bool(re.fullmatch(name, called))


@shape
def arguments_swapped(code: Code, call: str) -> Iterator[Place]:
    """A function of the project is given the values that its parameters name, in another order."""
    for function in code.functions:
        for one in calls(code, function):
            target = called(code, one) if re.fullmatch(call, last(one)) else None
            if target:
                wanted = [arg.arg for arg in target.node.args.args[bool(target.cls) :]]
                given = [getattr(arg, "attr", getattr(arg, "id", "")) for arg in one.node.args]
                if given != wanted and sorted(given) == sorted(wanted):
                    yield one.place
