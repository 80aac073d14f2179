"""Each known mistake fails the task it names, and no task that it does not name.

The tasks are judged whose code is of the mistake's kind: a slip in Python by the server's tasks, a
slip in a page's script by the page's tasks. With DUPLEX_EVERY_TASK=1 every task judges every slip.
"""

from pathlib import PurePosixPath

import pytest

from duplex import mistakes, progression, skeleton
from duplex.sources import sources, text_of

KNOWN = [
    pytest.param(lab, mistake, id=f"{lab.name[:5]}-{mistake.id}")
    for lab in progression.labs()
    for mistake in mistakes.load(lab)
]


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


def judges(lab, mistake) -> list[str]:
    """Return the tasks that judge a mistake."""
    touched = {side(edit.file) for edit in mistake.edits}
    named = {mistake.task, *mistake.also}
    return [task.id for task in lab.tasks
            if task.id in named or sides(lab)[task.id] & touched]  # fmt: skip


@pytest.mark.parametrize(("lab", "mistake"), KNOWN)
def test_mistake_fails_its_task(lab, mistake, copy_of, failed, every_task):
    folder = copy_of(lab)
    mistakes.apply(mistake, folder)
    tasks = None if every_task else judges(lab, mistake)
    red = failed(lab, folder, tasks, about=mistake.task)
    assert mistake.task in red
    assert set(red) <= {mistake.task, *mistake.also}, red
    assert "grader error" not in {one.verdict for one in red.values()}, red
