"""results.json: everything a run found out, for programs; schema.json describes it."""

import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import IO

from duplex import __version__
from duplex.batch.record import Record, Submission
from duplex.results.labs import lab as read_lab
from duplex.results.labs import max_points
from duplex.results.score import Score
from duplex.results.similar import Pair

SCHEMA = 1  # grows when a program that reads the file must be changed
FILE = "results.json"


def schema() -> dict:
    """Return the JSON Schema of results.json."""
    return json.loads(Path(__file__).with_name("schema.json").read_text("utf-8"))


class Writer:
    """Writes results.json student by student; the old file stays until the new one is whole."""

    def __init__(self, out: Path, labs: Iterable[int], policy: str):
        self.target = out / FILE
        handle, self._name = tempfile.mkstemp(prefix=".new-", dir=out)
        self._file: IO = open(handle, "w", encoding="utf-8")  # noqa: SIM115 - closed by `finish`
        head = {"schema": SCHEMA, "duplex": __version__, "late_policy": policy or None,
                "labs": list(map(_lab, labs))}  # fmt: skip
        self._file.write(f"{_text(head)[:-2]},\n \"students\": [")
        self._before = "\n"

    def add(self, submission: Submission, page: str, graded: list[tuple[Record, Score]]) -> None:
        """Write one student."""
        student = {
            "student": submission.student, "name": submission.name, "ids": submission.ids,
            "submitted": submission.submitted or None, "problem": submission.problem or None,
            "notes": list(submission.notes), "feedback": page,
            "labs": [_graded(record, score) for record, score in graded],
        }  # fmt: skip
        self._file.write(self._before + _text(student))
        self._before = ",\n"

    def finish(self, pairs: list[Pair], silent: list[str], notes: list[str]) -> None:
        """Write the rest, and put the file in its place."""
        alike = [asdict(pair) for pair in pairs]
        rest = {"nothing_from": silent, "similar": alike, "notes": notes}
        self._file.write(f"\n ],\n{_text(rest)[2:]}\n")
        self._file.close()
        os.chmod(self._name, 0o644)
        os.replace(self._name, self.target)

    def abandon(self) -> None:
        """Remove what is not finished."""
        self._file.close()
        Path(self._name).unlink(missing_ok=True)


def _text(data: object) -> str:
    return json.dumps(data, indent=1)


def _lab(number: int) -> dict:
    lab = read_lab(number)
    tasks = [{"task": task.id, "title": task.title, "max_points": task.points,
              "hidden": task.hidden or None} for task in lab.tasks]  # fmt: skip
    return {"lab": number, "title": lab.title, "tasks": tasks,
            "max_points": max_points(number)}  # fmt: skip


def _graded(record: Record, score: Score) -> dict:
    return {
        "lab": record.lab, "state": score.state, "score": score.value, "points": score.points,
        "max_points": score.max_points, "told": score.told, "days_late": score.late.days,
        "percent_off": score.late.percent, "seconds": record.seconds, "key": record.key,
        "tasks": [_task(record, verdict) for verdict in record.verdicts],
    }  # fmt: skip


def _task(record: Record, verdict) -> dict:
    """Return one verdict; its evidence stays among the kept results."""
    data = asdict(verdict)
    del data["evidence"]
    diagnosis = record.diagnoses.get(verdict.task_id)
    return {"task": data.pop("task_id")} | data | {"diagnosis": diagnosis}

