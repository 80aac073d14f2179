"""A Python text with the places of its nodes, and edits of it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """Replace the bytes from `start` to `end`; `where` is the qualified name of what they are in.

    `unit` is the statement of the module or of a class that holds them, as `ast.dump` tells it.
    """

    operator: str
    where: str
    unit: str
    start: int
    end: int
    new: str


class Source:
    """A Python text; places are counted in bytes of UTF-8, as `ast` does."""

    def __init__(self, text: str):
        self.text, self.raw = text, text.encode()
        self.tree = ast.parse(text)
        self.lines = [0, *(found.end() for found in re.finditer(b"\n", self.raw))]

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return where a node begins and ends."""
        return (self.lines[node.lineno - 1] + node.col_offset,
                self.lines[node.end_lineno - 1] + node.end_col_offset)  # fmt: skip

    def at(self, node: ast.AST) -> str:
        """Return the text of a node."""
        start, end = self.span(node)
        return self.raw[start:end].decode()

    def between(self, one: ast.AST, other: ast.AST) -> tuple[int, int, str]:
        """Return the gap between two nodes: where it begins and ends, and its text."""
        start, end = self.span(one)[1], self.span(other)[0]
        return start, end, self.raw[start:end].decode()

    def edited(self, start: int, end: int, new: str) -> str:
        """Return the text with a part replaced."""
        return (self.raw[:start] + new.encode() + self.raw[end:]).decode()

    def compiles(self, unit: ast.stmt, start: int, end: int, new: str) -> bool:
        """Tell whether an edit within a unit changes it, and leaves it a Python text."""
        first, last = self.lines_of(unit)
        text = self.raw[first:start] + new.encode() + self.raw[end:last]
        whole = b"class _:\n" + text if text[:1] in b" \t" else text
        try:
            compile(whole, "a mutant", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return False
        return text != self.raw[first:last]

    def lines_of(self, unit: ast.stmt) -> tuple[int, int]:
        """Return where the lines of a unit begin and end, its decorators included."""
        if not hasattr(unit, "end_lineno"):  # the head of a class
            return 0, len(self.raw)
        first = min(one.lineno for one in [*getattr(unit, "decorator_list", ()), unit])
        ends = [*self.lines, len(self.raw)]
        return self.lines[first - 1], ends[unit.end_lineno]


def inner(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all below it, in the text's order, without what has no effect or place.

    That is: annotations (nobody reads them here), what stands in an f-string (it has no place of
    its own before Python 3.12) and docstrings.
    """
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns") or isinstance(node, ast.JoinedStr):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not is_docstring(child):
                yield from inner(child)


def is_docstring(node: ast.AST) -> bool:
    """Tell whether a statement is nothing but a string."""
    constant = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return constant and isinstance(node.value.value, str)


def units(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    """Yield the statements of a module and of its classes, each with its qualified name."""
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef):
            yield statement.name, ast.ClassDef(  # its head: the body comes in units of its own
                statement.name, statement.bases, statement.keywords, [], statement.decorator_list
            )
            yield from ((f"{statement.name}.{_name(one)}", one) for one in statement.body)
        else:
            yield _name(statement), statement


def _name(statement: ast.stmt) -> str:
    """Name a statement: what it defines or assigns, or its kind."""
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id
    return getattr(statement, "name", type(statement).__name__.lower())
