"""A benchmark measures in turn, divides round by round, tells, draws and writes."""

import io
import json
import subprocess
import sys

import pytest
from rich.console import Console

from duplex import catalog, project
from duplex.bench import check, told, watch
from duplex.bench.rounds import Found, Measured, Ratio, Workload, compare, measure
from duplex.errors import CourseError
from duplex.sockets import Dropped

SLOW, QUICK = "the slow one", "the quick one"
TWICE = Ratio("slow / quick", SLOW, QUICK, 2.0)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course's root, in which bench/ is made."""
    monkeypatch.setattr(catalog, "ROOT", tmp_path)
    return tmp_path


def workload(name, *seconds):
    """A workload that took these seconds, the first when it warmed up."""
    taken = iter(seconds)
    return Workload(name, lambda: next(taken))


def failing(error):
    """A workload that fails."""

    def run():
        raise error

    return Workload(QUICK, run)


def run(*workloads, ratios=(TWICE,), rounds=3, file=None):
    """Run a benchmark; return whether its bounds hold, and what it printed."""
    console = Console(width=100, record=True, file=io.StringIO())
    holds = told.run("tiny", list(workloads), list(ratios), rounds, console, file)
    return holds, console.export_text()


def test_rounds_are_interleaved():
    order = []
    both = [Workload(name, lambda name=name: order.append(name)) for name in (SLOW, QUICK)]
    measured = measure(both, 2)
    assert order == [SLOW, QUICK] * 3
    assert [len(one.seconds) for one in measured.values()] == [2, 2]


def test_each_run_is_announced():
    heard = []
    both = [workload(SLOW, 1, 1), workload(QUICK, 1, 1)]
    measure(both, 1, lambda one, number: heard.append((one.name, number)))
    assert heard == [(SLOW, 0), (QUICK, 0), (SLOW, 1), (QUICK, 1)]


def test_warming_up_does_not_count():
    assert measure([workload(SLOW, 99, 3, 1, 2)], 3)[SLOW].seconds == [3, 1, 2]


def test_whole_call_counts():
    (seconds,) = measure([Workload(SLOW, lambda: None)], 1)[SLOW].seconds
    assert 0 <= seconds < 60


def test_ratio_is_the_rounds_median():
    measured = {SLOW: Measured(SLOW, [4, 9, 30]), QUICK: Measured(QUICK, [2, 3, 1])}
    found = compare(TWICE, measured)
    assert (found.values, found.median) == ([2, 3, 30], 3)


@pytest.mark.parametrize(("values", "holds"), [([2.0], True), ([2.01], False), ([1, 2, 9], True)])
def test_bound_includes_itself(values, holds):
    assert Found(TWICE, values).holds is holds


def test_good_run_is_told(course):
    holds, said = run(workload(SLOW, 9, 3, 4, 3), workload(QUICK, 9, 2, 2, 2))
    assert holds
    for words in (SLOW, "3.00 s", "3.00 to 4.00 s", "slow / quick", "1.50 to 2.00", "✓"):
        assert words in said


def test_missed_bound_is_told(course):
    holds, said = run(workload(SLOW, 9, 3), workload(QUICK, 9, 1), rounds=1)
    assert not holds
    assert "✗ too slow" in said


def test_longest_bar_is_the_slowest(course):
    _, said = run(workload(SLOW, 9, 4), workload(QUICK, 9, 1), rounds=1)
    bars = {line.strip().partition("  ")[0]: line.count("█") for line in said.splitlines()}
    assert (bars[SLOW], bars[QUICK]) == (told.WIDTH, told.WIDTH / 4)


def test_json_holds_each_round(course):
    file = course / "ratios è.json"
    run(workload(SLOW, 9, 3, 4), workload(QUICK, 9, 2, 2), rounds=2, file=file)
    data = json.loads(file.read_text("utf-8"))
    assert (data["benchmark"], data["rounds"], data["cores"] > 0) == ("tiny", 2, True)
    assert data["measured"][SLOW] == {"median": 3.5, "seconds": [3, 4]}
    assert data["ratios"] == [{"name": "slow / quick", "over": SLOW, "under": QUICK,
                               "median": 1.75, "values": [1.5, 2], "bound": 2.0,
                               "holds": True}]  # fmt: skip


def test_picture_is_drawn(course):
    _, said = run(workload(SLOW, 9, 3), workload(QUICK, 9, 2), rounds=1)
    assert (course / "bench/tiny.png").read_bytes().startswith(b"\x89PNG")
    assert "tiny.png" in said


@pytest.mark.parametrize(
    "error", [CourseError("task 2.3 did not pass."), Dropped("no luck"), FileNotFoundError("gone")]
)
def test_failure_is_one_sentence(course, error):
    with pytest.raises(CourseError) as caught:
        run(workload(SLOW, 9, 3), failing(error), rounds=1)
    said = str(caught.value)
    assert said.startswith(f"Measuring stopped at '{QUICK}' ({str(error).rstrip('.')}): ")
    assert "\n" not in said
    assert not (course / "bench").exists()


def test_daphne_that_ends_is_told():
    words = [sys.executable, "-c", "import sys; print('no such module', file=sys.stderr)"]
    with (
        subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process,
        pytest.raises(CourseError, match=r"ended before it listened: no such module$"),
    ):
        check.listening(process)


def test_failed_check_is_told():
    with pytest.raises(CourseError, match=r"exit code 2: There is no lab 99;"):
        check.check_cold(99)


def test_bounds_are_the_course_s():
    assert [one.bound for one in check.RATIOS] == [3, 1 / 3]
    assert {name for one in check.RATIOS for name in (one.over, one.under)} == {
        check.DAPHNE, check.COLD, check.WARM,
    }  # fmt: skip


def test_daphne_starts_and_echoes():
    folder = project.copy(catalog.lab(check.LAB).folder("solutions"))
    try:
        assert 0 < check.start_and_echo(folder) < 300
    finally:
        project.remove(folder)


def test_repair_is_timed_until_its_verdict():
    folder = project.copy(catalog.lab(watch.LAB).folder("solutions"))
    try:
        with watch.Watched(folder) as watched:
            assert watched.repair() > 0
            assert watched.session.all_passed() and watched.events.empty()
        assert watch.WRONG not in (folder / watch.FILE).read_text("utf-8")
    finally:
        project.remove(folder)


def test_judge_that_fails_stops_the_watch():
    folder = project.copy(catalog.lab(watch.LAB).folder("solutions"))
    try:
        with watch.Watched(folder) as watched:
            watched.events.put("It broke.")
            with pytest.raises(CourseError, match="It broke"):
                watched.repair()
    finally:
        project.remove(folder)
