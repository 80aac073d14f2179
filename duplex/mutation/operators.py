"""The mutation operators: each yields (start, end, new text) for a node that it can change.

They are our own, since the operators of cosmic-ray and mutmut remove neither statements nor
elements nor arguments in the way of `await`, and bring a dozen packages with them.
"""

import ast
import re
from collections.abc import Callable, Iterator

from duplex.mutation.source import Edit, Source, inner, is_docstring, units

Change = tuple[int, int, str]
NEVER = "ZeroDivisionError"  # an exception that nothing here raises
COMPARISONS = {
    ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="), ast.GtE: (">=", ">"), ast.Is: ("is", "is not"),
    ast.IsNot: (r"is\s+not", "is"), ast.In: ("in", "not in"), ast.NotIn: (r"not\s+in", "in"),
}  # fmt: skip
NEGATIONS = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)  # swapped means negated
ARITHMETIC = {
    ast.Add: (r"\+", "-"), ast.Sub: ("-", "+"), ast.Mult: (r"\*", "//"), ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"), ast.Mod: ("%", "*"), ast.BitOr: (r"\|", "&"), ast.BitAnd: ("&", "|"),
    ast.Pow: (r"\*\*", "*"),
}  # fmt: skip
REMOVED = (
    ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Raise, ast.Delete, ast.Break,
    ast.Continue, ast.Assert,
)  # fmt: skip


def comparison(source: Source, node: ast.AST) -> Iterator[Change]:
    """Swap == and !=, < and <=, > and >=, is and is not, in and not in."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        for number, one in enumerate(node.ops):
            yield _swapped(source, sides[number], sides[number + 1], COMPARISONS[type(one)])


def boolean(source: Source, node: ast.AST) -> Iterator[Change]:
    """Swap `and` and `or`."""
    if isinstance(node, ast.BoolOp):
        words = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        gaps = [source.between(*pair) for pair in zip(node.values, node.values[1:], strict=False)]
        new = source.raw[gaps[0][0] : gaps[-1][1]].decode()
        for start, end, gap in reversed(gaps):
            swapped = re.sub(rf"\b{words[0]}\b", words[1], gap, count=1)
            first, last = start - gaps[0][0], end - gaps[0][0]
            new = (new.encode()[:first] + swapped.encode() + new.encode()[last:]).decode()
        yield gaps[0][0], gaps[-1][1], new


def arithmetic(source: Source, node: ast.AST) -> Iterator[Change]:
    """Swap + and -, * and //, | and &, and the like, also in += and its kind."""
    if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        yield _swapped(source, node.left, node.right, ARITHMETIC[type(node.op)])
    if isinstance(node, ast.AugAssign) and type(node.op) in ARITHMETIC:
        yield _swapped(source, node.target, node.value, ARITHMETIC[type(node.op)])


def _swapped(source: Source, one: ast.AST, other: ast.AST, words: tuple[str, str]) -> Change:
    start, end, gap = source.between(one, other)
    return start, end, re.sub(words[0], words[1], gap, count=1)


def unary(source: Source, node: ast.AST) -> Iterator[Change]:
    """Remove `not` and the minus sign."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield source.span(node)[0], source.span(node.operand)[0], ""


def constant(source: Source, node: ast.AST) -> Iterator[Change]:
    """Change a number by one, a truth into its opposite, a string; empty a sentence for people."""
    if isinstance(node, ast.JoinedStr):
        yield *source.span(node), '""'
    elif isinstance(node, ast.Constant) and (new := _other(node.value)) is not None:
        yield *source.span(node), new


def _other(value: object) -> str | None:
    if isinstance(value, bool):
        return str(not value)
    if isinstance(value, int | float):
        return repr(value + 1)
    if isinstance(value, str):
        return '""' if re.search(r"\w [\w`]", value) else repr(f"XX{value}")
    return repr(b"XX" + value) if isinstance(value, bytes) else None


def condition(source: Source, node: ast.AST) -> Iterator[Change]:
    """Negate what an `if`, a `while` or a comprehension asks, unless another operator does."""
    tests = node.ifs if isinstance(node, ast.comprehension) else [getattr(node, "test", None)]
    for test in tests:
        if test is not None and not isinstance(node, ast.Assert) and not _negated_elsewhere(test):
            yield *source.span(test), f"not ({source.at(test)})"


def _negated_elsewhere(test: ast.expr) -> bool:
    if isinstance(test, ast.Compare):
        return len(test.ops) == 1 and isinstance(test.ops[0], NEGATIONS)
    return isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)


def statement(source: Source, node: ast.AST) -> Iterator[Change]:
    """Remove a statement; an awaited call goes with its `await`."""
    if isinstance(node, REMOVED) and not is_docstring(node) and getattr(node, "value", True):
        yield *source.span(node), "pass"
    if isinstance(node, ast.Return) and node.value is None:
        yield *source.span(node), "pass"


def awaited(source: Source, node: ast.AST) -> Iterator[Change]:
    """Forget `await` where what comes back is used (elsewhere it is as if removed)."""
    children = () if isinstance(node, ast.Expr) else ast.iter_child_nodes(node)
    for child in children:
        if isinstance(child, ast.Await):
            yield source.span(child)[0], source.span(child.value)[0], ""


def returned(source: Source, node: ast.AST) -> Iterator[Change]:
    """Return None instead of a value."""
    value = node.value if isinstance(node, ast.Return) else None
    if value is not None and not (isinstance(value, ast.Constant) and value.value is None):
        yield *source.span(value), "None"


def argument(source: Source, node: ast.AST) -> Iterator[Change]:
    """Remove an argument of a call, by place or by name."""
    if isinstance(node, ast.Call):
        given = sorted([*node.args, *node.keywords], key=source.span)
        if not (len(given) == 1 and isinstance(given[0], ast.GeneratorExp)):  # it owns the brackets
            yield from _without_each(source, [source.span(one) for one in given])


def element(source: Source, node: ast.AST) -> Iterator[Change]:
    """Remove an element of a list, tuple, set or dict that is written out."""
    if isinstance(node, ast.Dict):
        starts = [source.span(one)[0] if one else source.span(value)[0] - 2
                  for one, value in zip(node.keys, node.values, strict=True)]  # fmt: skip
        ends = [source.span(one)[1] for one in node.values]
        yield from _without_each(source, list(zip(starts, ends, strict=True)))
    written = isinstance(node, ast.List | ast.Tuple | ast.Set)
    if written and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        yield from _without_each(source, [source.span(one) for one in node.elts])


def _without_each(source: Source, spans: list[tuple[int, int]]) -> Iterator[Change]:
    """Remove each of the things that commas part, with one comma."""
    for number, (start, end) in enumerate(spans):
        if number + 1 < len(spans):
            yield start, spans[number + 1][0], ""
        elif number:
            yield spans[number - 1][1], end, ""
        else:
            yield start, end + len(re.match(rb"\s*,?", source.raw[end:])[0]), ""


def bound(source: Source, node: ast.AST) -> Iterator[Change]:
    """Remove a bound of a slice."""
    if isinstance(node, ast.Slice):
        for one in filter(None, (node.lower, node.upper)):
            yield *source.span(one), ""


def exception(source: Source, node: ast.AST) -> Iterator[Change]:
    """Catch, or raise, an exception of another kind."""
    if isinstance(node, ast.ExceptHandler) and node.type and not isinstance(node.type, ast.Tuple):
        yield *source.span(node.type), NEVER
    if isinstance(node, ast.Raise) and node.exc:
        kind = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        yield *source.span(kind), NEVER


def decorator(source: Source, node: ast.AST) -> Iterator[Change]:
    """Remove a decorator."""
    for one in getattr(node, "decorator_list", ()):
        start, end = source.span(one)
        yield source.raw.rindex(b"@", 0, start), end, ""


def context(source: Source, node: ast.AST) -> Iterator[Change]:
    """Go without a context manager that has no name, such as a lock."""
    if isinstance(node, ast.With | ast.AsyncWith) and not node.items[-1].optional_vars:
        yield source.span(node)[0], source.span(node.items[-1].context_expr)[1], "if True"


OPERATORS: tuple[Callable[[Source, ast.AST], Iterator[Change]], ...] = (
    comparison, boolean, arithmetic, unary, constant, condition, statement, awaited, returned,
    argument, element, bound, exception, decorator, context,
)  # fmt: skip


def edits(text: str) -> Iterator[Edit]:
    """Yield every edit of a Python text that changes it and still compiles."""
    source = Source(text)
    for where, unit in units(source.tree):
        dumped = ast.dump(unit)
        for node in inner(unit) if not is_docstring(unit) else ():
            for operator in OPERATORS:
                for start, end, new in operator(source, node):
                    if source.compiles(unit, start, end, new):
                        yield Edit(operator.__name__, where, dumped, start, end, new)
