"""The load test: crowds of growing size, what it tells of them, and how it ends."""

import io

import pytest
from rich.console import Console

from duplex import catalog, load
from duplex.errors import CourseError

LAB = catalog.lab(8)
ROUND = load.Round(300, 12_345.6, 1.25, 20.0, 3.0, 21.4, 88.8)


def test_crowds_grow():
    assert load.sizes(300) == [30, 100, 300]
    assert load.sizes(1) == [1]
    assert load.sizes(5) == [1, 5]


def test_crowd_is_measured(tmp_path):
    said, plot = io.StringIO(), tmp_path / "load.png"
    console = Console(file=said, width=200)
    load.load(console, LAB, LAB.folder("solutions"), 5, 0.1, plot)
    assert "5 clients: " in said.getvalue() and "Lab 08 · Production" in said.getvalue()
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_early_labs_are_refused():
    early = catalog.lab(5)
    with pytest.raises(CourseError, match="labs 6 to 8 have them"):
        load.load(Console(), early, early.folder("solutions"), 5, 0.1, None)


def test_table_has_units():
    said = io.StringIO()
    Console(file=said, width=200).print(load.table(LAB, [ROUND]))
    for words in ("300", "12,346", "1.2 ms", "20.0 ms", "21 µs", "89 MB"):
        assert words in said.getvalue()


def test_place_without_folder_is_told(tmp_path):
    with pytest.raises(CourseError, match="The plot cannot be written to"):
        load.draw(LAB, [ROUND], tmp_path / "nowhere" / "load.png")
    with pytest.raises(CourseError, match="The plot cannot be written to"):
        load.draw(LAB, [ROUND], tmp_path / "load.doc")


def test_lost_crowd_is_told(project_of):
    project = project_of(view="return HttpResponse('hello')")
    with pytest.raises(Exception, match=r"^The project did not start"):
        load.load(Console(file=io.StringIO()), LAB, project, 2, 0.1, None)
