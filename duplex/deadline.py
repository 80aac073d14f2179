"""Deadlines: every wait of the kit ends, and one factor stretches them all."""

import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from duplex.errors import CourseError

_limits: list["Deadline"] = []
_in_vain = 0  # waits that ended with their deadline


def scaled(seconds: float) -> float:
    """Return `seconds` times DUPLEX_TIMEOUT_FACTOR (default 1)."""
    return seconds * _factor(os.environ.get("DUPLEX_TIMEOUT_FACTOR", "1"))


def _factor(text: str) -> float:
    try:
        factor = float(text)
    except ValueError:
        factor = math.nan
    if not 0 < factor < math.inf:
        raise CourseError(
            f"The environment variable DUPLEX_TIMEOUT_FACTOR is {text!r}, but must be a number "
            "greater than zero, such as 2; correct or remove it."
        )
    return factor


class Deadline:
    """A moment, `seconds` from now, that also ends with every enclosing `limit`."""

    def __init__(self, seconds: float):
        self.end = min([time.monotonic() + scaled(seconds), *(limit.end for limit in _limits)])

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.end - time.monotonic())

    def expired(self) -> bool:
        """Tell whether the moment has passed; who asked has waited in vain."""
        if self.remaining():
            return False
        note_in_vain()
        return True


def note_in_vain() -> None:
    """Note that something was waited for until the deadline, and did not come."""
    global _in_vain
    _in_vain += 1


def in_vain() -> int:
    """Return how many waits of this process have ended with their deadline so far."""
    return _in_vain


@contextmanager
def limit(seconds: float) -> Iterator[Deadline]:
    """Bound everything inside by one deadline, in every thread."""
    deadline = Deadline(seconds)
    _limits.append(deadline)
    try:
        yield deadline
    finally:
        _limits.remove(deadline)


def wait_until(condition: Callable[[], object], seconds: float = 10, every: float = 0.01) -> bool:
    """Poll `condition` until it is true; return False when `seconds` (scaled) have passed."""
    deadline = Deadline(seconds)
    while not condition():
        if deadline.expired():
            return False
        time.sleep(every)
    return True
