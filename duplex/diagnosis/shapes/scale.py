"""Shapes of a chat over many processes: what its heartbeat does, what Redis is told, for how long."""

import ast
import re
from collections.abc import Iterator

from duplex.diagnosis.code import Class, Code, Function, Place, assigned
from duplex.diagnosis.follow import DEPTH, Call, called, calls
from duplex.diagnosis.shapes import shape
from duplex.diagnosis.shapes.consumers import last
from duplex.diagnosis.shapes.words import texts_of

COUNTED = re.compile(r"(?:>=|>|===?|%)\s*([A-Za-z_$][\w$]*|\d+)")


@shape
def constant(code: Code, regex: str) -> Iterator[Place]:
    """A text in the code, such as the path of a class; what stands alone is a docstring."""
    for module in code.modules.values():
        alone = {node.value for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(module.tree):
            text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if text and node not in alone and re.search(regex, node.value):
                yield module.place(node)


@shape
def lacks_far_call(code: Code, method: str, call: str) -> Iterator[Place]:
    """A consumer's method never comes to a call whose full name fits, in other objects either."""
    for cls in code.consumers:
        function = code.method(cls, method)
        if function and not any(re.fullmatch(call, one.name) for one in far(code, function, cls)):
            yield function.module.place(function.node)


def far(code: Code, function: Function, cls: Class | None, depth: int = DEPTH) -> Iterator[Call]:
    """Yield a function's calls, and those of all methods that may be meant by their names."""
    for one in calls(code, function):
        yield one
        certain = called(code, one, cls)
        named = [other for other in code.functions if other.cls and other.name == last(one)]
        for helper in [certain] if certain else named:
            if depth and helper.node is not function.node:
                yield from far(code, helper, cls if helper.cls is cls else helper.cls, depth - 1)


@shape
def ends_now(code: Code) -> Iterator[Place]:
    """A sorted set's score is this moment, and what is below this moment is thrown out."""
    scores = [(place, value) for place, node in _redis(code, "zadd") if len(node.args) > 1
              for value in getattr(node.args[1], "values", ())]  # fmt: skip
    bounds = [node.args[2] for _, node in _redis(code, "zremrangebyscore") if len(node.args) > 2]
    if bounds and not any(map(_reckoned, bounds)):
        yield from (place for place, value in scores if not _reckoned(value))


def _redis(code: Code, name: str) -> Iterator[tuple[Place, ast.Call]]:
    """Yield the calls of a command, with the names in their arguments replaced by their values."""
    for function in code.functions:
        local = assigned(ast.walk(function.node))
        for one in calls(code, function):
            if last(one) == name:
                given = [_known(node, local) for node in one.node.args]
                yield one.place, ast.Call(one.node.func, given, one.node.keywords)


def _known(node: ast.expr, local: dict[str, ast.expr]) -> ast.expr:
    node = local.get(node.id, node) if isinstance(node, ast.Name) else node
    if isinstance(node, ast.Dict):
        return ast.Dict(node.keys, [_known(value, local) for value in node.values])
    return node


def _reckoned(node: ast.expr) -> bool:
    """Tell whether something is added or taken away, or whether one cannot see it here."""
    return not isinstance(node, ast.Call | ast.Constant) or any(
        isinstance(one, ast.BinOp) for one in ast.walk(node)
    )


@shape
def counts_to(code: Code, files: str, least: str) -> Iterator[Place]:
    """A script compares with a number that is so great; a `const` is known by its value."""
    known = {name: value for _, text in texts_of(code, files)
             for name, value in re.findall(r"const ([\w$]+) = (\d+);", text)}  # fmt: skip
    for path, text in texts_of(code, files):
        for found in COUNTED.finditer(text):
            number = known.get(found[1], found[1])
            if number.isdigit() and int(number) >= int(least):
                yield Place(path, text.count("\n", 0, found.start()) + 1)
