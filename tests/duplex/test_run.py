"""Notebooks executed: outputs renewed when all went well, and nothing touched when not."""

import io
import json
import os
import re
import signal
import subprocess
import sys

import nbformat
import psutil
import pytest
from nbformat import v4
from rich.console import Console

from duplex.deadline import scaled, wait_until
from duplex.errors import CourseError
from duplex.notebook import run

RUN = """
import sys
from pathlib import Path
from rich.console import Console
from duplex.notebook import run
run.run(Path(sys.argv[1]), Console())
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder of notebooks, with a space and an accent in its path."""
    place = tmp_path / "notebooks è"
    place.mkdir()
    monkeypatch.setattr(run, "FOLDER", place)
    for name in ("PATH", "PYTHONPATH", "NO_COLOR", "DUPLEX_PROGRESS"):  # run() sets them
        monkeypatch.setenv(name, os.environ.get(name, ""))
    return place


@pytest.fixture
def notebook(folder):
    """Write a notebook of code cells: notebook("1 + 1", …) is its path."""

    def write(*cells: str, name: str = "02_tiny.ipynb", **metadata):
        made = v4.new_notebook(cells=[v4.new_code_cell(cell, metadata=metadata) for cell in cells])
        nbformat.write(made, folder / name)
        return folder / name

    return write


def execute(path) -> str:
    """Execute a notebook; return what the console showed."""
    out = io.StringIO()
    try:
        run.run(path, Console(file=out, width=100))
    finally:
        execute.shown = out.getvalue()
    return execute.shown


def outputs(path) -> list[str]:
    """Return the text of each output of a notebook."""
    cells = nbformat.read(path, as_version=4).cells
    return ["".join(output.get("text", "") or output["data"]["text/plain"]
                    for output in cell.outputs) for cell in cells]  # fmt: skip


def test_outputs_are_renewed(notebook):
    path = notebook("import os", "print(os.getcwd())", "6 * 7")
    assert "3/3" in execute(path)
    assert outputs(path) == ["", f"{path.parent}\n", "42"]


def test_nothing_volatile_is_written(notebook):
    path = notebook("1 + 1", tags=["x"], collapsed=True, execution={"a": "1"})
    execute(path)
    first = path.read_bytes()
    execute(path)
    assert path.read_bytes() == first
    data = json.loads(first)
    assert data["metadata"] == run.METADATA
    assert [(cell["id"], cell["metadata"]) for cell in data["cells"]] == [
        ("cell-000", {"tags": ["x"]})
    ]
    assert first.endswith(b"}\n") and os.listdir(path.parent) == [path.name]


def test_error_shows_its_cell(notebook):
    path = notebook("before = 1", "raise LookupError('nobody')", "open('after', 'w').close()")
    before = path.read_bytes()
    with pytest.raises(CourseError, match="02_tiny.ipynb stopped at the cell shown above"):
        execute(path)
    assert "raise LookupError('nobody')" in execute.shown and "before = 1" not in execute.shown
    assert "\x1b" not in execute.shown
    assert path.read_bytes() == before and os.listdir(path.parent) == [path.name]


def test_dead_kernel_told(notebook):
    path = notebook("import os", "os._exit(1)")
    before = path.read_bytes()
    with pytest.raises(CourseError, match="a cell ran too long, or ended its own kernel"):
        execute(path)
    assert path.read_bytes() == before


def test_broken_file_told(folder):
    (folder / "02_tiny.ipynb").write_text("{half")
    with pytest.raises(CourseError, match="is not a notebook .*; restore it with git"):
        execute(folder / "02_tiny.ipynb")


def test_notebooks_chosen_by_number(notebook, folder):
    second, tenth = notebook("1"), notebook("1", name="10_more.ipynb")
    (folder / "notes.ipynb").write_text("{}")
    assert run.chosen() == [second, tenth]
    assert run.chosen("2") == run.chosen("02") == [second]


@pytest.mark.parametrize("number", ["abc", "*", "/etc", "../02"])
def test_odd_number_told(notebook, number):
    notebook("1")
    with pytest.raises(CourseError, match=re.escape(f"{number!r} is not the number")):
        run.chosen(number)


def test_missing_notebook_told(folder):
    with pytest.raises(CourseError, match="There is no notebook 99 in"):
        run.chosen("99")
    with pytest.raises(CourseError, match="There is no notebook in"):
        run.chosen()


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
def test_interruption_leaves_no_kernel(notebook):
    path = notebook("open('begun', 'w').close()\nimport time\ntime.sleep(600)")
    before = path.read_bytes()
    process = subprocess.Popen([sys.executable, "-c", RUN, str(path)], start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    assert wait_until((path.parent / "begun").exists, 60)
    family = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    assert family and process.wait(scaled(60)) != 0
    _, alive = psutil.wait_procs(family, timeout=scaled(10))
    assert alive == [] and path.read_bytes() == before


def test_check_compares_outputs(notebook, folder, capfd):
    (folder / "sanitize.cfg").write_text("[ports]\nregex: :\\d+\nreplace: :PORT\n")
    path = notebook("print('at :1234')", "1 + 1")
    execute(path)
    path.write_text(path.read_text().replace(":1234", ":5678").replace('"2"', '"3"'))
    assert run.check([path]) == 1  # pytest's own status
    assert "1 failed, 1 passed" in capfd.readouterr().out
