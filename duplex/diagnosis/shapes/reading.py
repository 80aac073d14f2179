"""Shapes of reading from the database: when it is asked, and whether anything comes in between."""

import ast
import re
from collections.abc import Iterator

from duplex.diagnosis.code import Code, Function, Place
from duplex.diagnosis.follow import Call, called, calls, followed
from duplex.diagnosis.shapes import shape
from duplex.diagnosis.shapes.consumers import last, run
from duplex.diagnosis.shapes.groups import events
from duplex.diagnosis.shapes.memory import STORES

READS = re.compile(r"a?(filter|exclude|aggregate|raw|execute|fetchall)")
ATOMIC = "django.db.transaction.atomic"


@shape
def read_then_stored(code: Code) -> Iterator[Place]:
    """A function reads the database and then stores a row, and no transaction holds the two."""
    for function in code.functions:
        made = list(followed(code, function))
        at = next((n for n, one in enumerate(made) if READS.fullmatch(last(one))), len(made))
        stored = [one for one in made[at:] if STORES.fullmatch(last(one))]
        own = [one for one in stored if one.function.node is function.node]
        if own and not _in_transaction(code, function):
            yield own[0].place


def _in_transaction(code: Code, function: Function, depth: int = 4) -> bool:
    """Tell whether a function opens a transaction, or one that calls it does."""
    own = [code.name(one, function.module) for one in function.node.decorator_list]
    if ATOMIC in own or any(one.name == ATOMIC for one in calls(code, function)):
        return True
    callers = [other for other in code.functions for one in calls(code, other)
               if (found := called(code, one)) and found.node is function.node]  # fmt: skip
    return depth > 0 and any(_in_transaction(code, one, depth - 1) for one in callers)


@shape
def read_before_atomic(code: Code) -> Iterator[Place]:
    """A function reads the database, and opens a transaction only then."""
    for function in code.functions:
        own = {one.node for one in calls(code, function) if one.name == ATOMIC}
        for one in followed(code, function) if own else ():
            if one.node in own:
                break
            if READS.fullmatch(last(one)):
                yield function.module.place(function.node)


@shape
def event_handler(code: Code, call: str = ".*") -> Iterator[Place]:
    """A consumer's method that handles an event comes to a call whose last name fits."""
    for kind in dict.fromkeys(kind.replace(".", "_") for kind, _, _ in events(code)):
        for cls in code.consumers:
            if kind in cls.methods and any(re.fullmatch(call, last(one))
                                           for one in run(code, cls, kind)):  # fmt: skip
                yield cls.module.place(cls.methods[kind].node)


@shape
def handler_does_nothing(code: Code) -> Iterator[Place]:
    """A consumer's method that handles an event calls nothing at all."""
    for kind in dict.fromkeys(kind.replace(".", "_") for kind, _, _ in events(code)):
        for cls in code.consumers:
            if kind in cls.methods and not run(code, cls, kind):
                yield cls.module.place(cls.methods[kind].node)


@shape
def same_question(code: Code) -> Iterator[Place]:
    """A `while` loop asks the database, and nothing in it changes what it asks with."""
    for function in code.functions:
        for loop in (node for node in ast.walk(function.node) if isinstance(node, ast.While)):
            inside = set(ast.walk(loop))
            made = [one for one in calls(code, function) if one.node in inside]
            changed = _changed(loop).union(*(_changed(one.node) for one in _helpers(code, made)))
            yield from (one.place for one in made if asks(code, one)
                        and (names := _names(one.node)) and not names & changed)  # fmt: skip


def _helpers(code: Code, made: list[Call]) -> Iterator[Function]:
    """Yield the methods of the same object that calls lead to, in however many steps."""
    for one in made:
        target = called(code, one)
        if target and one.name.startswith("self."):
            further = followed(code, target)
            yield from (target, *filter(None, (called(code, inner) for inner in further)))


def asks(code: Code, call: Call) -> bool:
    """Tell whether a call comes to reading the database."""
    target = called(code, call)
    made = [call, *(followed(code, target) if target else ())]
    return any(READS.fullmatch(last(one)) for one in made) and bool(call.node.args)


def _names(node: ast.Call) -> set[str]:
    given = [*node.args, *(one.value for one in node.keywords)]
    return {ast.unparse(one) for arg in given for one in ast.walk(arg)
            if isinstance(one, ast.Name | ast.Attribute)}  # fmt: skip


def _changed(node: ast.AST) -> set[str]:
    """Return what is given values below a node: "after", "self.seen"."""
    named = (one for one in ast.walk(node) if isinstance(one, ast.Name | ast.Attribute))
    return {ast.unparse(one) for one in named if isinstance(one.ctx, ast.Store)}
