"""A process that grades: it stays warm for the next project, and is safe to use inside pytest."""

import atexit
import contextlib
import gc
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from duplex import catalog, pressure, terminal
from duplex.deadline import scaled
from duplex.errors import CourseError, KitFault
from duplex.ground import flags_for
from duplex.sandbox.jail import missing
from duplex.verdict import TaskVerdict, grade_here

GOODBYE = 5  # seconds to stop what it serves


class Worker:
    """A process that grades, one request at a time, with its own warm parent and browser.

    One that is `apart` is not reached by the terminal's Ctrl-C; one with `patience` 3 waits three
    times as long as others for everything. One that is `sandboxed` serves projects in a sandbox,
    of which nothing is left after each request. `env` are more variables for its environment.
    """

    def __init__(
        self, apart: bool = False, patience: float = 1, sandboxed: bool = False,
        env: dict[str, str] | None = None,
    ):  # fmt: skip
        if sandboxed and (sentence := missing()):
            raise CourseError(sentence)
        kit = str(Path(__file__).parent.parent)
        mine = {"PYTHONPATH": kit, "DUPLEX_ROOT": str(catalog.ROOT),
                "DUPLEX_TIMEOUT_FACTOR": str(scaled(patience))}  # fmt: skip
        env = os.environ | mine | (env or {})
        env.pop("PYTEST_CURRENT_TEST", None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "duplex.worker", *(["sandboxed"] if sandboxed else [])],
            cwd=catalog.ROOT, env=env, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=apart,
        )  # fmt: skip
        atexit.register(self.close)

    def grade(
        self,
        lab: catalog.Lab | int,
        folder: Path | str,
        tasks: Iterable[str] | None = None,
        first: bool = False,
        ahead: Iterable[str] = (),
    ) -> list[TaskVerdict]:
        """Grade a project, with `first` only up to the first task that does not pass.

        Of a task's tests, those named in `ahead` come first. CourseError says why it is impossible.
        """
        number = lab if isinstance(lab, int) else lab.number
        request = {"lab": number, "folder": str(folder), "tasks": tasks and list(tasks)}
        request["first"], request["ahead"] = first, list(ahead)
        request["hidden"] = not isinstance(lab, int) and lab.hidden
        answer = self.ask(request)
        if isinstance(answer, dict):
            raise CourseError(answer["error"])
        return [TaskVerdict(**verdict) for verdict in answer]

    def ask(self, request: dict) -> list[dict] | dict:
        """Send a request and wait for its verdicts."""
        answer = ""
        with contextlib.suppress(OSError, ValueError):  # it has ended, or was closed meanwhile
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        if not answer:
            raise KitFault("The process that grades ended unexpectedly; try again.")
        return json.loads(answer)

    def alive(self) -> bool:
        """Tell whether the process still runs."""
        return self.process.poll() is None

    def stop(self) -> None:
        """End the process in the middle of a request, with all that it serves."""
        self.process.terminate()
        try:
            self.process.wait(GOODBYE)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.close()

    def close(self) -> None:
        """End the process."""
        atexit.unregister(self.close)
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


_workers: list[Worker] = []


def grade(
    lab: catalog.Lab | int, folder: Path | str, tasks: Iterable[str] | None = None
) -> list[TaskVerdict]:
    """Grade in a process of its own, kept warm for the next call; safe inside pytest."""
    if not _workers:
        _workers.append(Worker())
    try:
        return _workers[0].grade(lab, folder, tasks)
    except KitFault:
        _workers.pop().close()
        raise
    except CourseError:
        raise
    except BaseException:
        _workers.pop().process.kill()
        raise


def work(sandboxed: bool = False) -> None:
    """Answer requests (a line of JSON each) until standard input ends."""
    from duplex.browser import Browsers

    gc.set_threshold(50_000)  # as in duplex/__main__.py
    answers, sys.stdout = sys.stdout, sys.stderr
    busy = threading.Event()
    pressure.watch(busy)
    threading.Thread(target=_end_with_the_kit, args=[busy], daemon=True).start()
    with _parent(sandboxed) as (nursery, grade), Browsers(flags_for(nursery)) as browsers:
        for line in sys.stdin:
            request = json.loads(line)
            pressure.look()
            busy.set()
            try:
                given = {"nursery": nursery, "browsers": browsers}
                given["ahead"] = request.get("ahead", ())
                graded = _graded(request, grade, **given)
                answer = [asdict(verdict) for verdict in graded]
                if request.get("explain"):
                    answer = _explained(request, answer, graded)
            except CourseError as error:
                answer = {"error": str(error)}
            busy.clear()
            print(json.dumps(answer), file=answers, flush=True)


def _end_with_the_kit(busy: threading.Event) -> None:
    """Stop in the middle of a request when whoever asked has gone, however that ended."""
    if not hasattr(select, "poll"):  # Windows
        return
    line = select.poll()
    line.register(sys.stdin, 0)  # it tells when the other end is closed, which needs no asking
    line.poll()
    while True:
        if busy.is_set():  # else the loop ends by itself
            os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.1)


@contextlib.contextmanager
def _parent(sandboxed: bool) -> Iterator[tuple]:
    """Yield the warm parent of the projects (None on Windows), and how to grade with it."""
    if sandboxed:
        from duplex.sandbox.judge import grade_in
        from duplex.sandbox.sandbox import Sandbox

        with Sandbox() as box:
            yield box, grade_in
        return
    from duplex.nursery import Nursery
    from duplex.server import CAN_FORK

    with Nursery("service") if CAN_FORK else contextlib.nullcontext() as nursery:
        yield nursery, grade_here


class _Decided(Exception):
    """A task did not pass, and nobody asks for more."""


def _explained(request: dict, answer: list[dict], graded: list[TaskVerdict]) -> dict:
    """Add the diagnoses that a batch wants to know."""
    from duplex.diagnosis.telling import explained

    lab = catalog.lab(request["lab"], request.get("hidden", False))
    told = explained(lab, Path(request["folder"]), graded)
    return {"verdicts": answer, "diagnoses": told}


def _graded(request: dict, grade: Callable, **means) -> list[TaskVerdict]:
    """Grade as a request says, which may have the verdicts already."""
    if request.get("verdicts"):
        return [TaskVerdict(**one) for one in request["verdicts"]]
    fallen = []

    def tell(verdict: TaskVerdict) -> None:
        fallen.append(verdict)
        if request.get("first") and not verdict.passed:
            raise _Decided

    with contextlib.suppress(_Decided):
        lab = catalog.lab(request["lab"], request.get("hidden", False))
        return grade(lab, request["folder"], request["tasks"], tell=tell, **means)
    return fallen


if __name__ == "__main__":
    terminal.stop_like_ctrl_c()
    try:
        work(sandboxed="sandboxed" in sys.argv[1:])
    except KeyboardInterrupt:
        terminal.be_quiet()
