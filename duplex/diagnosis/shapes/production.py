"""Shapes of a chat for strangers: what is given back, who is woken, what is counted and told."""

import ast
import re
from collections.abc import Iterator

from duplex.diagnosis.code import Code, Function, Place, assigned
from duplex.diagnosis.follow import Call, called, calls, followed
from duplex.diagnosis.shapes import shape
from duplex.diagnosis.shapes.consumers import last

WAKES = r"set|notify(_all)?|put(_nowait)?|create_task|ensure_future|set_result"


def _ends(code: Code, call: str) -> Iterator[tuple[Function, list[Call]]]:
    """Yield the functions whose own lines come to `call`, and the calls that may mean them.

    Methods of consumers are left out: Channels calls them.
    """
    everywhere = [one for function in code.functions for one in calls(code, function)]
    for function in code.functions:
        own = function.cls in code.consumers or function.name.startswith("__")
        if not own and any(re.fullmatch(call, last(one)) for one in calls(code, function)):
            yield function, [one for one in everywhere if _may_mean(code, one, function)]


@shape
def never_called(code: Code, call: str) -> Iterator[Place]:
    """A function that comes to `call` is itself called nowhere, or never awaited."""
    for function, callers in _ends(code, call):
        if all(one.dropped and function.is_async for one in callers):
            yield function.module.place(function.node)


@shape
def ended_and_kept(code: Code, call: str) -> Iterator[Place]:
    """Who calls a function that comes to `call` takes nothing out of a dict meanwhile."""
    for one in _enders(code, call):
        inside = list(ast.walk(one.function.node))
        takes = any(isinstance(node, ast.Delete) for node in inside)
        if not takes and not any(last(other) == "pop" for other in calls(code, one.function)):
            yield one.place


@shape
def ended_unasked(code: Code, call: str) -> Iterator[Place]:
    """Who calls a function that comes to `call` takes one out of several, and no condition asks
    whether some are left."""
    for one in _enders(code, call):
        left = {ast.unparse(other.node.func.value) for other in calls(code, one.function)
                if last(other) in ("discard", "remove")
                and isinstance(other.node.func, ast.Attribute)}  # fmt: skip
        tests = [node.test for node in ast.walk(one.function.node)
                 if isinstance(node, ast.If | ast.IfExp | ast.While)]  # fmt: skip
        asked = {ast.unparse(node) for test in tests for node in ast.walk(test)}
        if left and not left & asked:
            yield one.place


def _enders(code: Code, call: str) -> Iterator[Call]:
    """Yield the calls, in the same module, of functions that come to `call`."""
    for function, callers in _ends(code, call):
        yield from (one for one in callers if one.function.module is function.module)


def _may_mean(code: Code, call: Call, function: Function) -> bool:
    """Tell whether a call may be one of a function: by its name, its object, its arguments."""
    if last(call) != function.name:
        return False
    if target := called(code, call):
        return target.node is function.node
    if call.name.startswith(("self.", "super().")):
        return False  # a method of somebody else's class
    return bool(function.cls) and _takes(function, call.node)


def _takes(function: Function, call: ast.Call) -> bool:
    """Tell whether a method can be called with so many arguments."""
    given = function.node.args
    most = len(given.posonlyargs) + len(given.args) - 1
    count = len(call.args) + len(call.keywords)
    least = most - len(given.defaults)
    return least <= count and (count <= most + len(given.kwonlyargs) or bool(given.vararg))


@shape
def passes_on_asleep(code: Code) -> Iterator[Place]:
    """A method calls the one of its own name on something that it has, and wakes nobody."""
    for function in code.functions:
        made = list(followed(code, function))
        passes = [one for one in made if last(one) == function.name and "." in one.name]
        inner = [one for one in passes if re.fullmatch(r"self\.\w+\.\w+", one.name)]
        wakes = any(re.fullmatch(WAKES, last(one)) for one in made)
        if function.cls and function.cls not in code.consumers and inner and not wakes:
            yield inner[0].place


@shape
def taken_back_after(code: Code) -> Iterator[Place]:
    """What a condition asked for is taken back only after the awaited work that it stood for."""
    for module in code.modules.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.If | ast.While):
                asked = {ast.unparse(one) for one in ast.walk(node.test)
                         if isinstance(one, ast.Attribute)}  # fmt: skip
                for before, after in zip(node.body, node.body[1:], strict=False):
                    waits = any(isinstance(one, ast.Await) for one in ast.walk(before))
                    if waits and _takes_back(after, asked):
                        yield module.place(after)


def _takes_back(node: ast.stmt, asked: set[str]) -> bool:
    false = isinstance(node, ast.Assign) and getattr(node.value, "value", 0) is False
    return false and any(ast.unparse(target) in asked for target in node.targets)


@shape
def counted(code: Code, metric: str, how: str) -> Iterator[Place]:
    """A metric (its name in Prometheus fits) is told something: `inc`, `dec`; only for `at`."""
    named = {f"{module.name}.{name}" for module in code.modules.values()
             for name, value in assigned(module.tree.body).items()
             if _metric(value, metric)}  # fmt: skip
    for function in code.functions:
        for one in calls(code, function):
            owner = one.name.rpartition(".")[0].partition(".labels()")[0]
            if owner in named and re.fullmatch(how, last(one)):
                yield one.place


def _metric(value: ast.expr, metric: str) -> bool:
    given = value.args if isinstance(value, ast.Call) else []
    name = getattr(given[0], "value", None) if given else None
    return isinstance(name, str) and bool(re.fullmatch(metric, name))


@shape
def words_logged(code: Code) -> Iterator[Place]:
    """A logger, or a helper that comes to one, is given a `text`; only for `at`."""
    for function in code.functions:
        for one in calls(code, function):
            helper = called(code, one)
            made = [one, *(followed(code, helper) if helper else ())]
            given = [*one.node.args, *(keyword.value for keyword in one.node.keywords)]
            if any(re.fullmatch(LOGS, inner.name) for inner in made) and any(map(_is_text, given)):
                yield one.place


LOGS = r"(.*\.)?(log\w*|logger|logging|getLogger\(\))\.(debug|info|warning|error|exception|log)"


def _is_text(given: ast.expr) -> bool:
    words = [getattr(one, name, None) for one in ast.walk(given)
             for name in ("value", "attr", "id")]  # fmt: skip
    return any(isinstance(word, str) and re.fullmatch(r"text(_data)?|words|body", word)
               for word in words)  # fmt: skip


@shape
def one_for_all(code: Code, call: str) -> Iterator[Place]:
    """What comes to `call` is made for a name, kept, and looked up without that name."""
    for function in code.functions:
        inside = list(ast.walk(function.node))
        kept = any(isinstance(one, ast.Global | ast.Subscript) for one in inside)
        for one in calls(code, function) if kept and not function.node.decorator_list else ():
            names = {arg.id for arg in one.node.args if isinstance(arg, ast.Name)}
            if names and _class_comes_to(code, one, call) and not names & _asked(inside, one):
                yield one.place


def _class_comes_to(code: Code, made: Call, call: str) -> bool:
    """Tell whether a call makes an object of the project, whose methods come to `call`."""
    cls = code.classes.get(made.name)
    methods = cls.methods.values() if cls else ()
    return any(re.fullmatch(call, last(one)) for method in methods
               for one in followed(code, method))  # fmt: skip


def _asked(inside: list[ast.AST], made: Call) -> set[str]:
    """Return the names that are used for more than to make an object, and to put it somewhere."""
    put = [one.slice for one in inside
           if isinstance(one, ast.Subscript) and isinstance(one.ctx, ast.Store)]  # fmt: skip
    apart = {node for one in (made.node, *put) for node in ast.walk(one)}
    return {one.id for one in inside if isinstance(one, ast.Name) and one not in apart}


@shape
def says_yes_always(code: Code, having: str) -> Iterator[Place]:
    """A function asks `having`, and returns True in several places, and nothing else anywhere."""
    for function in code.functions:
        found = [one for one in ast.walk(function.node) if isinstance(one, ast.Return)]
        yes = all(getattr(one.value, "value", None) is True for one in found)
        if len(found) > 1 and yes and any(last(one) == having for one in calls(code, function)):
            yield function.module.place(found[0])


@shape
def queued_asleep(code: Code) -> Iterator[Place]:
    """A function puts something into a queue and returns, before the line that wakes somebody."""
    for function in code.functions:
        wakes = [one.place.line for one in calls(code, function) if _wakes(code, one)]
        for node in ast.walk(function.node):
            for body in (getattr(node, "body", []), getattr(node, "orelse", [])):
                for place in _returns_queued(function, body if isinstance(body, list) else []):
                    if wakes and min(wakes) > place.line:
                        yield place


def _wakes(code: Code, call: Call) -> bool:
    helper = called(code, call)
    return any(last(one) == "set" for one in (call, *(followed(code, helper) if helper else ())))


def _returns_queued(function: Function, body: list[ast.stmt]) -> Iterator[Place]:
    """Yield where a block returns that has put something into a queue."""
    queued = False
    for one in body:
        simple = isinstance(one, ast.Expr | ast.Return | ast.Assign)
        queued = queued or simple and any(
            re.fullmatch(r"append|put_nowait", getattr(inner, "attr", ""))
            for inner in ast.walk(one))  # fmt: skip
        if queued and isinstance(one, ast.Return):
            yield function.module.place(one)
