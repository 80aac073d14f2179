"""The shape that is written as a piece of Python: `json.loads(_)`, `_.strip()`, `len(_) > 3`."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from duplex.diagnosis.code import Code, Function, Module, Place
from duplex.diagnosis.shapes import shape


@shape
def pattern(
    code: Code, python: str, inside: str = ".*", of: str = "", unless: str = ""
) -> Iterator[Place]:
    """An expression that fits `python`, in a function whose name fits `inside`.

    `_` is any expression, `…` or `...` among arguments any number of them (keywords are free), and
    names are full ones, as after imports. `of="consumer"` wants a consumer's method; a function in
    which `unless` (another such pattern) is found is left out.
    """
    wanted, other = _parsed(python), _parsed(unless) if unless else None
    for function in _functions(code, inside, of):
        if other is not None and any(_found(code, function, other)):
            continue
        yield from (function.module.place(node) for node in _found(code, function, wanted))


@shape
def returns(code: Code, python: str, having: str) -> Iterator[Place]:
    """A function returns what fits `python`, and finds it out by `having`; both are patterns."""
    wanted, other = _parsed(python), _parsed(having)
    for function in code.functions:
        if any(_found(code, function, other)):
            fits = Fit(code, function.module, function.self_name or "self")
            yield from (function.module.place(node) for node in ast.walk(function.node)
                        if isinstance(node, ast.Return) and fits(wanted, node.value))  # fmt: skip


@shape
def value_dropped(code: Code, python: str) -> Iterator[Place]:
    """A statement is nothing but an expression that fits: its value is thrown away."""
    wanted = _parsed(python)
    for function in code.functions:
        fits = Fit(code, function.module, function.self_name or "self")
        yield from (function.module.place(node) for node in ast.walk(function.node)
                    if isinstance(node, ast.Expr) and fits(wanted, node.value))  # fmt: skip


@lru_cache(maxsize=500)
def _parsed(python: str) -> ast.AST:
    body = ast.parse(python.replace("…", "...")).body[0]
    return body.value if isinstance(body, ast.Expr) else body


def _functions(code: Code, inside: str, of: str) -> Iterator[Function]:
    consumers = {cls.name for cls in code.consumers}
    for function in code.functions:
        ours = not of or (function.cls is not None and function.cls.name in consumers)
        if ours and re.fullmatch(inside, function.name):
            yield function


def _found(code: Code, function: Function, wanted: ast.AST) -> Iterator[ast.AST]:
    fits = Fit(code, function.module, function.self_name or "self")
    for node in ast.walk(function.node):
        if node is not function.node and fits(wanted, node):
            yield node


class Fit:
    """Compares a pattern with code, names by what they mean."""

    def __init__(self, code: Code, module: Module, self_name: str):
        self.code, self.module, self.self_name = code, module, self_name

    def __call__(self, wanted: object, node: object) -> bool:
        """Tell whether a node fits a pattern."""
        if isinstance(wanted, ast.Name) and wanted.id == "_":
            return isinstance(node, ast.expr)
        if isinstance(wanted, ast.Name | ast.Attribute) and isinstance(node, ast.expr):
            return self._names(wanted, node)
        if isinstance(wanted, ast.Call) and isinstance(node, ast.Call):
            return self(wanted.func, node.func) and self._arguments(wanted, node)
        if type(wanted) is not type(node):
            return False
        if isinstance(wanted, ast.AST):
            return all(self(getattr(wanted, name), getattr(node, name, None))
                       for name in wanted._fields if name not in ("ctx", "kind"))  # fmt: skip
        if isinstance(wanted, list):
            return self._lists(wanted, node)
        return wanted == node

    def _names(self, wanted: ast.expr, node: ast.expr) -> bool:
        if isinstance(wanted, ast.Attribute) and _free(wanted):
            return isinstance(node, ast.Attribute) and node.attr == wanted.attr and (
                self(wanted.value, node.value)
            )  # fmt: skip
        if not isinstance(node, ast.Name | ast.Attribute):
            return False
        return self.code.name(node, self.module, self.self_name) == ast.unparse(wanted)

    def _arguments(self, wanted: ast.Call, node: ast.Call) -> bool:
        if not self._lists(wanted.args, node.args):
            return False
        given = {one.arg: one.value for one in node.keywords}
        named = {one.arg: one.value for one in wanted.keywords}
        open_ended = any(map(_is_rest, wanted.args))
        if not open_ended and set(given) - set(named):
            return False
        return all(name in given and self(value, given[name]) for name, value in named.items())

    def _lists(self, wanted: list, nodes: list) -> bool:
        if wanted and _is_rest(wanted[-1]):
            wanted, nodes = wanted[:-1], nodes[: len(wanted) - 1]
        return len(wanted) == len(nodes) and all(map(self, wanted, nodes))


def _is_rest(node: ast.AST) -> bool:
    node = node.value if isinstance(node, ast.Expr) else node
    return isinstance(node, ast.Constant) and node.value is ...


def _free(wanted: ast.Attribute) -> bool:
    """Tell whether a dotted pattern begins with `_` or with something that is no name."""
    inner = wanted.value
    while isinstance(inner, ast.Attribute):
        inner = inner.value
    return not isinstance(inner, ast.Name) or inner.id == "_"
