"""One id for each task: the same set of ids wherever tasks are named."""

import ast
import re

import pytest

from duplex import catalog, mistakes, progression, skeleton, tree
from duplex.sources import sources, text_of
from duplex.verdict import grader_file

LABS = [pytest.param(lab, id=lab.name) for lab in progression.labs()]
NOTEBOOKS = catalog.ROOT / "notebooks"
TODO = re.compile(r"TODO task (\d+\.\d+): ")
pytestmark = pytest.mark.parametrize("lab", LABS)


def ids(lab) -> set[str]:
    """Return the ids of a lab's tasks."""
    return {task.id for task in lab.tasks}


def grader_tests(lab) -> list[ast.FunctionDef]:
    """Return the tests in a lab's grader, read without importing it."""
    body = ast.parse(grader_file(lab).read_text(encoding="utf-8")).body
    return [node for node in body if getattr(node, "name", "").startswith("test_")]


def marks(test: ast.FunctionDef) -> list[str]:
    """Return the arguments of a test's task marks."""
    calls = [one for one in test.decorator_list if isinstance(one, ast.Call)]
    return [call.args[0].value for call in calls if ast.unparse(call.func) == "pytest.mark.task"]


def headings(name: str, folder=NOTEBOOKS) -> list[str]:
    """Return the headings of a notebook, without their number signs."""
    import nbformat

    cells = nbformat.read(folder / f"{name}.ipynb", as_version=4).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.findall(r"^#+ (.+?)\s*$", prose, re.MULTILINE)


def test_fences_name_tasks(lab):
    fenced = {
        region.id
        for file in sources(lab.name).values()
        if file.suffix in skeleton.MARKS
        for region in skeleton.regions(text_of(file), file.suffix, str(file))
    }
    assert fenced == ids(lab)


def test_todos_name_tasks(lab):
    skeletons = (content.decode(errors="replace") for content in tree.render(lab.name).values())
    assert {task for text in skeletons for task in TODO.findall(text)} == ids(lab)


def test_graders_name_tasks(lab):
    assert {mark for test in grader_tests(lab) for mark in marks(test)} == ids(lab)


def test_each_grader_test_judges_one_task(lab):
    assert [test.name for test in grader_tests(lab) if len(marks(test)) != 1] == []


def test_each_grader_test_has_its_sentence(lab):
    for test in grader_tests(lab):
        sentence = ast.get_docstring(test) or ""
        assert re.fullmatch(r"\S.*[.!?]", sentence.replace("\n", " ")), f"{test.name}: {sentence}"
        assert "\n\n" not in sentence, f"{test.name}: more than one paragraph"


def test_hints_get_closer(lab):
    for task in lab.tasks:
        assert len(task.hints) >= 3
        assert len(set(task.hints)) == len(task.hints), f"{task.id} says a hint twice"


def test_notebook_leads_to_tasks(lab):
    found = [re.fullmatch(r"Task (\d+\.\d+) · (.+)", text) for text in headings(lab.notebook)]
    told = {match[1]: match[2] for match in found if match}
    assert told == {task.id: task.title for task in lab.tasks}


def test_lab_readme_names_tasks(lab):
    readme = (lab.folder("solutions") / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(rf"\b{lab.number}\.\d+\b", readme)) >= ids(lab)


def test_mistakes_name_tasks(lab):
    known = mistakes.load(lab)
    assert len(known) >= 5
    assert {mistake.task for mistake in known} == ids(lab)
    assert {task for mistake in known for task in mistake.also} <= ids(lab)
    for mistake in known:
        assert mistake.task not in mistake.also, mistake.id


def test_mistakes_send_to_notebooks(lab):
    for mistake in mistakes.load(lab):
        name, _, section = mistake.read.partition("#")
        assert (NOTEBOOKS / f"{name}.ipynb").is_file(), f"{mistake.id}: no notebook {name}"
        assert not section or section in headings(name), f"{mistake.id}: no section {section}"


def test_mistakes_are_told_apart(lab):
    for told in ("name", "sees"):
        texts = [getattr(mistake, told) for mistake in mistakes.load(lab)]
        assert sorted(texts) == sorted(set(texts))
