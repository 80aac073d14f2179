"""Records of a small class for the tests of duplex.results, made without grading."""

from pathlib import Path

from duplex import catalog
from duplex.batch.record import Record, Submission
from duplex.verdict import TaskVerdict

DIAGNOSIS = {
    "sure": True, "place": None,
    "causes": [{"id": "add_not_awaited", "name": "`group_add` without `await`",
                "why": "`group_add` is a coroutine.", "task": "4.3",
                "read": "08_groups_and_layers#Task 4.3 · Publish and subscribe",
                "place": "chat/consumers.py, line 12"}],
}  # fmt: skip


def submission(student="ada", name="Ada Lovelace", source=Path("nowhere"), **more) -> Submission:
    """Return a submission of a student."""
    return Submission(student, name, source, **more)


def record(of=None, lab=4, *, diagnoses=None, seconds=1.5, **verdicts) -> Record:
    """Return a record in which every task passed, but for those named like t3="wrong"."""
    made = []
    for number, task in enumerate(catalog.lab(lab).tasks, 1):
        told = verdicts.get(f"t{number}", verdicts.get("each", "passed"))
        verdict, message = told if isinstance(told, tuple) else (told, "")
        points = task.points if verdict == "passed" else 0
        made.append(TaskVerdict(task.id, task.title, verdict, points, task.points, message))
    of = of or submission()
    return Record(of, lab, tuple(made), diagnoses or {}, seconds, f"{of.student}-{lab}")
