"""Shapes of code: each a function that yields the places where a project has this shape.

A shape is general: it follows names through imports and helpers, and asks nothing of the names of
files, classes and variables. `shape(code, **parameters)`; signs name it by `rule`.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator

from duplex.diagnosis.code import Code, Place

RULES: dict[str, Callable[..., Iterable[Place]]] = {}


def shape(function: Callable[..., Iterable[Place]]) -> Callable[..., Iterable[Place]]:
    """Make a function a rule that signs can name."""
    RULES[function.__name__] = function
    return function


def fault(rule: str, parameters: dict) -> str:
    """Say what is wrong with the use of a rule; nothing, if it is right."""
    if rule not in RULES:
        return f"names no rule {rule!r}; there are: {', '.join(sorted(RULES))}"
    try:
        inspect.signature(RULES[rule]).bind(None, **parameters)
    except TypeError as error:
        return f"uses {rule} wrongly ({error})"
    return ""


def places(code: Code, rule: str, parameters: dict) -> Iterator[Place]:
    """Yield where a project has a shape."""
    yield from RULES[rule](code, **parameters)


from duplex.diagnosis.shapes import (  # noqa: E402, F401
    consumers,
    environment,
    events,
    groups,
    identity,
    loops,
    memory,
    patterns,
    production,
    reading,
    routes,
    scale,
    settings,
    slips,
    tasks,
    waits,
    words,
    wrapping,
)  # fmt: skip
