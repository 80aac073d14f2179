"""Shapes of loops that read page by page, found by going through one round with a page in mind."""

import ast
import operator
from collections.abc import Iterator

from duplex.diagnosis.code import Code, Function, Place, assigned
from duplex.diagnosis.follow import calls
from duplex.diagnosis.shapes import shape
from duplex.diagnosis.shapes.reading import asks

COMPARE = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not,
}  # fmt: skip


@shape
def goes_on_empty(code: Code) -> Iterator[Place]:
    """A `while` loop reads pages, and goes on when it has read an empty one."""
    for turn in _rounds(code, 0):
        if turn.reads and turn.ended() is False:
            yield turn.place


@shape
def drops_last_page(code: Code) -> Iterator[Place]:
    """A `while` loop ends with a page that is not full, and nothing is done with that one."""
    for turn in _rounds(code, 1):
        if turn.reads and turn.ended() and not turn.used and not turn.used_later():
            yield turn.place


@shape
def page_never_renewed(code: Code) -> Iterator[Place]:
    """A `while` loop goes on as long as there is a page, and never reads another one."""
    for turn in _rounds(code, 1):
        if not turn.reads and turn.ended() is False and turn.used:
            yield turn.place


class Unclear(Exception):
    """What a line does cannot be told from the code alone."""


class Round:
    """One round of a loop, in which each page that is read has so many messages."""

    def __init__(self, code: Code, function: Function, loop: ast.While, size: int):
        self.code, self.function, self.loop, self.page = code, function, loop, range(size)
        self.asking = {one.node for one in calls(code, function) if asks(code, one)}
        self.pages = {name for node in ast.walk(function.node) if self._is_read(node)
                      for name in _targets(node)}  # fmt: skip
        self.reads = bool(self.asking & set(ast.walk(loop)))
        self.place, self.used = function.module.place(loop), False
        before = assigned(one for one in ast.walk(function.node) if one not in set(ast.walk(loop)))
        self.values = {name: node.value for name, node in before.items()
                       if isinstance(node, ast.Constant)}  # fmt: skip

    def ended(self) -> bool | None:
        """Tell whether the loop ends with this page; None, if that is unclear."""
        try:
            return not self._value(self.loop.test) or self._left(self.loop.body) or (
                not self._value(self.loop.test)
            )  # fmt: skip
        except (Unclear, TypeError):
            return None

    def used_later(self) -> bool:
        """Tell whether something after the loop names a page."""
        later = [one for one in ast.walk(self.function.node) if isinstance(one, ast.Name)]
        end = self.loop.end_lineno or 0
        return any(one.id in self.pages and one.lineno > end for one in later)

    def _left(self, body: list[ast.stmt]) -> bool:
        """Go through statements; tell whether one of them leaves the loop."""
        for one in body:
            if isinstance(one, ast.Return | ast.Break):
                return True
            if isinstance(one, ast.If):
                if self._left(one.body if self._value(one.test) else one.orelse):
                    return True
            elif isinstance(one, ast.Assign):
                self._assign(one)
            elif any(isinstance(inner, ast.Return | ast.Break | ast.Continue | ast.Raise)
                     for inner in ast.walk(one)):  # fmt: skip
                raise Unclear
            else:
                self.used = self.used or self._names_page(one)
        return False

    def _assign(self, node: ast.Assign) -> None:
        for name in () if self._is_read(node) else _targets(node):
            if name in self.pages:
                raise Unclear
            self.values.pop(name, None)
            self.values[name] = self._value(node.value)

    def _is_read(self, node: ast.AST) -> bool:
        fits = isinstance(node, ast.Assign | ast.NamedExpr)
        return fits and bool(self.asking & set(ast.walk(node.value)))

    def _names_page(self, node: ast.AST) -> bool:
        inside = list(ast.walk(node))
        named = any(isinstance(one, ast.Name) and one.id in self.pages for one in inside)
        return named or bool(self.asking & set(inside))

    def _value(self, node: ast.expr) -> object:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.NamedExpr) and self._is_read(node):
            return self.page
        if isinstance(node, ast.Name | ast.Attribute):
            return self._named(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return not self._value(node.operand)
        if isinstance(node, ast.BoolOp):
            found = [bool(self._value(one)) for one in node.values]
            return all(found) if isinstance(node.op, ast.And) else any(found)
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARE:
            return COMPARE[type(node.ops[0])](*map(self._value, (node.left, *node.comparators)))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("len", "bool"):
            given = self._value(node.args[0]) if node.args else None
            return len(given) if node.func.id == "len" else bool(given)
        raise Unclear

    def _named(self, node: ast.Name | ast.Attribute) -> object:
        """Return the page, what was assigned before, or the constant of a module."""
        name = getattr(node, "id", None)
        if name in self.pages:
            return self.page
        if name in self.values:
            return self.values[name]
        home, _, last = self.code.name(node, self.function.module).rpartition(".")
        module = self.code.modules.get(home)
        value = assigned(module.tree.body).get(last) if module else None
        if not isinstance(value, ast.Constant):
            raise Unclear
        return value.value


def _targets(node: ast.Assign | ast.NamedExpr) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [one.id for one in targets if isinstance(one, ast.Name)]


def _rounds(code: Code, size: int) -> Iterator[Round]:
    """Yield a round of each loop that a page is read in or before."""
    for function in code.functions:
        for node in ast.walk(function.node):
            if isinstance(node, ast.While):
                turn = Round(code, function, node, size)
                if turn.pages:
                    yield turn
