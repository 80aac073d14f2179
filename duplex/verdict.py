"""Grade a project: run its lab's grader against it and sum up a verdict for each task."""

import contextlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from duplex import catalog
from duplex.errors import KitFault

VERDICTS = (
    "passed", "wrong", "timeout", "memory", "output", "crashed", "tampered", "not submitted",
    "not checked", "grader error",
)  # fmt: skip
UNJUDGED = ("grader error", "not checked")  # never a student's fault
NEEDLESS = (
    "cacheprovider",
    "doctest",
    "faulthandler",
    "junitxml",
    "legacypath",
    "logging",
    "pastebin",
    "stepwise",
    "subtests",
    "threadexception",
    "unraisableexception",
)  # pytest's own plugins that a check can do without
FOREIGN = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")


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
    evidence: dict[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Tell whether the task passed."""
        return self.verdict == "passed"


def hidden_file(lab: catalog.Lab) -> Path:
    """Return where the tests of a lab would stand that students do not get."""
    return catalog.ROOT / "tests" / "hidden" / f"test_{lab.name}.py"


def grader_files(lab: catalog.Lab) -> list[Path]:
    """Return all files that judge a lab: its grader and, if the lab has them, hidden tests."""
    more = hidden_file(lab)
    return [grader_file(lab), *([more] if lab.hidden and more.is_file() else [])]


def grader_file(lab: catalog.Lab) -> Path:
    """Return the lab's grader, or say that the kit lacks it."""
    path = catalog.ROOT / "tests" / "labs" / f"test_{lab.name}.py"
    if not path.is_file():
        raise KitFault(f"The grader {path} is missing; get a complete copy of the course.")
    return path


def grade_here(
    lab: catalog.Lab,
    folder: Path | str,
    tasks: Iterable[str] | None = None,
    *,
    nursery=None,
    browsers=None,
    ahead: Iterable[str] = (),
    begin: Callable[[catalog.Task], None] = lambda task: None,
    tell: Callable[[TaskVerdict], None] = lambda verdict: None,
) -> list[TaskVerdict]:
    """Grade in this process (not from inside pytest).

    `tasks` are judged in their order; their verdicts come in the lab's. `begin` hears of each task
    before it is judged, `tell` hears each verdict as it falls. Of a task's tests, those named in
    `ahead` come first.
    """
    known = {task.id: task for task in lab.tasks}
    order = list(dict.fromkeys(known if tasks is None else tasks))
    chosen = [known[one] for one in order if one in known]
    kinds = _served.get((lab.number, frozenset(order)), ())
    with contextlib.ExitStack() as stack:
        nursery = nursery or stack.enter_context(_warm_parent(lab, Path(folder)))
        from duplex.collector import Collector  # imports pytest, while the parent warms up
        from duplex.stand import Stand

        collector = Collector(chosen, begin, tell, ahead)
        stand = Stand(Path(folder), lab, nursery, browsers)
        stack.callback(stand.close)
        stand.start_ahead(kinds)
        said = _run_pytest(grader_files(lab), stand, collector)
    _served[lab.number, frozenset(order)] = stand.started
    for task in chosen:
        collector.conclude(task.id, f"The grader could not judge this task. {_reason(said)}")
    return [collector.verdicts[one] for one in known if one in order]


_served: dict[tuple, list[str]] = {}  # which servers a grading asked for, when it was done last


def _warm_parent(lab: catalog.Lab, folder: Path):
    from duplex.nursery import Nursery
    from duplex.server import CAN_FORK

    kind = "asgi" if (folder / "config" / "asgi.py").is_file() else "wsgi"  # what to import before
    kind = "service" if lab.number >= 7 else kind
    return Nursery(kind) if CAN_FORK else contextlib.nullcontext()


def _run_pytest(graders: list[Path], stand, collector) -> str:
    """Run graders on a stand, apart from the settings of any other tests; return what it said."""
    import pytest

    from duplex.grader import STAND

    class Setting:
        def pytest_configure(self, config):
            config.stash[STAND] = stand

    words = [*map(str, graders), "-c", str(Path(__file__).with_name("grader.ini")),
             "--rootdir", str(graders[0].parent), "-p", "duplex.grader", "--noconftest",
             "--no-header", "-q", "--capture=sys", "--import-mode=importlib",
             *(f"-pno:{name}" for name in NEEDLESS)]  # fmt: skip
    try:
        with _apart(), _quiet() as said:
            pytest.main(words, plugins=[Setting(), collector])
    except Exception:  # of a fixture that ends: after Ctrl-C the browser may be gone already
        if collector.interrupted:
            raise KeyboardInterrupt from None
        raise
    if collector.interrupted:
        raise KeyboardInterrupt
    if collector.refused:
        raise collector.refused
    return said()


@contextlib.contextmanager
def _apart():
    """Run without the plug-ins and options that a person's own tests use."""
    before = {name: os.environ.pop(name) for name in FOREIGN if name in os.environ}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        os.environ.update(before)


def _reason(said: str) -> str:
    """Return the last error that pytest printed."""
    lines = [line[1:].strip() for line in said.splitlines() if line.startswith("E ")]
    return lines[-1] if lines else ""


@contextlib.contextmanager
def _quiet():
    """Keep what pytest prints away from the terminal; yields a function that returns it."""
    import io

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        yield printed.getvalue
