"""How long from a save to the verdict, with `duplex watch`, against a cold `duplex check`?"""

import contextlib
import io
import time
from pathlib import Path
from queue import Empty, SimpleQueue

from rich.console import Console

from duplex import catalog, project
from duplex.bench import told
from duplex.bench.check import LAB, PATIENCE, check_cold
from duplex.bench.rounds import Ratio, Workload
from duplex.deadline import scaled
from duplex.errors import CourseError
from duplex.watch.judge import Judge
from duplex.watch.saves import Saves
from duplex.watch.screen import Screen
from duplex.watch.session import Session

COLD, WATCH = f"duplex check {LAB}, cold", "save to verdict, watched"
RATIOS = [Ratio("save to verdict / cold check", WATCH, COLD, 1 / 3)]
RIGHT, WRONG = "text_data=text_data", "text_data=str(text_data).upper()"
TASK, FILE = "2.5", "chat/consumers.py"


def watch_speed(console: Console, rounds: int, json_file: Path | None = None) -> bool:
    """Compare watching with a cold check of the same lab; return whether the bound holds.

    Watched is a lab with a wrong task on the screen; what is saved repairs it, and what counts is
    the time until its verdict is shown.
    """
    folder = project.copy(catalog.lab(LAB).folder("solutions"))
    try:
        with Watched(folder) as watched:
            workloads = [Workload(COLD, lambda: check_cold(LAB)), Workload(WATCH, watched.repair)]
            return told.run("watch", workloads, RATIOS, rounds, console, json_file)
    finally:
        project.remove(folder)


class Watched:
    """A watched lab whose person saves a mistake, then its repair."""

    def __init__(self, folder: Path):
        self.folder, self.events, self._open = folder, SimpleQueue(), contextlib.ExitStack()

    def __enter__(self) -> "Watched":
        lab, screen = catalog.lab(LAB), Console(file=io.StringIO(), width=100)
        judge = Judge(lab, self.folder, lambda answer: self.events.put(answer))
        self._open.enter_context(judge)
        self.session = Session(lab, self.folder, False, judge, Screen(screen, lab))
        self._open.enter_context(Saves(self.folder, lambda: self.events.put(None)))
        return self

    def __exit__(self, *_) -> None:
        self._open.close()

    def repair(self) -> float:
        """Save a mistake and wait for its verdict; return how long the repair's verdict takes."""
        self._save(RIGHT, WRONG)
        self._until(passed=False)
        begin = time.perf_counter()
        self._save(WRONG, RIGHT)
        self._until(passed=True)
        seconds = time.perf_counter() - begin
        self._hear()  # the whole lab's verdicts, which follow
        return seconds

    def _save(self, old: str, new: str) -> None:
        file = self.folder / FILE
        file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")

    def _until(self, passed: bool) -> None:
        while TASK not in self.session.verdicts or self.session.passed(TASK) != passed:
            self._hear()

    def _hear(self) -> None:
        try:
            answer = self.events.get(timeout=scaled(PATIENCE))
        except Empty:
            raise CourseError(f"No verdict came for {scaled(PATIENCE):g} seconds.") from None
        if isinstance(answer, str):
            raise CourseError(answer)
        if answer is None:
            self.session.saved()
        else:
            self.session.hear(answer)
