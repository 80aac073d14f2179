"""How long work had to wait for this computer, as Linux counts it."""

from pathlib import Path

PRESSURE = Path("/proc/pressure")


class Stalls:
    """How long the computer kept work waiting while each task was judged."""

    def __init__(self):
        self._before, self.seconds = stalled(), {}

    def note(self, verdict) -> None:
        """Note a verdict as it falls; the task began when the one before it ended."""
        now = stalled()
        known = None not in (now, self._before)
        self.seconds[verdict.task_id] = round(now - self._before, 3) if known else None
        self._before = now


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
