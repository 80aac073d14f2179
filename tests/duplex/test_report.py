"""Verdicts as people and programs read them."""

import io
import json
import os

import pytest
from rich.console import Console

from duplex import catalog, report
from duplex.errors import CourseError
from duplex.verdict import TaskVerdict

SAW = "saw 'a'; should see 'b'"
WRONG = TaskVerdict("1.2", "Bye", "wrong", 0, 2, SAW, "It says b.", "KeyError")


@pytest.fixture(autouse=True)
def called_directly(monkeypatch):
    """The command is called as `duplex`, and not through course.py."""
    monkeypatch.delenv("DUPLEX_COMMAND", raising=False)


@pytest.fixture
def lab(tiny):
    """The tiny course's lab."""
    return catalog.lab(1)


def verdicts(lab, **changed: str) -> list[TaskVerdict]:
    """Return passed verdicts, some of them changed: verdicts(lab, t1_2="wrong")."""
    kinds = [changed.get("t" + task.id.replace(".", "_"), "passed") for task in lab.tasks]
    return [TaskVerdict(task.id, task.title, kind, 2 * (kind == "passed"), 2)
            for task, kind in zip(lab.tasks, kinds, strict=True)]  # fmt: skip


def printed(say, *arguments, width=80, **options) -> str:
    """Return what a function prints to a console."""
    out = io.StringIO()
    say(Console(file=out, width=width, highlight=False, **options), *arguments)
    return out.getvalue()


def test_pass_is_one_line():
    shown = printed(report.say_verdict, TaskVerdict("1.1", "Hello", "passed", 2, 2))
    assert shown.split() == ["✓", "1.1", "Hello", "2/2"] and shown.count("\n") == 1


def test_failure_says_what_was_seen():
    lines = printed(report.say_verdict, WRONG).splitlines()
    assert lines[0].split() == ["✗", "1.2", "Bye", "0/2", "wrong"]
    assert lines[1:] == [" " * 9 + "saw 'a'; should see 'b'", " " * 9 + "Should: It says b.",
                         " " * 9 + "Server log: KeyError"]  # fmt: skip


@pytest.mark.parametrize("width", [70, 80, 120])
def test_lines_fit_the_terminal(width):
    long = TaskVerdict("1.2", "Bye", "wrong", 0, 2, "some words " * 20, "s " * 99, "c " * 99)
    lines = printed(report.say_verdict, long, width=width).splitlines()[1:]
    assert all(len(line) <= width and line.startswith(" " * 9) for line in lines)


def test_hostile_text_is_escaped():
    hostile = TaskVerdict("1.2", "Bye", "wrong", 0, 2, "\x1b[2Jred", "", "\x1b]0;t\x07[bold]x")
    shown = printed(report.say_verdict, hostile, force_terminal=True, color_system=None)
    assert "\x1b" not in shown and "\x07" not in shown
    assert "\\x1b[2Jred" in shown and "[bold]x" in shown


def test_no_color_means_none(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in printed(report.say_verdict, WRONG, force_terminal=True)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[3" in printed(report.say_verdict, WRONG, force_terminal=True)


def test_folder_printed_whole(lab, tmp_path):
    folder = tmp_path / ("very long " * 12) / "è"
    assert f"   {folder}\n" in printed(report.say_head, lab, folder)


def test_points_are_summed(lab):
    shown = printed(report.say_sum, lab, lab.folder(), verdicts(lab, t1_2="wrong"))
    assert "4 of 6 points." in shown


def test_next_step_names_first_failure(lab, tiny):
    tiny.write("labs/lab01_polling/config/urls.py", "\n# TODO task 1.20\n# TODO task 1.2: do it\n")
    step = report.next_step(lab, lab.folder(), verdicts(lab, t1_2="wrong", t1_3="wrong"))
    assert step.startswith("Next: task 1.2 in config/urls.py, line 3. `duplex hint 1.2` gives")


def test_next_step_without_place(lab):
    step = report.next_step(lab, lab.folder(), verdicts(lab, t1_3="timeout"))
    assert step.startswith("Next: task 1.3. `duplex hint 1.3`") and "TIMEOUT_FACTOR=3" in step


def test_next_step_follows_log(lab, tiny):
    tiny.write("labs/lab01_polling/config/urls.py", "\n# TODO task 1.2: do it\n")
    blamed = "KeyError: 'x' (config/urls.py, line 1)"
    failed = TaskVerdict("1.2", "Bye", "wrong", 0, 2, SAW, "It says b.", blamed)
    assert report.next_step(lab, lab.folder(), [failed]).startswith(
        "Next: task 1.2: look at config/urls.py, line 1. `duplex hint 1.2`"
    )
    looks = {"1.2": "config/urls.py, line 2"}
    assert "look at config/urls.py, line 2." in report.next_step(lab, lab.folder(), [failed], looks)
    looks = {"1.2": "config/gone.py, line 2"}
    assert "look at config/urls.py, line 1." in report.next_step(lab, lab.folder(), [failed], looks)


def test_next_step_ignores_foreign_files(lab):
    blamed = "KeyError: 'x' (somewhere/else.py, line 1)"
    failed = TaskVerdict("1.2", "Bye", "wrong", 0, 2, SAW, "It says b.", blamed)
    assert report.next_step(lab, lab.folder(), [failed]).startswith("Next: task 1.2. `duplex hint")


def test_next_step_knows_task_by_solution(lab, tiny):
    tiny.write("solutions/lab01_polling/config/urls.py", "# task 1.2: do it\n# end 1.2\n")
    step = report.next_step(lab, lab.folder(), verdicts(lab, t1_2="wrong"))
    assert step.startswith("Next: task 1.2 in config/urls.py. `duplex hint 1.2`")


def test_command_as_reader_calls_it(lab, monkeypatch):
    monkeypatch.setenv("DUPLEX_COMMAND", "python3 course.py")
    step = report.next_step(lab, lab.folder(), verdicts(lab)[:1])
    assert step == "Passed. `python3 course.py check 1` checks the whole lab."


def test_grader_error_costs_nothing(lab):
    step = report.next_step(lab, lab.folder(), verdicts(lab, t1_2="wrong", t1_3="grader error"))
    assert step.startswith("Task 1.3 could not be judged, which is the kit's own fault")


def test_unchecked_tasks_named(lab):
    step = report.next_step(lab, lab.folder(), verdicts(lab, t1_3="not checked"))
    assert step == "Everything that could be checked passed; not checked: 1.3."


def test_last_lab_ends(lab):
    step = report.next_step(lab, lab.folder(), verdicts(lab))
    assert step == "The whole lab passed: that was the last lab."


def test_next_lab_follows(lab, tiny):
    text = (tiny.root / "labs/lab01_polling/lab.toml").read_text().replace("1.", "2.")
    tiny.toml("solutions", "lab02_handshake", text=text)
    step = report.next_step(lab, lab.folder(), verdicts(lab))
    assert step.endswith(f"go on with {catalog.ROOT / 'labs' / 'lab02_handshake'}.")


def test_json_holds_every_task(lab, tmp_path):
    file = tmp_path / "result.json"
    report.write_json(file, report.as_data(lab, lab.folder(), [WRONG]))
    data = json.loads(file.read_text("utf-8"))
    assert (data["lab"], data["points"], data["max_points"]) == (1, 0, 2)
    assert data["tasks"] == [{
        "task": "1.2", "title": "Bye", "verdict": "wrong", "points": 0, "max_points": 2,
        "message": WRONG.message, "should": "It says b.", "cause": "KeyError",
        "diagnosis": None,
    }]  # fmt: skip


def test_json_takes_any_text(tmp_path):
    file = tmp_path / "result.json"
    report.write_json(file, {"message": "è \ud83d \x1b"})
    assert json.loads(file.read_bytes()) == {"message": "è \ud83d \x1b"}


def test_json_replaces_whole_file(tmp_path):
    file = tmp_path / "result.json"
    file.write_text("old")
    opened = file.open()
    report.write_json(file, {"new": 1})
    with opened:
        assert opened.read() == "old"  # a reader never sees half of the new one
    assert json.loads(file.read_text()) == {"new": 1}
    assert os.listdir(tmp_path) == ["result.json"]


def test_json_through_link(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "real.json")
    report.write_json(tmp_path / "link", {})
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real.json").read_text() == "{}\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_json_to_device_leaves_it(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    report.write_json(tmp_path / "pipe", {})
    assert os.read(reader, 10) == b"{}\n" and not (tmp_path / "pipe").is_file()
    os.close(reader)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [("no/such/file.json", "There is no folder .*no/such; make it"), (".", "is a folder; name")],
)
def test_impossible_place_told(path, sentence, tmp_path):
    with pytest.raises(CourseError, match=sentence):
        report.require_place(tmp_path / path)


def test_failing_write_told(tmp_path):
    with pytest.raises(CourseError, match="The result could not be written to"):
        report.write_json(tmp_path / ("x" * 300), {})


def test_lab_shows_what_is_done(lab):
    shown = printed(report.say_lab, lab, {"1.2"})
    assert "Lab 01 · A   2 of 6 points" in shown
    assert [line.split()[:2] for line in shown.splitlines()[2:5]] == [
        ["·", "1.1"], ["✓", "1.2"], ["·", "1.3"],
    ]  # fmt: skip
