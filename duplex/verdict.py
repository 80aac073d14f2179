"""Grade a project: run its lab's grader against it and sum up a verdict for each task."""

import atexit
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from duplex import catalog
from duplex.errors import CourseError, KitFault

VERDICTS = (
    "passed", "wrong", "timeout", "memory", "output", "crashed", "tampered", "not submitted",
    "not checked", "grader error",
)  # fmt: skip
GRADERS = catalog.ROOT / "tests" / "labs"


@dataclass(frozen=True)
class TaskVerdict:
    """How a task ended: verdict, points of max_points, and one sentence that says why."""

    task_id: str
    title: str
    verdict: str
    points: float
    max_points: float
    message: str = ""
    should: str = ""
    cause: str = ""

    @property
    def passed(self) -> bool:
        """Tell whether the task passed."""
        return self.verdict == "passed"


def grader_file(lab: catalog.Lab) -> Path:
    """Return the lab's grader, or say that the kit lacks it."""
    path = GRADERS / f"test_{lab.name}.py"
    if not path.is_file():
        raise KitFault(f"The grader {path} is missing; get a complete copy of the course.")
    return path


class _Collector:
    """A pytest plugin that gathers findings and tells each task's verdict once it is known."""

    def __init__(self, tasks: Iterable[catalog.Task], tell: Callable[[TaskVerdict], None]):
        self.tasks = {task.id: task for task in tasks}
        self.findings, self.verdicts, self.tell = {}, {}, tell
        self.current = None

    def pytest_collection_modifyitems(self, items):
        marked = [(item.get_closest_marker("task"), item) for item in items]
        wanted = [(mark.args[0], item) for mark, item in marked if mark]
        order = list(self.tasks)
        kept = [pair for pair in wanted if pair[0] in self.tasks]
        items[:] = [item for _, item in sorted(kept, key=lambda pair: order.index(pair[0]))]

    def pytest_runtest_setup(self, item):
        task = item.get_closest_marker("task").args[0]
        if self.current not in (None, task):
            self.conclude(self.current)
        self.current = task
        if any(found["verdict"] != "passed" for found in self.findings.get(task, ())):
            import pytest

            pytest.skip("decided")

    def pytest_runtest_logreport(self, report):
        found = getattr(report, "finding", None)
        if found and found["message"] != "decided":
            self.findings.setdefault(found["task"], []).append(found)

    def conclude(self, task_id: str) -> None:
        """Sum up a task from the findings of its tests."""
        if task_id in self.verdicts or task_id not in self.findings:
            return
        verdict = sum_up(self.tasks[task_id], self.findings[task_id])
        self.verdicts[task_id] = verdict
        self.tell(verdict)


def sum_up(task: catalog.Task, findings: list[dict]) -> TaskVerdict:
    """A task passes when all its tests do; otherwise its first failure speaks."""
    failed = [found for found in findings if found["verdict"] != "passed"]
    if not failed:
        return TaskVerdict(task.id, task.title, "passed", task.points, task.points)
    told = {name: failed[0][name] for name in ("verdict", "message", "should", "cause")}
    return TaskVerdict(task.id, task.title, points=0, max_points=task.points, **told)


def grade_here(
    lab: catalog.Lab,
    folder: Path | str,
    tasks: Iterable[str] | None = None,
    *,
    nursery=None,
    browsers=None,
    tell: Callable[[TaskVerdict], None] = lambda verdict: None,
) -> list[TaskVerdict]:
    """Grade in this process (not from inside pytest); `tell` hears each verdict as it falls."""
    import pytest

    from duplex.grader import STAND
    from duplex.stand import Stand

    chosen = [task for task in lab.tasks if tasks is None or task.id in set(tasks)]
    collector = _Collector(chosen, tell)
    stand = Stand(Path(folder), lab, nursery, browsers)

    class Setting:
        def pytest_configure(self, config):
            config.stash[STAND] = stand

    os.environ.setdefault("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    words = [str(grader_file(lab)), "-c", str(Path(__file__).with_name("grader.ini")),
             "--rootdir", str(GRADERS), "-p", "duplex.grader", "--noconftest", "--no-header", "-q",
             "-p", "no:cacheprovider", "-p", "no:faulthandler", "--capture=sys",
             "--import-mode=importlib"]  # fmt: skip
    with _quiet() as said:
        status = pytest.main(words, plugins=[Setting(), collector])
    if status == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    for task in chosen:
        collector.conclude(task.id)
    return [collector.verdicts.get(task.id) or _not_judged(task, said()) for task in chosen]


def _not_judged(task: catalog.Task, said: str) -> TaskVerdict:
    reason = next((line for line in reversed(said.splitlines()) if line.startswith("E ")), "E")
    message = f"The grader could not judge this task. {reason[1:].strip()}"
    return TaskVerdict(task.id, task.title, "grader error", 0, task.points, message)


@contextlib.contextmanager
def _quiet():
    """Keep what pytest prints away from the terminal; yields a function that returns it."""
    import io

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        yield printed.getvalue


class _Worker:
    """A process that grades, one request at a time, with its own warm parent and browser."""

    def __init__(self):
        env = os.environ | {"PYTHONPATH": str(catalog.ROOT), "DUPLEX_ROOT": str(catalog.ROOT)}
        env.pop("PYTEST_CURRENT_TEST", None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "duplex.verdict"], cwd=catalog.ROOT, env=env, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        atexit.register(self.close)

    def ask(self, request: dict) -> list[dict]:
        """Send a request and wait for its verdicts."""
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise KitFault("The process that grades ended unexpectedly; try again.")
        return json.loads(answer)

    def close(self) -> None:
        """End the process."""
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


_workers: list[_Worker] = []


def grade(
    lab: catalog.Lab | int, folder: Path | str, tasks: Iterable[str] | None = None
) -> list[TaskVerdict]:
    """Grade in a process of its own, kept warm for the next call; safe inside pytest."""
    number = lab if isinstance(lab, int) else lab.number
    if not _workers:
        _workers.append(_Worker())
    request = {"lab": number, "folder": str(folder), "tasks": tasks and list(tasks)}
    try:
        answer = _workers[0].ask(request)
    except BaseException:
        _workers.pop().process.kill()
        raise
    if isinstance(answer, dict):
        raise CourseError(answer["error"])
    return [TaskVerdict(**verdict) for verdict in answer]


def _work() -> None:
    """Answer requests (a line of JSON each) until standard input ends."""
    from duplex.browser import Browsers
    from duplex.nursery import Nursery
    from duplex.server import CAN_FORK

    answers, sys.stdout = sys.stdout, sys.stderr
    with Nursery() if CAN_FORK else contextlib.nullcontext() as nursery, Browsers() as browsers:
        for line in sys.stdin:
            request = json.loads(line)
            try:
                lab = catalog.lab(request["lab"])
                given = lab, request["folder"], request["tasks"]
                graded = grade_here(*given, nursery=nursery, browsers=browsers)
                answer = [asdict(verdict) for verdict in graded]
            except CourseError as error:
                answer = {"error": str(error)}
            print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    _work()
