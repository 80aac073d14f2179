"""Copies of solutions to spoil, and how a grader judges them."""

import os
from pathlib import Path

import pytest

from duplex import project
from duplex.verdict import grade


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
def every_task() -> bool:
    """Tell whether each known mistake is judged by all tasks, not just by those of its side."""
    return bool(os.environ.get("DUPLEX_EVERY_TASK"))
