"""A pytest plugin that turns the findings of a grader's tests into a verdict for each task."""

from collections import Counter
from collections.abc import Callable, Iterable

import pytest

from duplex import catalog
from duplex.verdict import TaskVerdict


class Collector:
    """Gathers findings, and tells each task's verdict as soon as the next task begins.

    Of a task's tests, those named in `ahead` come first, in that order.
    """

    def __init__(
        self,
        tasks: Iterable[catalog.Task],
        begin: Callable,
        tell: Callable,
        ahead: Iterable[str] = (),
    ):
        self.tasks, self.ahead = {task.id: task for task in tasks}, list(ahead)
        self.findings, self.verdicts, self.tests = {}, {}, Counter()
        self.begin, self.tell, self.current = begin, tell, None
        self.refused, self.interrupted = None, False

    def pytest_keyboard_interrupt(self, excinfo):
        stopped_itself = isinstance(excinfo.value, pytest.Session.Interrupted)  # a broken grader
        self.interrupted = not stopped_itself

    def pytest_collection_modifyitems(self, items):
        marked = [(item.get_closest_marker("task"), item) for item in items]
        wanted = [(mark.args[0], item) for mark, item in marked if mark]
        kept = [pair for pair in wanted if pair[0] in self.tasks]
        items[:] = [item for _, item in sorted(kept, key=self._rank)]
        self.tests.update(task for task, _ in kept)

    def _rank(self, pair) -> tuple[int, int]:
        task, item = pair
        late = self.ahead.index(item.name) if item.name in self.ahead else len(self.ahead)
        return list(self.tasks).index(task), late

    def pytest_runtest_protocol(self, item):
        task = item.get_closest_marker("task").args[0]
        if task != self.current:
            self.conclude(self.current)
            self.current = task
            self.call(self.begin, self.tasks[task])

    def pytest_runtest_setup(self, item):
        if any(map(_speaks, self.findings.get(self.current, ()))):
            pytest.skip("decided")

    def pytest_runtest_logreport(self, report):
        found = getattr(report, "finding", None)
        if found and found["message"] != "decided":
            self.findings.setdefault(found["task"], []).append(found)

    def conclude(self, task_id: str | None, otherwise: str = "") -> None:
        """Sum up a task; without findings of all its tests, `otherwise` is the kit's excuse."""
        if task_id is None or task_id in self.verdicts:
            return
        task, findings = self.tasks[task_id], self.findings.get(task_id, [])
        whole = findings and len(findings) >= self.tests[task_id]
        if whole or _failed(findings):
            verdict = sum_up(task, findings)
        else:
            verdict = TaskVerdict(task.id, task.title, "grader error", 0, task.points, otherwise)
        self.verdicts[task_id] = verdict
        self.call(self.tell, verdict)

    def call(self, listener: Callable, about: object) -> None:
        """Tell a listener; what stops it (nobody reads the output any more) is kept."""
        try:
            listener(about)
        except BaseException as refusal:
            self.refused = refusal
            raise


def _failed(findings: Iterable[dict]) -> list[dict]:
    return [found for found in findings if found["verdict"] != "passed"]


def _speaks(found: dict) -> bool:
    """Tell whether a finding decides its task: what could not be checked leaves it open."""
    return found["verdict"] not in ("passed", "not checked")


def sum_up(task: catalog.Task, findings: list[dict]) -> TaskVerdict:
    """A task passes when all its tests do; otherwise its first failure speaks.

    What could not be checked speaks only when nothing else has failed.
    """
    failed = _failed(findings)
    if not failed:
        return TaskVerdict(task.id, task.title, "passed", task.points, task.points)
    first = next(filter(_speaks, failed), failed[0])
    told = {name: first[name] for name in ("verdict", "message", "should", "cause")}
    told["evidence"] = first.get("evidence", {})
    return TaskVerdict(task.id, task.title, points=0, max_points=task.points, **told)
