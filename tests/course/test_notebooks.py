"""Each notebook keeps the course's form: opening, rhythm, closing, and outputs that are current."""

import ast
import json
import re
from itertools import groupby
from statistics import median

import nbformat
import pytest

from duplex import catalog

HOME = catalog.ROOT / "notebooks"
PATHS = sorted(HOME.glob("[0-9]*.ipynb"))
TAGS = {"nbval-ignore-output", "nbval-skip"}
OPENING = ("**Where you are.**", "**You will build**", "**You will learn**", "**You will need**",
           "**You edit**", " minutes.")  # fmt: skip


@pytest.fixture(params=PATHS, ids=lambda path: path.stem[:2])
def path(request):
    """Each notebook's file."""
    return request.param


@pytest.fixture
def cells(path):
    """The cells of each notebook."""
    return nbformat.read(path, as_version=4).cells


def code(cells) -> list:
    """Return the code cells."""
    return [cell for cell in cells if cell.cell_type == "code"]


def prose(cells) -> str:
    """Return all that is prose."""
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def lines(cell) -> int:
    """Count a code cell's lines that are not blank."""
    return sum(bool(line.strip()) for line in cell.source.splitlines())


def test_numbers_are_unique():
    numbers = [path.name[:2] for path in PATHS]
    assert numbers == sorted(set(numbers)) and numbers[0] == "00"


def test_opening_is_alike(path, cells):
    opening = cells[0].source
    assert re.match(rf"# {path.name[:2]} · \S", opening)
    assert [part for part in OPENING if part not in opening] == []


def test_setup_is_one_import(cells):
    first = code(cells)[0].source.splitlines()[0]
    assert re.fullmatch(r"from duplex\.notebook\.\w+ import \*", first)


def test_cells_are_short(cells):
    sizes = [lines(cell) for cell in code(cells)]
    assert median(sizes) <= 4
    assert max(sizes) <= 15


def test_prose_between_code(cells):
    runs = [len(list(run)) for kind, run in groupby(cell.cell_type for cell in cells)
            if kind == "code"]  # fmt: skip
    assert max(runs) <= 2


def test_reader_predicts_first(path, cells):
    assert path.name.startswith("00") or "**Predict" in prose(cells)


def test_closing_is_alike(path, cells):
    headings = re.findall(r"^## (.+)$", prose(cells), re.MULTILINE)
    assert headings[-2:] == ["Check yourself", "What you have now"]
    assert f'quiz("{path.name[:2]}")' in [cell.source for cell in code(cells)]
    assert "**Next" in cells[-1].source


def test_outputs_have_no_error(cells):
    outputs = [output for cell in code(cells) for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error"] == []
    assert [output for output in outputs if output.get("name") == "stderr"] == []


def test_every_cell_was_run(cells):
    counts = [cell.execution_count for cell in code(cells)]
    assert counts == list(range(1, len(counts) + 1))


def test_file_is_as_written_by_run(path, cells):
    assert [cell.id for cell in cells] == [f"cell-{count:03d}" for count in range(len(cells))]
    assert {tag for cell in cells for tag in cell.metadata.get("tags", ())} <= TAGS
    assert {key for cell in cells for key in cell.metadata} <= {"tags"}


def test_observations_are_checked(path, cells):
    asserted = [cell for cell in code(cells) if re.search(r"^assert ", cell.source, re.MULTILINE)]
    assert len(asserted) >= (1 if path.name.startswith("00") else 5)
    silent = [cell.source for cell in asserted if "nbval-skip" in cell.metadata.get("tags", ())]
    assert silent == []


def test_pictures_are_described(cells):
    for cell in code(cells):
        if cell.source.startswith("%%"):  # another language
            continue
        for call in ast.walk(ast.parse(re.sub(r"^[!%].*$", "", cell.source, flags=re.MULTILINE))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "draw":
                assert any(word.arg == "alt" for word in call.keywords), cell.source


def test_quiz_answers_explain(path):
    questions = json.loads((HOME / "quizzes" / f"{path.name[:2]}.json").read_text("utf-8"))
    assert len(questions) >= 2
    for question in questions:
        answers = question["answers"]
        assert [answer for answer in answers if not answer.get("feedback", "").strip()] == []
        right = [answer for answer in answers if answer.get("correct")]
        assert len(right) == 1 or question["type"] == "many_choice" and right
