"""The stand: what its servers may cost in time, and what an exception means."""

import pytest

from duplex import catalog, deadline, stand, wire
from duplex.deadline import Deadline
from duplex.errors import CourseError
from duplex.expect import Mismatch, Stalled
from duplex.server import START, StartFailed
from duplex.stand import Stand, judge

TASKS = [catalog.Task(f"1.{number}", "T", 2, 10.0, ()) for number in range(1, 6)]
PATIENCE = sum(task.deadline for task in TASKS)


class Clock:
    """A clock that only moves when something waits; it stands in for the module `time`."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        """Let at most `seconds` pass, less when a deadline comes before."""
        self.now += Deadline(seconds).remaining()


class Served:
    """A server that runs."""

    def __init__(self, *_, **__):
        self.log = type("Log", (), {"printed": staticmethod(lambda: 0)})

    def alive(self) -> bool:
        return True

    def stop(self) -> None:
        pass


@pytest.fixture
def clock(monkeypatch) -> Clock:
    """A clock that stands still for the deadlines and the stand."""
    clock = Clock()
    monkeypatch.setattr(deadline, "time", clock)
    monkeypatch.setattr(stand, "time", clock)
    monkeypatch.delenv("DUPLEX_TIMEOUT_FACTOR", raising=False)
    return clock


@pytest.fixture
def stand_of(clock, monkeypatch, tmp_path):
    """A stand whose servers start as `start` says: stand_of(start)."""

    def make(start) -> Stand:
        monkeypatch.setattr(stand, "serve", start)
        return Stand(tmp_path, None)

    return make


def grade(made: Stand, tests: int = 1) -> list[str]:
    """Do what a grader does with each task's tests, whose server never answers."""
    ends = []
    for task in TASKS * tests:
        made.task = task
        try:
            made.serve("daphne")
            with made.clock():
                stand.time.wait(1000)
            ends.append("no answer")
            made.close()
        except StartFailed as failure:
            ends.append(str(failure))
    return ends


def hang(*_, **__):
    """Never start."""
    stand.time.wait(START)
    raise StartFailed("timeout", "hung")


def start_slowly(*_, **__):
    """Start at the last moment."""
    begun = stand.time.now
    stand.time.wait(START - 1)
    if stand.time.now - begun < START - 1:
        raise StartFailed("timeout", "cut short")
    return Served()


def test_hanging_start_costs_one_start(stand_of, clock):
    assert grade(stand_of(hang)) == ["hung"] * len(TASKS)
    assert clock.now == START


def test_restarts_count_in_their_task(stand_of, clock):
    ends = grade(stand_of(start_slowly), tests=3)
    assert ends[: len(TASKS)] == ["no answer"] + ["cut short"] * 4
    assert clock.now <= START + PATIENCE + 0.1 * len(ends)


def test_first_start_has_own_deadline(stand_of):
    made = stand_of(start_slowly)
    made.task = TASKS[0]
    assert made.serve("daphne").alive()
    assert made.spent == {}


def test_start_in_test_counts_once(stand_of, clock):
    made = stand_of(start_slowly)
    made.task = TASKS[0]
    with pytest.raises(StartFailed), made.clock():
        made.serve("daphne")
    assert clock.now == made.spent["1.1"] == TASKS[0].deadline


def test_own_servers_are_kept(stand_of):
    made = stand_of(hang)
    first = made.keep("production", Served)
    assert made.keep("production", hang) is first
    assert made.keep("another", Served) is not first
    assert set(made.marks) == {"production", "another"}


def test_start_cut_short_tried_again(stand_of):
    made = stand_of(start_slowly)
    made.task = TASKS[0]
    with pytest.raises(StartFailed), made.clock():
        made.serve("daphne")
    assert made.failures == {}


class Ahead(Served):
    """A server that was started ahead; the test asks whether it is ready, or stopped."""

    made = []

    def __init__(self, folder, kind, nursery, env):
        super().__init__()
        self.kind, self.stopped = kind, False
        self.made.append(self)

    def wait_ready(self):
        if self.kind == "daphne":
            raise StartFailed("crashed", "no luck")
        return self

    def stop(self) -> None:
        self.stopped = True


@pytest.fixture
def ahead(stand_of, monkeypatch):
    """A stand that has started both kinds ahead, and can start no other."""
    monkeypatch.setattr(Ahead, "made", [])
    monkeypatch.setattr(stand, "Server", Ahead)
    made = stand_of(None)
    made.start_ahead(["runserver", "daphne"])
    return made


def test_server_started_ahead_is_used(ahead):
    assert ahead.serve("runserver") is Ahead.made[0]
    assert ahead.serve("runserver") is Ahead.made[0]
    assert ahead.started == ["runserver"]


def test_failure_ahead_told_when_asked(ahead):
    with pytest.raises(StartFailed, match="no luck"):
        ahead.serve("daphne")


def test_servers_ahead_are_stopped(ahead):
    ahead.serve("runserver")
    ahead.close()
    assert [one.stopped for one in Ahead.made] == [True, True]


def test_copy_that_fails_is_tried_when_asked(stand_of, monkeypatch):
    def refuse(*_):
        raise CourseError("The disk is full.")

    monkeypatch.setattr(stand, "Server", refuse)
    made = stand_of(Served)
    made.start_ahead(["runserver"])
    assert made.serve("runserver").alive()


def test_crash_is_not_tried_twice(stand_of):
    starts = []

    def crash(*_, **__):
        starts.append(1)
        raise StartFailed("crashed", "crashed")

    assert grade(stand_of(crash)) == ["crashed"] * len(TASKS)
    assert len(starts) == 1


def test_tests_share_their_tasks_deadline(stand_of, clock):
    made = stand_of(Served)
    made.task = TASKS[0]
    for seconds in (4, 4, 4):
        with made.clock():
            clock.wait(seconds)
    assert clock.now == made.spent["1.1"] == TASKS[0].deadline


def test_factor_stretches_tasks(stand_of, clock, monkeypatch):
    monkeypatch.setenv("DUPLEX_TIMEOUT_FACTOR", "3")
    made = stand_of(Served)
    made.task = TASKS[0]
    with made.clock():
        clock.wait(1000)
    assert (clock.now, made.spent["1.1"]) == (30, 10)


def test_without_task_no_deadline(stand_of, clock):
    with stand_of(Served).clock():
        clock.wait(1000)
    assert clock.now == 1000


@pytest.mark.parametrize(
    ("error", "verdict", "sentence"),
    [
        (StartFailed("output", "It printed."), "output", "It printed."),
        (Mismatch("1", "2", "here"), "wrong", "here: saw 1; should see 2"),
        (wire.TimedOut("late"), "timeout", "The server did not answer before the deadline."),
        (Stalled("nothing", "an answer"), "timeout", "saw nothing; should see an answer"),
        (wire.Dropped("gone"), "wrong", "gone"),
        (AssertionError("first\nsecond"), "wrong", "first"),
        (AssertionError(), "wrong", "not so"),
        (KeyError("id"), "grader error", "KeyError: 'id'"),
        (ValueError("a\n  b"), "grader error", "ValueError: a b"),
    ],
)
def test_exception_becomes_verdict(error, verdict, sentence):
    assert judge(error) == (verdict, sentence)


def test_skip_is_not_checked():
    with pytest.raises(pytest.skip.Exception) as skipped:
        pytest.skip("no browser")
    assert judge(skipped.value) == ("not checked", "no browser")


def test_browser_errors_told():
    from playwright.sync_api import Error, TimeoutError

    assert judge(TimeoutError("late\nlog")) == ("timeout", "In the browser: late")
    assert judge(Error("crashed\nlog")) == ("wrong", "In the browser: crashed")


def test_endless_message_is_cut():
    _, sentence = judge(Mismatch("x" * 100_000, "y"))
    assert len(sentence) < 700 and sentence.endswith("should see y")
