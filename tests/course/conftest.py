"""Copies of solutions to spoil, and how a grader judges them.

What was changed is judged by the tasks whose code is of its kind: Python by the server's tasks, a
page's script by the page's tasks. With DUPLEX_EVERY_TASK=1 every task judges every change; that
takes minutes, and is a step of its own in .ci/run.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import pytest

from duplex import project, skeleton
from duplex.sources import sources, text_of
from duplex.worker import grade


@pytest.fixture
def copy_of():
    """Copy a lab's solution to a temporary folder: copy_of(lab); removed after the test."""
    copies = []

    def copy(lab) -> Path:
        copies.append(project.copy(lab.folder("solutions")))
        return copies[-1]

    yield copy
    for one in copies:
        project.remove(one)


def _apply(design: Path, target: Path) -> list[str]:
    """Turn a copy of a solution into another right design; return the names of its files."""
    remove = design / "remove.txt"
    for path in remove.read_text(encoding="utf-8").split() if remove.is_file() else ():
        (target / path).unlink()
    other = shutil.ignore_patterns("__pycache__")
    shutil.copytree(design, target, dirs_exist_ok=True, ignore=other)
    return [path.name for path in design.rglob("*") if path.is_file()]


@pytest.fixture
def design_of(copy_of):
    """Make another right design of a lab: design_of(lab, design) is its folder and its files."""

    def make(lab, design: Path) -> tuple[Path, list[str]]:
        target = copy_of(lab)
        return target, _apply(design, target)

    return make


@pytest.fixture
def failed():
    """Grade a project: failed(lab, folder, tasks) maps each task that did not pass to its verdict.

    A task that cannot be checked here (no browser) is left out; when that is the one a test is
    about (`about`), the test is skipped.
    """

    def judge(lab, folder, tasks=None, about=None) -> dict:
        verdicts = grade(lab, folder, tasks)
        for one in verdicts:
            if one.task_id == about and one.verdict == "not checked":
                pytest.skip(one.message)
        return {one.task_id: one for one in verdicts
                if one.verdict not in ("passed", "not checked")}  # fmt: skip

    return judge


@pytest.fixture(scope="session")
def judges():
    """Choose who judges changed files: judges(lab, files, also, but) lists tasks; None: all."""

    def choose(lab, files: Iterable[str], also=frozenset(), but=frozenset()) -> list[str] | None:
        if os.environ.get("DUPLEX_EVERY_TASK"):
            return None
        touched = set(map(side, files))
        mine = [task for task, where in sides(lab).items() if where & touched]
        return [task.id for task in lab.tasks if task.id in {*mine, *also} - {*but}]

    return choose


def side(path: str) -> str:
    """Tell on which side a file runs."""
    pages = (".js", ".css", ".html")
    return "page" if PurePosixPath(path).suffix in pages else "server"


def sides(lab) -> dict[str, set[str]]:
    """Return the sides on which each task of a lab has code to write."""
    found: dict[str, set[str]] = {}
    for path, file in sources(lab.name).items():
        if file.suffix in skeleton.MARKS:
            for region in skeleton.regions(text_of(file), file.suffix, path):
                found.setdefault(region.id, set()).add(side(path))
    return found
