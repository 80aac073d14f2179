"""How long work had to wait for this computer, as Linux counts it."""

import threading
import time
from collections import deque
from collections.abc import Iterable
from pathlib import Path

PRESSURE = Path("/proc/pressure")
EVERY = 0.05  # seconds between two looks
UNKNOWN = "unknown"

_looks: deque[tuple[float, float]] = deque(maxlen=20_000)  # a moment, and what was stalled by then


def stalled() -> float | None:
    """Return for how many seconds so far something waited for processor, disk or memory.

    Each kind counts for itself. None where the system does not tell.
    """
    try:
        return sum(_seconds(PRESSURE / kind) for kind in ("cpu", "io", "memory"))
    except (OSError, ValueError, StopIteration):
        return None


def _seconds(file: Path) -> float:
    """Read the line `some avg10=0.00 … total=MICROSECONDS`."""
    words = next(line for line in file.read_text().splitlines() if line.startswith("some")).split()
    return int(words[-1].removeprefix("total=")) / 1e6


def watch() -> None:
    """Look again and again from now on, in a thread, so that `worst` can tell of the past."""
    threading.Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    while (now := stalled()) is not None:
        _looks.append((time.monotonic(), now))
        time.sleep(EVERY)


def worst(waits: Iterable[tuple[float | None, float]]) -> str:
    """Return, of the wait with the most of it, the share of time in which work had to wait.

    A wait is begin and end, as `time.monotonic` tells them. UNKNOWN when it is not known.
    """
    shares = [_share(begin, end) for begin, end in waits]
    return UNKNOWN if None in shares else f"{max(shares):.3f}"


def _share(begin: float | None, end: float) -> float | None:
    """Look at what lies around a wait, rather too much than too little."""
    looks = list(_looks)
    before = [told for moment, told in looks if begin is not None and moment <= begin]
    after = next((told for moment, told in looks if moment >= end), stalled())
    if not before or after is None:
        return None
    return (after - before[-1]) / max(end - begin, EVERY)
