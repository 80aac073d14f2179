"""Each known mistake fails the task it names, and no task that it does not name.

The tasks that fail `also` are judged only with DUPLEX_EVERY_TASK=1: no test demands that they do.
"""

import pytest

from duplex import mistakes, progression

KNOWN = [
    pytest.param(lab, mistake, id=f"{lab.name[:5]}-{mistake.id}")
    for lab in progression.labs()
    for mistake in mistakes.load(lab)
]


@pytest.mark.parametrize(("lab", "mistake"), KNOWN)
def test_mistake_fails_its_task(lab, mistake, copy_of, failed, judges):
    folder = copy_of(lab)
    mistakes.apply(mistake, folder)
    files = [edit.file for edit in mistake.edits]
    tasks = judges(lab, files, also={mistake.task}, but=mistake.also)
    red = failed(lab, folder, tasks, about=mistake.task)
    assert mistake.task in red
    assert set(red) <= {mistake.task, *mistake.also}, red
    assert "grader error" not in {one.verdict for one in red.values()}, red
