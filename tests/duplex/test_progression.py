"""Lab N+1 starts from solution N: what is carried, and what is told."""

import pytest

from duplex import tree
from duplex.errors import CourseError

NEXT = "solutions/lab02_handshake"


@pytest.fixture
def two(lab_one):
    """Two labs: the second changes its lab.toml, and has a fence in a new file."""
    lab_one.toml("solutions", "lab02_handshake", ["2.1"], ["chat/echo.py"],
                 ["lab.toml", "chat/echo.py"])  # fmt: skip
    lab_one.write(f"{NEXT}/chat/echo.py", "# task 2.1: echo\na = 1\n# end 2.1\n")
    assert len(tree.carry()) == 2
    return lab_one


def declare(course, edits, changes, tasks=("2.1",)):
    """Write lab 2's lab.toml again."""
    course.toml("solutions", "lab02_handshake", tasks, edits, ["lab.toml", *changes])


def test_carried_labs_are_right(two):
    assert tree.progression() == []
    assert tree.carry() == []


def test_carry_drops_fences(two):
    assert (
        two.read(f"{NEXT}/chat/views.py") == '"""Views."""\n\n\ndef index():\n    return "hello"\n'
    )
    assert (two.root / NEXT / "logo.png").read_bytes() == b"\x89PNG\r\n\xff"


def test_carry_takes_a_fix_along(two):
    two.toml("solutions", "lab03_naive", ["3.1"], ["three.py"], ["lab.toml", "three.py"])
    two.write("solutions/lab03_naive/three.py", "# task 3.1: x\na = 1\n# end 3.1\n")
    tree.carry()
    two.write("solutions/lab01_polling/chat/views.py", "# task 1.1: x\nfixed = 1\n# end 1.1\n")
    assert sum("is carried over from" in line for line in tree.carry()) == 2
    assert two.read("solutions/lab03_naive/chat/views.py") == "fixed = 1\n"
    assert tree.progression() == []


def test_carry_keeps_unlisted_edit(two):
    two.write(f"{NEXT}/chat/views.py", "an edit that nobody listed\n")
    (line,) = tree.carry()
    (kept,) = (two.root / "backups").glob("lab02_handshake-*")
    assert line.endswith(f"; what stood there is kept in {kept}.")
    assert (kept / "chat/views.py").read_text() == "an edit that nobody listed\n"


def test_carry_leaves_listed_files(two):
    declare(two, ["chat/echo.py"], ["chat/echo.py", "chat/views.py"])
    two.write(f"{NEXT}/chat/views.py", "changed\n")
    assert tree.carry() == []
    assert tree.progression() == []


def test_listed_file_may_go(two):
    declare(two, ["chat/echo.py"], ["chat/echo.py", "logo.png"])
    (two.root / NEXT / "logo.png").unlink()
    assert tree.carry() == []
    assert tree.progression() == []


def test_unknown_file_stops_carry(two):
    two.write(f"{NEXT}/stray.py", "a = 1\n")
    two.write("solutions/lab01_polling/new.py", "b = 1\n")
    with pytest.raises(CourseError, match="stray.py is not in the lab before"):
        tree.carry()
    assert not (two.root / NEXT / "new.py").exists()


def problems(told: str) -> None:
    """Demand exactly one problem, which says so."""
    (problem,) = tree.progression()
    assert told in problem


def test_unlisted_change_is_told(two):
    two.write(f"{NEXT}/chat/views.py", "changed\n")
    problems("chat/views.py is new or changed; list it")


def test_unlisted_new_file_is_told(two):
    two.write(f"{NEXT}/stray.py", "a = 1\n")
    problems("stray.py is new or changed")


def test_unlisted_gone_file_is_told(two):
    (two.root / NEXT / "logo.png").unlink()
    problems("logo.png is missing; `duplex build --carry` copies it")


def test_listed_but_same_is_told(two):
    declare(two, ["chat/echo.py"], ["chat/echo.py", "logo.png"])
    problems("lists logo.png in `changes`, but it is the same")


def test_listed_but_absent_is_told(two):
    declare(two, ["chat/echo.py"], ["chat/echo.py", "none.py"])
    problems("lists none.py in `changes`, but there is none")


def test_unlisted_fences_are_told(two):
    declare(two, [], ["chat/echo.py"])
    problems("chat/echo.py has fences; list it in the `edits`")


def test_edits_without_fence_are_told(two):
    declare(two, ["chat/echo.py", "chat/views.py"], ["chat/echo.py"])
    problems("lists chat/views.py in `edits`, but no fence is in it")


def test_task_without_fence_is_told(two):
    declare(two, ["chat/echo.py"], ["chat/echo.py"], ["2.1", "2.2"])
    problems("no fence has the task 2.2")


def test_fence_without_task_is_told(two):
    two.write(f"{NEXT}/chat/echo.py", "# task 2.1: x\n# end 2.1\n# task 2.2: y\n# end 2.2\n")
    problems("chat/echo.py: the fence of task 2.2 has no task in lab.toml")


def test_first_lab_lists_everything(lab_one):
    lab_one.write("solutions/lab01_polling/stray.py", "a = 1\n")
    problems("lab01_polling/stray.py is new or changed")
