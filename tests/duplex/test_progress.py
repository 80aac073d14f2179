"""The progress file: only appended, never spoilt by a bad line, and honest about what passed."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from duplex import progress
from duplex.errors import CourseError

APPEND = """
from types import SimpleNamespace
from duplex import progress
one = SimpleNamespace(task_id="1.1", verdict="passed")
for _ in range(100):
    progress.record([one] * 5)
"""


def record(*pairs: str) -> None:
    """Record verdicts such as "1.1 passed"."""
    made = (pair.split(" ", 1) for pair in pairs)
    progress.record(SimpleNamespace(task_id=task, verdict=verdict) for task, verdict in made)


@pytest.fixture(autouse=True)
def _course(course):
    """Every test has a course of its own."""


def test_nothing_done_at_first():
    assert progress.passed() == set() and progress.hints_shown("1.1") == 0


@pytest.mark.parametrize("verdict", ["wrong", "timeout", "grader error", "not checked"])
def test_passed_stays_passed(verdict):
    record("1.1 passed", f"1.2 {verdict}")
    record(f"1.1 {verdict}")
    assert progress.passed() == {"1.1"}


def test_hints_are_counted():
    for task in ("1.1", "1.1", "1.2"):
        progress.note_hint(task)
    assert progress.hints_shown("1.1") == 2


def test_events_carry_their_time():
    record("1.1 passed")
    (event,) = progress.events()
    assert event.pop("when")[4] == "-" and event == {"task": "1.1", "verdict": "passed"}


@pytest.mark.parametrize(
    "damage", [b"{half\n", b"\xff\xfe\n", b"[1]\n", b'{"task": ["1.1"]}\n', b"[" * 100_000 + b"\n"]
)
def test_damaged_line_costs_itself(damage):
    record("1.1 passed")
    with open(progress.path(), "ab") as file:
        file.write(damage)
    record("1.2 passed")
    assert progress.passed() == {"1.1", "1.2"}


def test_cut_line_costs_itself():
    record("1.1 passed", "1.2 passed")
    progress.path().write_bytes(progress.path().read_bytes()[:-20])
    record("1.3 passed")
    assert progress.passed() == {"1.1", "1.3"}


def test_two_writers_mix_nothing(course):
    env = os.environ | {"DUPLEX_ROOT": str(course.root)}
    writers = [subprocess.Popen([sys.executable, "-c", APPEND], env=env) for _ in range(2)]
    assert [writer.wait() for writer in writers] == [0, 0]
    events = progress.events()
    assert len(events) == 1000 and all(event["task"] == "1.1" for event in events)


def test_unreadable_file_told():
    progress.path().mkdir()
    with pytest.raises(CourseError, match=r"could not be read from .*progress.jsonl"):
        progress.passed()


def test_unwritable_file_told():
    progress.path().mkdir()
    with pytest.raises(CourseError, match=r"could not be written to .*progress.jsonl"):
        progress.note_hint("1.1")


def test_environment_names_another_file(monkeypatch, tmp_path):
    record("1.1 passed")
    monkeypatch.setenv("DUPLEX_PROGRESS", str(tmp_path / "other.jsonl"))
    assert progress.passed() == set()
    record("1.2 passed")
    assert "1.2" in (tmp_path / "other.jsonl").read_text("utf-8")
    monkeypatch.setenv("DUPLEX_PROGRESS", os.devnull)
    assert progress.passed() == set()


def test_right_answers_stay(course):
    course.write("notebooks/quizzes/03.json", "[{}, {}, {}]")
    for question, right in ((0, True), (2, False), (0, False), (1, True), (1, True)):
        progress.note_answer("03", question, right)
    progress.note_answer("04", 2, True)
    assert progress.answered("03") == {0, 1}
    assert progress.quizzes() == [("03", 2, 3)]


def test_answers_and_tasks_stay_apart():
    record("1.1 passed")
    progress.note_answer("03", 0, True)
    assert progress.passed() == {"1.1"} and progress.answered("03") == {0}
