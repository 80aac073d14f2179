"""Judge one project with a process that may fail: again, with a new one, and honestly."""

import contextlib
import subprocess
import threading
import time
from collections.abc import Callable

from duplex import catalog
from duplex.batch.job import Job
from duplex.deadline import scaled
from duplex.errors import KitFault
from duplex.server import START
from duplex.worker import GOODBYE, Worker

FAULT = "grader error"
MOST = 20_000  # characters of one text that is kept
SLACK = 3  # how many times what a check may take is waited for the process that grades
FAILED = "The process that grades failed twice; its error is printed above."
ENDED = "The process that grades ended twice over this project, and judged another one well then."


class Judge:
    """A process that grades, and another in its place when it fails."""

    def __init__(self, make: Callable[[], Worker], patience: float = 1):
        self._make, self.patience = make, patience
        self._worker: Worker | None = None
        self.stopped = False

    @classmethod
    def with_worker(cls, trust: bool, patience: float) -> "Judge":
        """Return a judge whose process serves projects in a sandbox, unless they are trusted."""
        return cls(lambda: Worker(apart=True, patience=patience, sandboxed=not trust), patience)

    def judge(self, job: Job) -> dict:
        """Return verdicts and diagnoses, as `duplex.worker` tells them, and seconds."""
        if job.known:
            return job.known | {"diagnoses": self._judge(job)["diagnoses"]}
        begin = time.monotonic()
        told = self._judge(job)
        failed = [one["task_id"] for one in told["verdicts"] if one["verdict"] == FAULT]
        if failed:
            self.renew()
            told = merged(told, self._judge(job.again(failed)))
        return bounded(told | {"seconds": round(time.monotonic() - begin, 3)})

    def _judge(self, job: Job) -> dict:
        for _ in range(2):
            try:
                return self._ask(job)
            except KitFault:
                failed = self._failed_by_itself()
                self.renew()
        return errors(job, FAILED) if failed else self._blamed(job)

    def _failed_by_itself(self) -> bool:
        """Tell whether the process ended with an error of its own, and was not killed."""
        if self._worker is None:
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._worker.process.wait(GOODBYE) > 0
        return False

    def _ask(self, job: Job) -> dict:
        """Ask the worker; KitFault when it ends, or does not answer in time and is ended."""
        request = {"lab": job.lab, "folder": str(job.folder), "tasks": job.tasks and [*job.tasks],
                   "hidden": True, "explain": True}  # fmt: skip
        if job.known:
            request["verdicts"] = job.known["verdicts"]
        worker = self.worker()
        watch = threading.Timer(self._longest(job), worker.process.kill)
        watch.start()
        try:
            answer = worker.ask(request)
        finally:
            watch.cancel()
        return errors(job, answer["error"]) if "error" in answer else answer

    def _longest(self, job: Job) -> float:
        tasks = catalog.lab(job.lab, hidden=True).tasks
        seconds = sum(task.deadline + START for task in tasks) + START
        return scaled(SLACK * self.patience * seconds)

    def _blamed(self, job: Job) -> dict:
        """Find out who ends the process that grades: this project, or the kit by itself."""
        lab = catalog.lab(job.lab, hidden=True)
        known = Job("", job.lab, lab.finished(), job.by, (lab.tasks[0].id,))
        try:
            self._ask(known)
        except KitFault as fault:
            self.renew()
            return errors(job, str(fault))
        return errors(job, ENDED, "tampered")

    def worker(self) -> Worker:
        """Return a worker that lives."""
        if self.stopped:
            raise KitFault("Grading was stopped.")
        if self._worker is None or not self._worker.alive():
            self.renew()
            self._worker = self._make()
        return self._worker

    def renew(self) -> None:
        """Let the next project have a new process."""
        worker, self._worker = self._worker, None
        if worker:
            worker.stop()

    def ask_to_end(self) -> None:
        """Ask the process to end, and do not wait for it."""
        self.stopped = True
        if worker := self._worker:
            worker.process.terminate()

    def stop(self) -> None:
        """End the process, also in the middle of a project."""
        self.ask_to_end()
        with contextlib.suppress(OSError, ValueError):
            self.renew()


def errors(job: Job, sentence: str, verdict: str = FAULT) -> dict:
    """Return the same verdict for every task of a job."""
    tasks = catalog.lab(job.lab, hidden=True).tasks
    wanted = [task for task in tasks if job.tasks is None or task.id in job.tasks]
    told = [{"task_id": task.id, "title": task.title, "verdict": verdict, "points": 0,
             "max_points": task.points, "message": sentence} for task in wanted]  # fmt: skip
    return {"verdicts": told, "diagnoses": {}, "seconds": 0.0}


def merged(before: dict, after: dict) -> dict:
    """Return a result in which what was judged again replaces what was said before."""
    new = {one["task_id"]: one for one in after["verdicts"]}
    kept = {task: told for task, told in before["diagnoses"].items() if task not in new}
    return before | {
        "verdicts": [new.get(one["task_id"], one) for one in before["verdicts"]],
        "diagnoses": kept | after["diagnoses"],
        "seconds": before.get("seconds", 0) + after.get("seconds", 0),
    }


def bounded(told: dict) -> dict:
    """Return a result whose texts are of a length that can be kept for hundreds."""
    return told | {"verdicts": [_bounded(one) for one in told["verdicts"]]}


def _bounded(value):
    if isinstance(value, dict):
        return {name: _bounded(one) for name, one in value.items()}
    if isinstance(value, str) and len(value) > MOST:
        return f"{value[: MOST // 2]}\n[…]\n{value[-MOST // 2 :]}"
    return value
