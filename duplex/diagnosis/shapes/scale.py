"""Shapes of a chat over many processes: what its heartbeat does, and what Redis is told."""

import ast
import re
from collections.abc import Iterator

from duplex.diagnosis.code import Class, Code, Function, Module, Place, assigned
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
def defined(code: Code, name: str) -> Iterator[Place]:
    """A function or method whose name fits; only for `at`."""
    yield from (one.module.place(one.node) for one in code.functions
                if re.fullmatch(name, one.name))  # fmt: skip


@shape
def number(code: Code, least: str, most: str) -> Iterator[Place]:
    """A whole number in the code; only for `at`."""
    for module in code.modules.values():
        for node in ast.walk(module.tree):
            whole = isinstance(node, ast.Constant) and type(node.value) is int
            if whole and int(least) <= node.value <= int(most):
                yield module.place(node)


@shape
def lacks_use(code: Code, name: str, having: str) -> Iterator[Place]:
    """Nothing is called whose full name fits, though something is that fits `having`."""
    made = [one for function in code.functions for one in calls(code, function)]
    if not any(re.fullmatch(name, one.name) for one in made):
        yield from [one.place for one in made if re.fullmatch(having, one.name)][:1]


@shape
def lacks_far_call(code: Code, method: str, call: str) -> Iterator[Place]:
    """A consumer's method never comes to a call whose full name fits, in other objects either."""
    for cls in code.consumers:
        function = code.method(cls, method)
        if function and not any(re.fullmatch(call, one.name) for one in far(code, function, cls)):
            yield function.module.place(function.node)


def far(code: Code, function: Function, cls: Class | None, depth: int = DEPTH) -> Iterator[Call]:
    """Yield a function's calls, and those of all functions that they may mean."""
    for one in calls(code, function):
        yield one
        certain = called(code, one, cls)
        for helper in [certain] if certain else _meant(code, one):
            if depth and helper.node is not function.node:
                yield from far(code, helper, cls if helper.cls is cls else helper.cls, depth - 1)


def _meant(code: Code, call: Call) -> Iterator[Function]:
    """Yield the methods that a call of an object may mean, by what its name is given."""
    owner, _, name = call.name.rpartition(".")
    kinds = {code.name(node.func, module) for module, value in _given(code, owner)
             for node in ast.walk(value) if isinstance(node, ast.Call)}  # fmt: skip
    classes = [code.classes[kind] for kind in kinds if kind in code.classes]
    yield from filter(None, (code.method(cls, name) for cls in classes))


def _given(code: Code, owner: str) -> Iterator[tuple[Module, ast.expr]]:
    """Yield the values that are given to a name or an attribute, anywhere in the project."""
    for module in code.modules.values():
        for node in ast.walk(module.tree):
            for target in getattr(node, "targets", ()):
                named = getattr(target, "attr", getattr(target, "id", None))
                if named == owner.rpartition(".")[2] and isinstance(node, ast.Assign):
                    yield module, node.value


@shape
def ends_now(code: Code) -> Iterator[Place]:
    """A sorted set's score is this moment, and what is below this moment is thrown out."""
    scores = [(place, value) for place, node in _redis(code, "zadd") if len(node.args) > 1
              for value in getattr(node.args[1], "values", ())]  # fmt: skip
    bounds = [node.args[2] for _, node in _redis(code, "zremrangebyscore") if len(node.args) > 2]
    if bounds and not any(map(_reckoned, bounds)):
        yield from (place for place, value in scores if not _reckoned(value))


NOW = re.compile(r"\b(time|now|utcnow|time_ns|timestamp)\(")
OTHER_CLOCK = re.compile(r"\b(monotonic|perf_counter|loop\(\)\.time)\(")


def _scores(code: Code) -> Iterator[tuple[Place, ast.expr]]:
    """Yield what the members of sorted sets are given for a score."""
    for place, node in _redis(code, "zadd"):
        yield from ((place, one) for one in getattr(node.args[1:2] and node.args[1], "values", ()))


def _bounds(code: Code, name: str) -> Iterator[tuple[Place, str, str]]:
    """Yield the least and the greatest score that a command is given, as they are written."""
    for place, node in _redis(code, name):
        if len(node.args) > 2:
            yield place, *(ast.unparse(one) for one in node.args[1:3])


@shape
def ends_past(code: Code) -> Iterator[Place]:
    """A score is a span, a moment before now, or one by a clock that nobody asks."""
    asked = [most for _, _, most in _bounds(code, "zremrangebyscore") if NOW.search(most)]
    yield from (place for place, value in _scores(code) if asked and _is_past(value))


def _is_past(value: ast.expr) -> bool:
    words = ast.unparse(value)
    if OTHER_CLOCK.search(words):
        return True
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Sub):
        return bool(NOW.search(ast.unparse(value.left)))
    named = [one for one in ast.walk(value) if isinstance(one, ast.Name | ast.Attribute)]
    fixed = all(one.isupper() or one == "settings" for one in
                (getattr(node, "attr", getattr(node, "id", "")) for node in named))  # fmt: skip
    return bool(named) and fixed and not any(isinstance(one, ast.Call) for one in ast.walk(value))


@shape
def living_thrown_out(code: Code) -> Iterator[Place]:
    """Scores above now are thrown out, or only those below it are read."""
    for place, _, most in _bounds(code, "zremrangebyscore"):
        if re.fullmatch(r"'\+?inf'", most) or (NOW.search(most) and " + " in most):
            yield place
    later = any(NOW.search(words) and " + " in words
                for words in (ast.unparse(value) for _, value in _scores(code)))  # fmt: skip
    for place, least, most in _bounds(code, "zrangebyscore") if later else ():
        if re.fullmatch(r"'-inf'|0", least) and NOW.search(most) and " + " not in most:
            yield place


@shape
def ends_in_other_units(code: Code) -> Iterator[Place]:
    """Scores are in milliseconds, and what they are compared with is not."""
    fine = re.compile(r"\* (1000|1000\.0|10 \*\* 3)\b|time_ns\(")
    bounds = [most for name in ("zremrangebyscore", "zrangebyscore") for _, *both in
              _bounds(code, name) for most in both if NOW.search(most)]  # fmt: skip
    if bounds and not any(map(fine.search, bounds)):
        yield from (place for place, value in _scores(code) if fine.search(ast.unparse(value)))


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
def counts_to(code: Code, files: str, having: str, least: str) -> Iterator[Place]:
    """A script that holds `having` compares with so great a number, written there or named."""
    for path, text in texts_of(code, files):
        named = dict(re.findall(r"(?:const|let|var) ([\w$]+) = (\d+);", text))
        for found in COUNTED.finditer(text) if re.search(having, text) else ():
            number = named.get(found[1], found[1])
            if number.isdigit() and int(number) >= int(least):
                yield Place(path, text.count("\n", 0, found.start()) + 1)
