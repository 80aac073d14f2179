"""Known mistakes, read from their files and made in a copy of the solution."""

import pytest

from duplex import catalog, mistakes
from duplex.errors import CourseError

WRONG = """task = "1.1"
also = ["1.2"]
name = "Wrong answer"
sees = "A wrong answer."
why = "It is not right."
read = "02_polling"
[[edit]]
file = "chat/views.py"
find = 'return "hello"'
replace = ""
"""
WHOLE = '[[edit]]\nfile = "chat/new/extra.py"\nwrite = """a = 1\n"""\n'
SLIPS = {
    "unknown key": ('name = "', 'colour = "red"\nname = "', "'colour' is unknown"),
    "missing key": ('why = "It is not right."\n', "", "'why' is missing"),
    "also no list": ('also = ["1.2"]', 'also = "1.2"', "'also' must be a list"),
    "no edit": (WRONG[WRONG.index("[[edit]]") :], "", "'edit' is missing"),
    "nothing found": (
        "find = 'return \"hello\"'\n",
        "",
        "edit number 1: the key 'find' is missing",
    ),
    "find and write": ('replace = ""', 'write = ""', "edit number 1: the key 'find' is unknown"),
    "number to replace": ('replace = ""', "replace = 5", "'replace' must be a text"),
    "path upwards": ('"chat/views.py"', '"../views.py"', "'file' names '../views.py'"),
    "no TOML": ("[[edit]]", "[[edit]", "is no valid TOML"),
}


@pytest.fixture
def wrong(lab_one):
    """A course with one lab and one known mistake."""
    lab_one.write("tests/mistakes/lab01/wrong_answer.toml", WRONG)
    return lab_one


def the_mistake() -> mistakes.Mistake:
    """Return the only mistake of lab 1."""
    (mistake,) = mistakes.load(catalog.lab(1))
    return mistake


def test_mistake_has_its_fields(wrong):
    mistake = the_mistake()
    assert (mistake.id, mistake.task, mistake.also) == ("wrong_answer", "1.1", ("1.2",))
    assert (mistake.name, mistake.sees) == ("Wrong answer", "A wrong answer.")
    assert (mistake.why, mistake.read) == ("It is not right.", "02_polling")
    assert mistake.edits == (mistakes.Edit("chat/views.py", 'return "hello"', ""),)


def test_mistakes_come_in_order(wrong):
    for name in "ca":
        wrong.write(f"tests/mistakes/lab01/{name}.toml", WRONG)
    assert [mistake.id for mistake in mistakes.load(catalog.lab(1))] == ["a", "c", "wrong_answer"]


def test_lab_without_mistakes(lab_one):
    assert mistakes.load(catalog.lab(1)) == []


def test_edit_is_made(wrong):
    before = wrong.read("solutions/lab01_polling/chat/views.py")
    mistakes.apply(the_mistake(), wrong.root / "solutions/lab01_polling")
    after = wrong.read("solutions/lab01_polling/chat/views.py")
    assert after == before.replace('return "hello"', "")


def test_file_is_written_whole(wrong):
    wrong.write("tests/mistakes/lab01/wrong_answer.toml", WRONG + WHOLE)
    mistakes.apply(the_mistake(), wrong.root / "solutions/lab01_polling")
    assert wrong.read("solutions/lab01_polling/chat/new/extra.py") == "a = 1\n"


@pytest.mark.parametrize(("text", "times"), [("", 0), ('return "hello"\n' * 2, 2)])
def test_place_must_be_one(wrong, text, times):
    file = wrong.write("solutions/lab01_polling/chat/views.py", text)
    with pytest.raises(CourseError, match=f"occurs {times} times in chat/views.py"):
        mistakes.apply(the_mistake(), wrong.root / "solutions/lab01_polling")
    assert file.read_text() == text


def test_file_must_exist(wrong):
    (wrong.root / "solutions/lab01_polling/chat/views.py").unlink()
    with pytest.raises(CourseError, match="chat/views.py is not in the solution"):
        mistakes.apply(the_mistake(), wrong.root / "solutions/lab01_polling")


@pytest.mark.parametrize("slip", SLIPS)
def test_slip_is_told(wrong, slip):
    old, new, told = SLIPS[slip]
    assert old in WRONG
    file = wrong.write("tests/mistakes/lab01/wrong_answer.toml", WRONG.replace(old, new, 1))
    with pytest.raises(CourseError) as caught:
        mistakes.load(catalog.lab(1))
    sentence = str(caught.value)
    assert told in sentence and str(file) in sentence and "\n" not in sentence
