"""The labs and tasks that lab.toml declares, and every slip in one."""

import dataclasses
import os
import subprocess
import sys

import pytest

from duplex import catalog
from duplex.errors import CourseError

GOOD = """title = "Handshake"
goal = "Shake hands."
server = "daphne"
notebook = "06_django"
edits = ["chat/views.py"]
changes = ["lab.toml", "chat/views.py"]
[[task]]
id = "2.1"
title = "Greet"
points = 2
hints = ["a", "b", "c"]
[[task]]
id = "2.2"
title = "Echo"
points = 0.5
deadline = 30
hints = ["a", "b", "c", "d"]
"""
SLIPS = {
    "unknown key": ('title = "Hand', 'colour = "red"\ntitle = "Hand', "'colour' is unknown"),
    "unknown task key": ('title = "Greet"', 'title = "Greet"\nn = 1', "task 2.1: the key 'n'"),
    "missing key": ('goal = "Shake hands."\n', "", "'goal' is missing"),
    "missing task key": ("points = 2\n", "", "task 2.1: the key 'points' is missing"),
    "blank text": ('"Shake hands."', '" "', "'goal' must be a text"),
    "number as text": ('"Handshake"', "5", "'title' must be a text"),
    "another lab's id": ('"2.1"', '"3.1"', "'id' is '3.1'"),
    "odd id": ('"2.1"', '"2.01"', "'id' is '2.01'"),
    "two tasks, one id": ('"2.2"', '"2.1"', "2.1 stands for two tasks"),
    "two hints": ('["a", "b", "c"]', '["a", "b"]', "task 2.1: the key 'hints' has 2 entries"),
    "blank hint": ('["a", "b", "c"]', '["a", "b", ""]', "none of them blank"),
    "no points": ("points = 2", "points = 0", "task 2.1: the key 'points' is 0"),
    "true points": ("points = 2", "points = true", "'points' is True"),
    "endless points": ("points = 2", "points = inf", "'points' is inf"),
    "late deadline": ("deadline = 30", "deadline = -1", "task 2.2: the key 'deadline' is -1"),
    "another server": ('"daphne"', '"uvicorn"', "one of: runserver, daphne"),
    "path upwards": ('["chat/views.py"]', '["../views.py"]', "'edits' names '../views.py'"),
    "absolute path": ('["chat/views.py"]', '["/etc/passwd"]', "'edits' names '/etc/passwd'"),
    "backslash": ('["chat/views.py"]', "['chat\\views.py']", "'edits' names"),
    "file twice": ('["lab.toml", ', '["chat/views.py", ', "'changes' names 'chat/views.py' twice"),
    "not a list": ('["chat/views.py"]', '"chat/views.py"', "'edits' must be a list"),
    "no TOML": ("goal =", "goal", "is no valid TOML"),
}


@pytest.fixture
def two(course):
    """A course with labs 1 and 2; lab 2 only in solutions/."""
    course.toml("labs", "lab01_polling", ["1.1"])
    course.toml("solutions", "lab01_polling", ["1.1"])
    course.toml("solutions", "lab02_handshake", text=GOOD)
    return course


def refused(call, *arguments) -> str:
    """Return the one sentence with which a call is refused."""
    with pytest.raises(CourseError) as caught:
        call(*arguments)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_lab_has_its_fields(two):
    lab = catalog.lab(2)
    assert (lab.number, lab.slug, lab.name) == (2, "handshake", "lab02_handshake")
    assert (lab.title, lab.goal, lab.server) == ("Handshake", "Shake hands.", "daphne")
    assert (lab.notebook, lab.edits) == ("06_django", ("chat/views.py",))
    assert lab.changes == ("lab.toml", "chat/views.py")
    assert lab.folder() == two.root / "labs" / "lab02_handshake"
    assert lab.folder("solutions") == two.root / "solutions" / "lab02_handshake"


def test_lab_has_its_environment(two):
    file = two.root / "solutions" / "lab02_handshake" / "lab.toml"
    assert catalog.lab(2).env == {}
    file.write_text('env = {CHAT_DEBUG = "1"}\n' + file.read_text("utf-8"), "utf-8")
    assert catalog.lab(2).env == {"CHAT_DEBUG": "1"}
    assert hash(catalog.lab(2)) == hash(catalog.lab(2))


def test_task_has_its_fields(two):
    first, second = catalog.lab(2).tasks
    assert first == catalog.Task("2.1", "Greet", 2, 10.0, ("a", "b", "c"))
    assert (second.points, second.deadline, len(second.hints)) == (0.5, 30.0, 4)


def test_labs_come_in_order(two):
    assert [lab.number for lab in catalog.labs()] == [1, 2]


def test_lab_is_frozen(two):
    with pytest.raises(dataclasses.FrozenInstanceError):
        catalog.lab(1).title = "other"


def test_task_found_by_id(two):
    assert catalog.task("2.2").title == "Echo"
    assert catalog.task("02.2").id == "2.2"


def test_own_copy_goes_first(two):
    two.toml("labs", "lab02_handshake", text=GOOD.replace("Handshake", "Mine"))
    assert catalog.lab(2).title == "Mine"


def test_unknown_lab_lists_labs(two):
    assert refused(catalog.lab, 9) == "There is no lab 9; the labs are: 1, 2."


def test_unknown_task_lists_tasks(two):
    sentence = refused(catalog.task, "2.9")
    assert sentence == "There is no task 2.9; the tasks of lab 2 are: 2.1, 2.2."


@pytest.mark.parametrize("task_id", ["", "2", "2.", "two.one", "2.1.1", "٢.١", "2.1\n"])
def test_odd_id_is_refused(two, task_id):
    assert "looks like 2.3" in refused(catalog.task, task_id)


def test_no_labs_at_all(course):
    assert catalog.labs() == ()
    assert "complete copy" in refused(catalog.lab, 1)


@pytest.mark.parametrize("slip", SLIPS)
def test_slip_is_told(two, slip):
    old, new, told = SLIPS[slip]
    assert old in GOOD
    file = two.toml("solutions", "lab02_handshake", text=GOOD.replace(old, new, 1))
    sentence = refused(catalog.lab, 2)
    assert told in sentence and str(file) in sentence and sentence.endswith(".")


def test_lab_without_tasks(two):
    two.toml("solutions", "lab02_handshake", text=GOOD.partition("[[task]]")[0])
    assert "'task' is missing" in refused(catalog.lab, 2)


def test_bytes_that_are_no_text(two):
    two.toml("solutions", "lab02_handshake").write_bytes(b'title = "\xff"')
    assert "is no valid TOML" in refused(catalog.lab, 2)


def test_folder_without_toml(two):
    (two.root / "solutions/lab03_naive").mkdir()
    assert "lab.toml is missing" in refused(catalog.lab, 3)


def test_broken_lab_stops_no_other(two):
    two.toml("labs", "lab01_polling", text="what?")
    assert catalog.lab(2).number == 2
    assert catalog.task("2.1").title == "Greet"
    assert "lab01_polling" in refused(catalog.labs)


def test_two_solutions_for_one_number(two):
    two.toml("solutions", "lab02_other", ["2.1"])
    sentence = refused(catalog.lab, 1)
    assert "lab02_handshake" in sentence and "lab02_other" in sentence


def test_other_folders_are_no_labs(two):
    two.toml("labs", "lab02_my_copy", ["2.1"])
    two.write("labs/lab03_notes", "a file")
    (two.root / "labs/lab04_Über mir").mkdir()
    assert catalog.names() == {1: "lab01_polling", 2: "lab02_handshake"}


def test_lab_known_only_to_labs(two):
    two.toml("labs", "lab07_scale", ["7.1"])
    assert catalog.lab(7).slug == "scale"


def test_environment_moves_root(two):
    code = "from duplex import catalog; print(catalog.lab(2).title)"
    env = os.environ | {"DUPLEX_ROOT": str(two.root), "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, "-c", code], env=env, text=True, capture_output=True)
    assert (run.stdout, run.stderr) == ("Handshake\n", "")
