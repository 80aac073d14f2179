"""Who judges mutants: a worker of its own, on a copy of the solution that it spoils."""

import subprocess
import sys
import threading
import time
from collections.abc import Container, Iterable

from duplex import catalog, project
from duplex.batch.doubt import by_time, calm
from duplex.deadline import scaled
from duplex.errors import CourseError, KitFault
from duplex.ground import GUARD
from duplex.mutation.kept import Verdict
from duplex.mutation.killers import Killers
from duplex.mutation.mutants import Mutant
from duplex.verdict import TaskVerdict
from duplex.worker import Worker

DOUBTFUL = ("timeout", "grader error", "memory")  # a busy computer may be the reason
CALM = 2  # who waits so many times as long need not doubt what a wait in vain led to
PATIENCE = 3  # times as long, when such a verdict is judged again
TRIES = 3
SPARE = 120  # seconds that a request may take beyond its tasks' deadlines


class Judge:
    """Judges one mutant after the other; only one thread may use it at a time."""

    def __init__(self, lab: catalog.Lab, killers: Killers | None = None):
        self.lab, self.folder = lab, project.copy(lab.folder("solutions"))
        self.killers = killers or Killers()
        self.room = self.folder.parent / "tmp"  # a mutant may write beside what it is served from
        self.room.mkdir()
        # What removes the folder in the end, also when this process is killed:
        words = [sys.executable, "-P", str(GUARD), str(self.folder.parent)]
        self.guard = subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True)
        self.workers: dict[float, Worker] = {}
        self.closed = False

    def judge(self, mutant: Mutant, survived: Container[str] = ()) -> Verdict:
        """Judge a mutant by all tasks but those it `survived`, up to the first that fails."""
        began, file = time.monotonic(), self.folder / mutant.file
        whole = file.read_bytes()
        file.write_bytes(mutant.text.encode())
        try:
            todo = [task for task in self.tasks if task not in survived]
            failed = self.failure(self.killers.first(mutant, todo), self.killers.ahead(mutant))
        finally:
            file.write_bytes(whole)
        return _verdict(failed, round(time.monotonic() - began, 1))

    @property
    def tasks(self) -> list[str]:
        """The ids of the lab's tasks, in the lab's order."""
        return [task.id for task in self.lab.tasks]

    def failure(self, tasks: list[str], ahead: Iterable[str] = ()) -> TaskVerdict | None:
        """Return the first failure, if any; one that may be a busy computer's is tried again.

        Of each task's tests, those named in `ahead` come first.
        """
        while tasks:
            failed = self._first(tasks, 1, ahead)
            if failed and doubtful(failed):
                patient = self._patiently(failed, ahead)
                if patient is None:
                    tasks = tasks[tasks.index(failed.task_id) + 1 :]
                    continue
                return patient
            return failed
        return None

    def _patiently(self, failed: TaskVerdict, ahead: Iterable[str]) -> TaskVerdict | None:
        """Judge a task again, with patience; a doubtful failure needs the same test twice."""
        for _ in range(TRIES):
            before = failed.evidence.get("test", "")
            failed = self._first([failed.task_id], PATIENCE, [before, *ahead])
            if failed is None or not doubtful(failed) or failed.evidence.get("test") == before:
                return failed
        raise KitFault("One test after the other waits in vain: this computer is too busy.")

    def _first(self, tasks: list[str], patience: float, ahead: Iterable[str]) -> TaskVerdict | None:
        """Return the first of these tasks that does not pass."""
        verdicts = self._ask(tasks, patience, ahead)
        if unchecked := [one for one in verdicts if one.verdict == "not checked"]:
            raise CourseError(f"Task {unchecked[0].task_id} judges nothing: {unchecked[0].message}")
        return next((one for one in verdicts if not one.passed), None)

    def _ask(self, tasks: list[str], patience: float, ahead: Iterable[str]) -> list[TaskVerdict]:
        if self.closed:
            raise KitFault("The judge was stopped.")
        worker = self._worker(patience)
        deadlines = [task.deadline for task in self.lab.tasks if task.id in tasks]
        guard = threading.Timer(scaled(SPARE + sum(deadlines)) * patience, worker.stop)
        guard.daemon = True
        guard.start()
        try:
            return worker.grade(self.lab, self.folder, tasks, first=True, ahead=ahead)
        finally:
            guard.cancel()

    def _worker(self, patience: float) -> Worker:
        known = self.workers.get(patience)
        if known is None or not known.alive():
            env = {"DUPLEX_TIMEOUT_FACTOR": str(scaled(patience)), "TMPDIR": str(self.room)}
            self.workers[patience] = Worker(apart=True, env=env)
        return self.workers[patience]

    def close(self) -> None:
        """Stop, also in the middle of a request, and remove the copy."""
        self.closed = True
        for worker in list(self.workers.values()):
            worker.stop()
        self.guard.stdin.close()
        self.guard.wait()


def doubtful(failed: TaskVerdict) -> bool:
    """Tell whether a busy computer may be the reason of a failure.

    A server drops a connection itself when its handshake takes too long: nobody waited in vain.
    """
    told = {"verdict": failed.verdict, "evidence": failed.evidence}
    waited = by_time(told) and not calm(told, CALM)
    dropped = failed.evidence.get("error") == "Dropped" and not failed.cause
    return failed.verdict in DOUBTFUL or waited or dropped


def _verdict(failed: TaskVerdict | None, seconds: float) -> Verdict:
    if failed is None:
        return Verdict("lives", seconds=seconds)
    kind = "unclear" if failed.verdict == "grader error" else "killed"
    said = f"{failed.verdict}: {failed.message}"
    return Verdict(kind, failed.task_id, failed.evidence.get("test", ""), said, seconds)
