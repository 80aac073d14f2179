"""Which calls a function makes, in the order of its lines, its own helpers looked into."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from duplex.diagnosis.code import Class, Code, Function, Module, Place, assigned

DEPTH = 4  # how many helpers of helpers are looked into


@dataclass(frozen=True, eq=False)
class Call:
    """A call: its full name, whether it is awaited, and whether its result is thrown away."""

    name: str
    node: ast.Call
    function: Function
    awaited: bool
    dropped: bool

    @property
    def place(self) -> Place:
        """The line of the call."""
        return self.function.module.place(self.node)

    def argument(self, name: str, position: int | None = None) -> ast.expr | None:
        """Return an argument by its name, or else by its position."""
        for keyword in self.node.keywords:
            if keyword.arg == name:
                return keyword.value
        given = self.node.args
        return given[position] if position is not None and position < len(given) else None


def calls(code: Code, function: Function) -> Iterator[Call]:
    """Yield the calls in a function's own lines, in order; not those of functions inside it."""
    own, outer = function.self_name, function
    if own is None and function.cls:  # a function inside a method uses the method's `self`
        own = "self"
    for node, above in _walk(outer.node):
        if isinstance(node, ast.Call):
            name = code.name(node.func, function.module, own or "self")
            awaited = isinstance(above, ast.Await)
            yield Call(name, node, function, awaited, isinstance(above, ast.Expr))


def _walk(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield each node below one with the node above it, in the order of evaluation, roughly."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        yield from _walk(child)
        yield child, node


def followed(
    code: Code, function: Function, cls: Class | None = None, depth: int = DEPTH
) -> Iterator[Call]:
    """Yield the calls of a function and, each in its turn, those of the helpers it calls.

    `cls` is the class of the object, when the method is one that it inherits.
    """
    cls = cls or function.cls
    for call in calls(code, function):
        helper = called(code, call, cls)
        if helper and depth and helper.node is not function.node:
            yield from followed(code, helper, cls if helper.cls else None, depth - 1)
        yield call


def called(code: Code, call: Call, cls: Class | None = None) -> Function | None:
    """Return the function of the project that a call calls, if that is certain."""
    cls = cls or call.function.cls
    owner, _, name = call.name.rpartition(".")
    if owner == "self" and cls:
        return code.method(cls, name)
    if owner == "super()" and cls:
        above = (code.classes[base] for base in code.bases(cls) if base in code.classes)
        return next((one.methods[name] for one in above if name in one.methods), None)
    module = code.modules.get(owner)
    if module:
        name = _wrapped(module, name)
        for one in code.functions:
            if one.module is module and one.name == name and one.cls is None:
                return one
    return None


def _wrapped(module: Module, name: str) -> str:
    """Return the function that a name stands for that a file gives to its wrapped form."""
    value = assigned(module.tree.body).get(name)
    inner = value.args[0] if isinstance(value, ast.Call) and value.args else None
    return inner.id if isinstance(inner, ast.Name) else name
