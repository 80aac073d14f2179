"""What notebook 00 tells of the course, read from the course's own files."""

import os

import matplotlib as mpl
import nbformat
import pytest

mpl.use("agg")
from duplex import catalog, progress  # noqa: E402
from duplex.figures import start as figures  # noqa: E402
from duplex.notebook import start  # noqa: E402


@pytest.fixture
def home(lab_one, monkeypatch):
    """A course with one lab of one task, and the notebook that leads to it."""
    folder = lab_one.root / "notebooks"
    folder.mkdir()
    opening = nbformat.v4.new_markdown_cell("# 02 · Polling\n\nAbout 25 minutes.")
    nbformat.write(nbformat.v4.new_notebook(cells=[opening]), folder / "02_polling.ipynb")
    monkeypatch.setattr(start, "NOTEBOOKS", folder)
    return lab_one


def test_labs_count_what_passed(home):
    fresh = {"lab": "01", "title": "A", "passed": 0, "tasks": 1, "points": 0, "of": 2}
    assert start.my_labs() == [fresh]
    progress._append({"task": "1.1", "verdict": "passed"})
    assert start.my_labs() == [fresh | {"passed": 1, "points": 2}]


def test_contents_come_from_files(home):
    assert start.contents() == [
        {
            "notebook": "[02 · Polling](02_polling.ipynb)",
            "minutes": "25",
            "leads to": "[lab 01 A](../labs/lab01_polling/README.md)",
        }
    ]


def test_map_tells_what_is_to_come(home):
    rows = {row["the lecture"]: row for row in start.lecture_map()}
    assert len(rows) == len(start.LECTURE)
    polling = rows["Introduction: polling with a timer, and its period"]
    assert polling["notebook"] == "[02 · Polling](02_polling.ipynb)"
    assert polling["lab"] == "[lab 01 A](../labs/lab01_polling/README.md)"
    assert rows["Case study: the naive chat"]["notebook"] == "07 (to come)"


def test_every_notebook_is_in_the_map():
    numbers = {number for _, numbers in start.LECTURE for number in numbers}
    assert set(start._notebooks()) - {"00"} <= numbers


def test_command_speaks_as_in_a_terminal(capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")  # as Jupyter does
    start.course("list")
    shown = capsys.readouterr().out
    assert shown.startswith("$ python3 course.py list\nLab 01 · ")
    assert str(catalog.ROOT) not in shown and "\x1b" not in shown


def test_paths_are_told_from_the_course(capsys):
    start.course("check", "1.1", "--project", os.path.join("labs", "nowhere"))
    assert "no folder labs" in capsys.readouterr().out.replace("\n", " ")


def test_versions_name_the_stack():
    parts = [row["part"] for row in start.versions()]
    assert parts == ["Python", "Django", "channels", "daphne", "websocket-client"]


def test_pictures_tell_each_lab():
    labs = [{"lab": "01", "title": "A", "passed": 1, "tasks": 2, "points": 2, "of": 3}] * 2
    stairs, bars = figures.steps(labs).axes[0], figures.progress(labs).axes[0]
    assert [text.get_text() for text in stairs.texts] == ["01\nA", "01\nA"]
    assert bars.texts[0].get_text() == "  2 of 3 points, 1 of 2 tasks"
    mpl.pyplot.close("all")
