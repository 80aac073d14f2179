"""Each skeleton starts and fails every task; each stub alone turns exactly its own task red.

Of the stubs alone one is judged for each lab; DUPLEX_EVERY_STUB names the labs of which all are.
Of the skeletons those of labs 1 to 5; DUPLEX_EVERY_SKELETON names others, such as "7" or "all".
"""

import os
import subprocess
import sys

import pytest

from duplex import progression, tree
from tests.course.thorough import due, is_quick

LABS = progression.labs()
STUBS = [
    pytest.param(lab, task.id, id=task.id)
    for lab in LABS
    for task in due("DUPLEX_EVERY_STUB", lab, lab.tasks, lab.tasks[-1:])
]
SKELETONS = [
    pytest.param(one, id=one.name)
    for lab in LABS
    for one in due("DUPLEX_EVERY_SKELETON", lab, [lab], [lab] if is_quick(lab) else [])
]
by_lab = pytest.mark.parametrize("lab", [pytest.param(lab, id=lab.name) for lab in LABS])


@pytest.fixture
def skeleton_of(copy_of):
    """Copy a lab's solution, and make its tasks (or one of them) TODOs: skeleton_of(lab, tasks)."""

    def write(lab, tasks=None):
        folder = copy_of(lab)
        for path, content in tree.render(lab.name, tasks).items():
            (folder / path).write_bytes(content)
        return folder

    return write


@by_lab
def test_skeleton_passes_django_check(lab, skeleton_of):
    command = [sys.executable, "-W", "error", "manage.py", "check", "--fail-level", "WARNING"]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}
    env |= {"PYTHONDONTWRITEBYTECODE": "1"} | lab.env
    said = subprocess.run(
        command, cwd=skeleton_of(lab), env=env, text=True, capture_output=True, timeout=120
    )
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize("lab", SKELETONS)
def test_skeleton_fails_every_task(lab, skeleton_of, failed):
    from duplex.worker import grade

    verdicts = {one.task_id: one for one in grade(lab, skeleton_of(lab))}
    assert [task for task, one in verdicts.items() if one.verdict == "passed"] == []
    judged = {task: one for task, one in verdicts.items() if one.verdict != "not checked"}
    for one in judged.values():
        assert one.verdict in ("wrong", "timeout"), one
        assert one.message and "\n" not in one.message, one
        assert "Traceback" not in one.message, one
    assert len({one.message for one in judged.values()}) == len(judged), judged


@pytest.mark.parametrize(("lab", "task"), STUBS)
def test_stub_fails_its_task_only(lab, task, skeleton_of, failed, judges):
    red = failed(lab, skeleton_of(lab, {task}), judges(lab, task), about=task)
    assert set(red) == {task}, red
