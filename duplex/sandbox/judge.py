"""Grade in a sandbox: what breaks it is graded once more, and then told as such."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from duplex import catalog
from duplex.sandbox.box import LinkRefused, refuse_links
from duplex.sandbox.sandbox import Sandbox
from duplex.verdict import TaskVerdict, grade_here

BROKEN = ("The project broke the process that serves it, twice, so that this task could not be "
          "judged.")  # fmt: skip


def grade_in(
    lab: catalog.Lab,
    folder: Path | str,
    tasks: Iterable[str] | None = None,
    *,
    nursery: Sandbox,
    tell: Callable[[TaskVerdict], None] = lambda verdict: None,
    **means,
) -> list[TaskVerdict]:
    """Grade as `grade_here` does, in a sandbox, of which nothing is left afterwards."""
    tasks = None if tasks is None else list(tasks)
    try:
        refuse_links(folder)
    except LinkRefused as refusal:
        return [_tampered(_blank(task), str(refusal)) for task in _chosen(lab, tasks)]
    verdicts, sound = _attempt(lab, folder, tasks, nursery, tell, means)
    if len(sound) < len(verdicts):
        verdicts, sound = _attempt(lab, folder, tasks, nursery, tell, means)
    return [one if one.task_id in sound else _tampered(one, BROKEN) for one in verdicts]


def _attempt(lab, folder, tasks, box, tell, means) -> tuple[list[TaskVerdict], set[str]]:
    """Grade once; return the verdicts, and which fell while the sandbox still held."""
    sound = set()

    def hear(verdict: TaskVerdict) -> None:
        if box.holds():
            sound.add(verdict.task_id)
        tell(verdict)

    try:
        return grade_here(lab, folder, tasks, nursery=box, tell=hear, **means), sound
    finally:
        box.wipe()


def _chosen(lab: catalog.Lab, tasks: list[str] | None) -> list[catalog.Task]:
    return [task for task in lab.tasks if tasks is None or task.id in tasks]


def _blank(task: catalog.Task) -> TaskVerdict:
    return TaskVerdict(task.id, task.title, "tampered", 0, task.points)


def _tampered(verdict: TaskVerdict, why: str) -> TaskVerdict:
    return replace(verdict, verdict="tampered", points=0, message=why, cause="", evidence={})
