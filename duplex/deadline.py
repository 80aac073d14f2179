"""Deadlines: every wait of the kit ends, and one factor stretches them all."""

import math
import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from duplex.errors import CourseError

_limits: list["Deadline"] = []
_in_vain: deque[tuple[float | None, float]] = deque(maxlen=100)  # when waits began and ended


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
        self.begin = time.monotonic()
        self.end = min([self.begin + scaled(seconds), *(limit.end for limit in _limits)])

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.end - time.monotonic())

    def expired(self) -> bool:
        """Tell whether the moment has passed; who asked has waited in vain."""
        if self.remaining():
            return False
        note_in_vain(self.begin)
        return True


def note_in_vain(begin: float | None = None) -> None:
    """Note that something was waited for until its deadline, since `begin`, and did not come."""
    _in_vain.append((begin, time.monotonic()))


def in_vain(since: float) -> list[tuple[float | None, float]]:
    """Return the waits that ended with their deadline after `since`, each with begin and end.

    All are moments of `time.monotonic`; a begin is None where it is not known.
    """
    return [wait for wait in _in_vain if wait[1] >= since]


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
