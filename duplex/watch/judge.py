"""Grade in a process that stays warm; a new question ends the one that is being answered."""

import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path

from duplex import catalog
from duplex.errors import CourseError
from duplex.verdict import TaskVerdict
from duplex.worker import Worker

Answer = list[TaskVerdict] | str  # the verdicts, or the sentence that says why there are none


class Judge:
    """Answers one question at a time: how do these tasks stand? `tell` hears the answer."""

    def __init__(self, lab: catalog.Lab, folder: Path, tell: Callable[[Answer], None]):
        self.lab, self.folder, self._tell = lab, folder, tell
        self._numbers, self._asked = count(1), 0
        self._lock, self._worker, self._busy = threading.Lock(), None, False

    def ask(self, tasks: list[str] | None = None) -> None:
        """Judge some tasks or all of them in the background; forget what was asked before."""
        with self._lock:
            if self._busy:
                self._end()
            self._asked, self._busy = next(self._numbers), True
            self._worker = self._worker or Worker(apart=True)
            question = self._worker, self._asked, tasks
        threading.Thread(target=self._answer, args=question, daemon=True).start()

    def _answer(self, worker: Worker, number: int, tasks: list[str] | None) -> None:
        try:
            answer = worker.grade(self.lab, self.folder, tasks)
        except CourseError as error:
            answer = str(error)
        with self._lock:
            if number != self._asked:
                return  # it was asked anew meanwhile
            self._busy = False
            if isinstance(answer, str) and not worker.alive():
                self._end()
        self._tell(answer)

    def _end(self) -> None:
        if self._worker is not None:
            worker, self._worker = self._worker, None
            worker.stop()

    def __enter__(self) -> "Judge":
        return self

    def __exit__(self, *_) -> None:
        with self._lock:
            self._asked = next(self._numbers)
            self._end()
