"""The lecture's map in the README is complete, and leads to what is there."""

import ast
import re

import nbformat
import pytest

from duplex import catalog

ROOT = catalog.ROOT
# How many sentences (or lines of code that say something) the lecture has under each heading.
SENTENCES = {
    "Introduzione": 7, "Websockets": 4, "Client-side": 4, "Server-side": 8, "Configurazione": 7,
    "Websocket channels": 3, "Regole": 3, "Channel layers": 4, "Naive Chat": 4,
    "Channels consumer": 7,
}  # fmt: skip
LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")


def rows() -> list[list[str]]:
    """Return the cells of each row of the map."""
    text = (ROOT / "README.md").read_text("utf-8").partition("## The lecture, sentence by")[2]
    lines = [line for line in text.splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


ROWS = [pytest.param(row, id=row[0]) for row in rows()]


def test_every_sentence_has_its_row():
    wanted = [f"{part} {number + 1}" for part, most in SENTENCES.items() for number in range(most)]
    assert [row[0] for row in rows()] == wanted


@pytest.mark.parametrize("row", ROWS)
def test_sections_are_there(row):
    sections = row[2].split("; ")
    for section in sections:
        path, title = LINK.match(section)[2], section.partition(") ")[2]
        cells = nbformat.read(ROOT / path, as_version=4).cells
        prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        heading = rf"^#+ (\d+ · )?{re.escape(title)}$"  # the clinic's cases may be renumbered
        assert re.search(heading, prose, re.MULTILINE), section
    assert sections


@pytest.mark.parametrize("row", ROWS)
def test_task_and_test_are_there(row):
    assert not row[3] or catalog.task(row[3])
    name, path = LINK.match(row[4]).groups()
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    tests = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert name in tests, f"{path} has no {name}"


def test_every_lab_of_the_lecture_is_on_the_map():
    assert {row[3].partition(".")[0] for row in rows()} >= {"1", "2", "3", "4", "5"}


def test_notebooks_link_to_the_words():
    words = "00_start_here.ipynb#8-·-Words"
    without = [
        path.name for path in sorted((ROOT / "notebooks").glob("[01]*.ipynb"))
        if words not in path.read_text("utf-8") and not path.name.startswith("00")
    ]  # fmt: skip
    assert without == []
