"""Shapes of a chat for strangers: whether what it takes is given back, and what it writes down."""

import ast
import re
from collections.abc import Iterator

from duplex.diagnosis.code import Code, Function, Place
from duplex.diagnosis.follow import Call, called, calls
from duplex.diagnosis.shapes import shape
from duplex.diagnosis.shapes.consumers import last


@shape
def never_called(code: Code, call: str) -> Iterator[Place]:
    """A function that comes to `call` (its last name fits) is itself called, or awaited, nowhere.

    Methods of consumers are left out: Channels calls them.
    """
    everywhere = [one for function in code.functions for one in calls(code, function)]
    for function in code.functions:
        own = function.cls in code.consumers or function.name.startswith("__")
        reaches = any(re.fullmatch(call, last(one)) for one in calls(code, function))
        if reaches and not own and not any(_may_mean(code, one, function) for one in everywhere):
            yield function.module.place(function.node)


def _may_mean(code: Code, call: Call, function: Function) -> bool:
    """Tell whether a call may be one of a function: by its name, its object, its arguments."""
    if last(call) != function.name or call.dropped and function.is_async:
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
