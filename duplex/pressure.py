"""How long work had to wait for this computer, as Linux counts it.

Waiting for disk or memory counts for the whole computer; for a processor only our own, that of
this process and of all that it started. Others may be as busy as they like while these get what
they ask for: then what they waited for in vain would not have come on a calm computer either.
"""

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Iterable

PRESSURE = "/proc/pressure"
EVERY = 0.1  # seconds between two looks
LATE = 3  # times that, after which a look tells that it had to wait itself
UNKNOWN = "unknown"

_looks: deque[tuple[float, float]] = deque(maxlen=20_000)  # a moment, and what was stalled by then


class Stalls:
    """Sums up, from look to look, for how long work had to wait; each kind counts for itself."""

    def __init__(self):
        self.sum, self.told, self.moment = 0.0, {}, 0.0
        self.delays: dict[str, float] = {}
        self.lock = threading.Lock()

    def look(self) -> tuple[float, float] | None:
        """Return this moment and the seconds so far; None where the system does not tell."""
        with self.lock:
            try:
                told = {kind: _stalled(f"{PRESSURE}/{kind}") for kind in ("cpu", "io", "memory")}
            except (OSError, ValueError, StopIteration):
                return None
            now = time.monotonic()
            grown = {kind: told[kind] - self.told.get(kind, told[kind]) for kind in told}
            grown["cpu"] = self._own(grown["cpu"], now - self.moment)
            self.told, self.moment = told, now
            self.sum += sum(grown.values())
            return now, self.sum

    def _own(self, everybody: float, passed: float) -> float:
        """Return for how long our threads waited for a processor since the last look.

        It is the time in which anything on this computer did, when that look was long ago, or
        threads came or went meanwhile, of which nobody knows how long they waited.
        """
        before, self.delays = self.delays, delays(os.getpid())
        known = self.delays and self.delays.keys() == before.keys()
        if passed > LATE * EVERY or not known:
            return everybody
        return min(everybody, sum(self.delays.values()) - sum(before.values()))


def _stalled(file: str) -> float:
    """Read the line `some avg10=0.00 … total=MICROSECONDS`."""
    some = next(line for line in _read(file).split(b"\n") if line.startswith(b"some"))
    return int(some.rpartition(b"total=")[2]) / 1e6


def delays(process: int) -> dict[str, float]:
    """Return for how many seconds each thread has waited for a processor, by its place in /proc.

    They are those of a process, of all that it started, and so on. A thread that never ran, or of
    which Linux does not tell, is left out.
    """
    found, waiting = {}, [process]
    for pid in waiting:  # which grows meanwhile
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{pid}/task"):
                place = f"/proc/{pid}/task/{thread}/"
                with contextlib.suppress(OSError):
                    waiting += map(int, _read(place + "children").split())
                    _, delay, turns = map(int, _read(place + "schedstat").split())
                    found |= {place: delay / 1e9} if turns else {}
    return found


def _read(path: str) -> bytes:
    """Read a small file of /proc, quicker than `open` does."""
    file = os.open(path, os.O_RDONLY)
    try:
        return os.read(file, 65536)
    finally:
        os.close(file)


_stalls = Stalls()


def look() -> None:
    """Look now, so that `worst` can tell of what comes."""
    if seen := _stalls.look():
        _looks.append(seen)


def watch(busy: threading.Event) -> None:
    """Look again and again from now on, in a thread, as long as the event is set."""
    threading.Thread(target=_watch, args=[busy], daemon=True).start()


def _watch(busy: threading.Event) -> None:
    while busy.wait():
        look()
        time.sleep(EVERY)


def worst(waits: Iterable[tuple[float | None, float]]) -> str:
    """Return, of the wait with the most of it, the share of time in which work had to wait.

    A wait is begin and end, as `time.monotonic` tells them. UNKNOWN when it is not known.
    """
    shares = [_share(begin, end) for begin, end in waits]
    return UNKNOWN if None in shares else f"{max(shares):.3f}"


def stalled(begin: float, end: float) -> float | None:
    """Return for how many seconds of a wait work had to wait; None when it is not known."""
    share = _share(begin, end)
    return None if share is None else share * (end - begin)


def _share(begin: float | None, end: float) -> float | None:
    """Look at what lies around a wait, rather too much than too little."""
    if not any(moment >= end for moment, _ in _looks):
        look()
    looks = list(_looks)
    before = [told for moment, told in looks if begin is not None and moment <= begin]
    after = next((told for moment, told in looks if moment >= end), None)
    if not before or after is None:
        return None
    return (after - before[-1]) / max(end - begin, EVERY)
