"""What a sandbox uses of this computer, seen from outside, and whether that is too much."""

import contextlib
import os
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from duplex.sandbox.limits import MIB, Limits

EVERY = 0.25  # seconds from look to look
DEEPEST = 2000  # characters of a path in the box
MEMORY = "The project used more than {} MiB of memory, and was stopped."
BYTES = "The project wrote more than {} MiB into files, and was stopped."
ENTRIES = "The project made more than {} files and folders, and was stopped."
DEEP = "The project made folders so deep that nobody can read them, and was stopped."

Breach = tuple[str, str]  # the verdict, and the sentence


class Watch:
    """A thread that calls `look` a few times a second."""

    def __init__(self, look: Callable[[], None]):
        self._look, self._over = look, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._over.wait(EVERY):
            self._look()

    def end(self) -> None:
        """Look no more."""
        self._over.set()
        self._thread.join()


def look(outside: int, places: list[Path], limits: Limits) -> Breach | None:
    """Return what a sandbox, whose bubblewrap is the process `outside`, has too much of."""
    warm, others = family(outside)
    shared = memory_of(warm)[1] if warm else 0
    used = sum(max(0, max(memory_of(pid)) - shared) for pid in others)
    if used > limits.memory:
        return "memory", MEMORY.format(limits.memory // MIB)
    written, count = 0, 0
    for size in sizes(places):
        written, count = written + size, count + 1
        if size < 0:
            return "output", DEEP
        if count > limits.entries:
            return "output", ENTRIES.format(limits.entries)
    if written + unlinked([*others]) > limits.box:
        return "output", BYTES.format(limits.box // MIB)
    return None


def family(outside: int) -> tuple[int | None, list[int]]:
    """Return the warm parent in a sandbox, and the processes of the project."""
    found = [outside]
    for pid in found:  # which grows meanwhile
        found += children(pid)
    return next(iter(found[1:]), None), found[2:]


def children(pid: int) -> list[int]:
    """Return the processes that a process has started; quicker than a look at all there are."""
    found = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{task}/children") as file:
                found += map(int, file.read().split())
    return found


def memory_of(pid: int) -> tuple[int, int]:
    """Return the bytes of memory that a process had resident at most, and has now."""
    with contextlib.suppress(OSError, ValueError), open(f"/proc/{pid}/status") as file:
        told = dict(line.split(":", 1) for line in file)
        return tuple(int(told[name].split()[0]) * 1024 if name in told else 0
                     for name in ("VmHWM", "VmRSS"))  # fmt: skip
    return 0, 0


def sizes(places: list[Path]) -> Iterator[int]:
    """Yield the bytes of each file and folder, without following links; -1 for what is too deep."""
    waiting = [str(place) for place in places]
    while waiting:
        folder = waiting.pop()
        if len(folder) > DEEPEST:
            yield -1
            continue
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    yield entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)


def unlinked(pids: list[int]) -> int:
    """Return the bytes of files that processes hold open, and that have no name any more."""
    found = {}
    for pid in pids:
        with contextlib.suppress(OSError), os.scandir(f"/proc/{pid}/fd") as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    about = os.stat(entry.path)
                    if stat.S_ISREG(about.st_mode) and about.st_nlink == 0:
                        found[about.st_dev, about.st_ino] = about.st_blocks * 512
    return sum(found.values())
