"""How far a batch is, and how long it will still take."""

from collections import Counter

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class Bar:
    """A bar of all labs of all submissions, of which some share a result."""

    def __init__(self, console: Console, total: int):
        self.total, self.seen, self.waiting = total, 0, Counter()
        self.ready: set[str] = set()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                   TimeElapsedColumn(), TextColumn("left:"), TimeRemainingColumn())  # fmt: skip
        self._progress = Progress(*columns, console=console, transient=True)
        self._task = self._progress.add_task("Unpacking", total=total)

    @property
    def done(self) -> int:
        """How many are judged."""
        return self.seen - sum(self.waiting.values())

    def step(self, what: str) -> None:
        """Say what is done now."""
        self._progress.update(self._task, description=what)

    def more(self, intake) -> None:
        """Count the entries that came since; those that await no result are done."""
        for entry in intake.entries[self.seen :]:
            if entry.key in intake.asked and entry.key not in self.ready:
                self.waiting[entry.key] += 1
            self.seen += 1
        self._show()

    def finished(self, key: str) -> None:
        """Note that a result is there, for all who share it."""
        self.ready.add(key)
        self.waiting.pop(key, None)
        self._show()

    def _show(self) -> None:
        self._progress.update(self._task, completed=self.done)

    def say(self, sentence: str) -> None:
        """Say a sentence above the bar."""
        self._progress.console.print(sentence, soft_wrap=True)

    def __enter__(self) -> "Bar":
        self._progress.start()
        return self

    def __exit__(self, *_) -> None:
        self._progress.stop()
