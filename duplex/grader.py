"""The pytest plugin that the graders in tests/labs use: fixtures, deadlines, findings.

A grader test is a client of a project that runs in another process. When a test fails, the project
is started afresh before the next one, so that one mistake does not spoil another task.
"""

import contextlib
import os
import re
import time
from collections.abc import Iterator
from dataclasses import asdict
from itertools import count
from pathlib import Path

import pytest

from duplex import catalog, pressure, wire
from duplex.deadline import in_vain, wait_until
from duplex.errors import CourseError
from duplex.nursery import Nursery
from duplex.server import CAN_FORK, Server, StartFailed
from duplex.stand import LOST, Finding, Stand, evidence, exceeded, judge

STAND = pytest.StashKey[Stand]()
TASKS = pytest.StashKey[dict[str, catalog.Task]]()
BEGIN = pytest.StashKey[float]()
HIDDEN = "hidden"  # the folder of the tests that students do not get
NAME = re.compile(r"test_lab(\d\d)_")
ROOMS = count(1)
BROKEN = re.compile(r"\b(500|1011)\b")  # what is sent just before the server logs why
GRACE = 0.5  # seconds, scaled: a process that ends lets go of its connections a little earlier


def task_of(item: pytest.Item) -> catalog.Task | None:
    """Return the task that a test judges."""
    mark = item.get_closest_marker("task")
    if mark is None:
        return None
    task_id = mark.args[0]
    known = item.config.stash.setdefault(TASKS, {})  # lab.toml is read once, not for each test
    if task_id not in known:
        if not _is_hidden(item):
            catalog.task(task_id)  # says which tasks there are
        lab = catalog.lab(int(task_id.partition(".")[0]), hidden=_is_hidden(item))
        known |= {one.id: one for one in lab.tasks}
    return known[task_id]


def _is_hidden(item: pytest.Item) -> bool:
    return item.path.parent.name == HIDDEN


def stand_of(item: pytest.Item) -> Stand | None:
    """Return the stand that a test uses, once it is there."""
    return item.getparent(pytest.Module).stash.get(STAND, None)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery | None]:
    """One warm parent for all projects (None on Windows)."""
    if not CAN_FORK:
        yield None
        return
    with Nursery("service") as parent:
        yield parent


@pytest.fixture(scope="module")
def stand(request) -> Iterator[Stand]:
    """The project that this grader file judges: `duplex check`'s, --project's or the solution."""
    stand = request.config.stash.get(STAND, None)
    if stand is None:
        lab = catalog.lab(int(NAME.search(request.path.name)[1]))
        chosen = request.config.getoption("--project", None)
        folder = Path(chosen) if chosen else lab.finished()
        stand = Stand(folder, lab, request.getfixturevalue("nursery"))
    request.node.stash[STAND] = stand
    yield stand
    stand.close()


@pytest.fixture
def serve_as(stand):
    """Serve the project another way: serve_as("runserver") or serve_as("daphne")."""
    return stand.serve


@pytest.fixture
def server(stand) -> Server:
    """The project, served as its lab.toml says."""
    return stand.serve(stand.lab.server)


@pytest.fixture
def http(server) -> wire.Http:
    """An HTTP client of the project."""
    return wire.Http(server.address)


@pytest.fixture
def ws(server):
    """Open WebSockets to the project: ws(path, …); they are closed after the test."""
    opened = []

    def connect(path: str, **options) -> wire.WebSocket:
        opened.append(wire.connect(server.address, path, **options))
        return opened[-1]

    yield connect
    for socket in opened:
        socket.close()


@pytest.fixture
def room() -> str:
    """The name of a room in which nobody has been before."""
    return f"room {next(ROOMS)}"


@pytest.fixture(scope="module")
def browser(stand):
    """A real headless Chromium; without one the tasks that need it are not checked."""
    from duplex.browser import Browsers

    with contextlib.ExitStack() as stack:
        browsers = stand.browsers or stack.enter_context(Browsers(stand.ground.flags()))
        try:
            browser = browsers.get()
        except CourseError as error:
            pytest.skip(str(error))
        yield browser


@pytest.fixture
def page(browser):
    """A fresh page in a real browser."""
    from duplex.browser import open_page

    with open_page(browser) as page:
        yield page


def pytest_runtest_setup(item):
    """Let the stand know whose deadline a server that is started again counts in."""
    item.stash[BEGIN] = time.monotonic()
    if stand := stand_of(item):
        stand.task = task_of(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Run a task's test within what is left of the task's deadline."""
    stand = stand_of(item)
    if stand is None:
        return (yield)
    stand.task = task_of(item)  # the first test has made its stand only now
    with stand.clock():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Attach a finding to each report of a grader test, and spoil the servers of a failed one."""
    report = yield
    stand = stand_of(item)
    if task_of(item) is None or (call.when != "call" and report.passed):
        return report
    report.finding = asdict(finding(item, call.excinfo, stand))  # xdist sends plain data only
    if stand is not None:
        if report.failed:
            stand.close()
        stand.marks.clear()
    return report


def finding(item, excinfo, stand: Stand | None) -> Finding:
    """Judge how a test ended."""
    task, should = task_of(item).id, " ".join((item.obj.__doc__ or item.name).split())
    breach = stand.breach() if stand else None
    if excinfo is None:
        verdict, message = breach or ("passed", "")
        return Finding(task, verdict, should, message)
    error = excinfo.value
    verdict, message = judge(error)
    if stand and isinstance(error, wire.Dropped):
        wait_until(stand.lost, GRACE)
    lost = stand.lost() if stand else None
    if lost and verdict in ("wrong", "timeout"):
        verdict, message = lost, LOST[lost]
    waits = waits_of(item)
    judged = stand and verdict not in ("not checked", "grader error")
    if judged and BROKEN.search(message):
        wait_until(stand.cause, GRACE)
    cause = stand.cause() if judged else ""
    if judged and (limit := breach or exceeded(cause)):
        verdict, message = limit
        if isinstance(error, StartFailed):  # which also ends the tasks to come
            error.verdict, error.args = verdict, (message,)
    told = evidence(item.name, error, stand.printed() if stand else "")
    told |= {"hidden": "yes"} if _is_hidden(item) else {}
    told |= {"in_vain": pressure.worst(waits)} if waits else {}  # so time may have caused it
    cause = "" if cause and cause in message else cause
    return Finding(task, verdict, should, message, cause, told)


def waits_of(item) -> list[tuple]:
    """Return when a test waited in vain; one that uses a browser may have done so all the time."""
    begin = item.stash.get(BEGIN, 0.0)
    inside = [(begin, time.monotonic())] if "browser" in item.fixturenames else []
    return in_vain(begin) + inside


def pytest_addoption(parser):
    """--project FOLDER: judge this project instead of the solution."""
    with contextlib.suppress(ValueError):  # tests/labs and tests/hidden both bring this plugin
        project = os.environ.get("DUPLEX_PROJECT")
        parser.addoption("--project", default=project, help="project folder")


def pytest_configure(config):
    """Make the task mark known."""
    config.addinivalue_line("markers", "task(id): the lab task that a grader test judges")


__all__ = [name for name in dir() if name.startswith("pytest_")] + [
    "browser", "http", "nursery", "page", "room", "serve_as", "server", "stand", "ws",
]  # fmt: skip
