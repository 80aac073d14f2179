"""Say a diagnosis: to a student under the failed task, to a program as data."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from duplex import catalog
from duplex.diagnosis.diagnose import Cause, Diagnosis, Doctor
from duplex.terminal import clean, say
from duplex.verdict import TaskVerdict

INDENT = 9


class Explainer:
    """Explains one check's failures as they come; `said` is what it said, as data, by task."""

    def __init__(self, console: Console, lab: catalog.Lab, folder: Path):
        self.console, self.doctor = console, Doctor(lab, folder)
        self.told: dict[str, str] = {}  # each cause that was said, and of which task
        self.said: dict[str, dict | None] = {}
        self.looks: dict[str, str] = {}  # where to look next, by task

    def explain(self, verdict: TaskVerdict) -> None:
        """Say why a task failed, as far as that is known."""
        diagnosis = self.doctor.try_diagnosis(verdict)
        say_diagnosis(self.console, diagnosis, self.told)
        self.said[verdict.task_id] = as_data(diagnosis)
        self.looks[verdict.task_id] = diagnosis.look if diagnosis else ""


def explained(lab: catalog.Lab, folder: Path, verdicts: list[TaskVerdict]) -> dict[str, dict]:
    """Return the diagnosis of each failed task that has one, as data, by task."""
    doctor = Doctor(lab, folder)
    told = {one.task_id: as_data(doctor.try_diagnosis(one)) for one in verdicts}
    return {task: data for task, data in told.items() if data}


def say_diagnosis(console: Console, diagnosis: Diagnosis | None, told: dict[str, str]) -> None:
    """Say the likely cause under a failed task; what `told` has (cause, task) is not said again.

    The first one is said with its reason, and each with where to read on.
    """
    if diagnosis is None:
        return
    if not diagnosis.sure:
        _line(console, "Not sure: ", unsure(str(diagnosis.place or ""), diagnosis.blamed))
        return
    first, *others = diagnosis.causes
    if first.id in told:
        _line(console, "Likely: ", f"the same as in task {told[first.id]}.")
        return
    _line(console, "Likely: ", f"{first.name}{at(first)}.")
    if not told:
        _line(console, "", first.why)
    _line(console, "Read on: ", reading(first))
    if not told:
        for other in others[:1]:
            _line(console, "Or else: ", f"{other.name}{at(other)}.")
    told[first.id] = diagnosis.task


def _line(console: Console, label: str, text: str) -> None:
    say(console, Text(label, style="bold").append(clean(text), style="default"), indent=INDENT)


def at(cause: Cause) -> str:
    """Return where to look for a cause, in brackets."""
    return f" ({cause.place})" if cause.place else ""


def unsure(place: str, blamed: str) -> str:
    """Return the sentence for a failure that no known mistake explains."""
    if blamed and place:
        return f"no known mistake fits. What happened is “{blamed}”, in {place}."
    if place:
        return f"no known mistake fits. The last error came from {place}."
    if blamed:
        return f"no known mistake fits. All the evidence is the server's log: “{blamed}”."
    return "no known mistake fits, and the server's log tells of no error."


def reading(cause: Cause) -> str:
    """Return the notebook and the section that explain a cause."""
    notebook, _, section = cause.read.partition("#")
    return f"notebooks/{notebook}.ipynb, “{section}”"


def as_data(diagnosis: Diagnosis | None) -> dict | None:
    """Return a diagnosis as JSON data; of `causes`, the likeliest comes first."""
    if diagnosis is None:
        return None
    causes = [{"id": one.id, "name": one.name, "why": one.why, "read": one.read,
               "task": one.task, "place": one.place and str(one.place)}
              for one in diagnosis.causes]  # fmt: skip
    place = diagnosis.place and str(diagnosis.place)
    return {"sure": diagnosis.sure, "causes": causes, "place": place, "blamed": diagnosis.blamed}
