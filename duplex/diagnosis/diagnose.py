"""From the evidence of a failed task to the known mistake behind it, or to "not sure".

A diagnosis never changes a mark. It reads what a client saw, what the servers printed, and the
shape of the code, which is parsed and never executed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from duplex import catalog, mistakes
from duplex.diagnosis.begun import begun
from duplex.diagnosis.code import Code, Place
from duplex.diagnosis.evidence import Evidence
from duplex.diagnosis.signs import Sign
from duplex.verdict import TaskVerdict

SILENT = ("passed", "not checked", "grader error", "not submitted", "tampered")
EARLIER = 2  # how much less a mistake of an earlier lab weighs


@dataclass(frozen=True)
class Cause:
    """A known mistake that the evidence points to, and the line to look at."""

    id: str
    name: str
    why: str
    read: str
    place: Place | None
    task: str


@dataclass(frozen=True)
class Diagnosis:
    """What is known about a failed task: its likely causes, the likeliest first.

    Without any, the evidence alone: `place` is the line that the last exception came from.
    """

    task: str
    causes: tuple[Cause, ...]
    place: Place | None = None
    blamed: str = ""  # the last exception or warning in the log

    @property
    def sure(self) -> bool:
        """Tell whether the evidence points to a known mistake."""
        return bool(self.causes)


def diagnose(
    lab: catalog.Lab, folder: Path, verdicts: Iterable[TaskVerdict]
) -> dict[str, Diagnosis]:
    """Return a diagnosis for each failed task that was begun, by the task's id."""
    doctor = Doctor(lab, folder)
    found = {one.task_id: doctor.diagnosis(one) for one in verdicts if one.verdict not in SILENT}
    return {task: diagnosis for task, diagnosis in found.items() if diagnosis}


class Doctor:
    """Compares evidence with the mistakes that are known of a lab."""

    def __init__(self, lab: catalog.Lab, folder: Path):
        self.lab, self.folder = lab, Path(folder)

    @cached_property
    def code(self) -> Code:
        """The project's code, read when the first task has failed."""
        return Code(self.folder)

    @cached_property
    def begun(self) -> set[str]:
        """The tasks that differ from the skeleton."""
        return begun(self.lab, self.folder)

    @cached_property
    def known(self) -> list[tuple[mistakes.Mistake, int]]:
        """The mistakes known of this lab and of those before it, and how much less each weighs."""
        known = [(one, 0) for one in mistakes.load(self.lab)]
        earlier = [one for one in catalog.labs() if one.number < self.lab.number]
        known += [(one, EARLIER) for other in reversed(earlier)
                  for one in mistakes.load(other)]  # fmt: skip
        return known

    def try_diagnosis(self, verdict: TaskVerdict) -> Diagnosis | None:
        """Return a diagnosis, or None: also for code that a diagnosis stumbles over."""
        if verdict.verdict in SILENT:
            return None
        try:
            return self.diagnosis(verdict)
        except Exception:  # a verdict is worth more than its explanation
            return None

    def diagnosis(self, verdict: TaskVerdict) -> Diagnosis | None:
        """Return what one failed task suffers from; None when it has not been begun."""
        evidence = Evidence(verdict)
        causes = self._causes(evidence)
        if not causes and verdict.task_id not in self.begun:
            return None
        return Diagnosis(verdict.task_id, causes, evidence.last_place(), verdict.cause)

    def _causes(self, evidence: Evidence) -> tuple[Cause, ...]:
        weighed = []
        for mistake, less in self.known:
            holding = [sign for sign in self._signs(mistake, evidence)
                       if sign.holds(evidence, self.code)]  # fmt: skip
            if holding:
                best = max(holding, key=lambda sign: sign.weight)
                weighed.append((less - best.weight, len(weighed), mistake, best))
        ranked = [one[2:] for one in sorted(weighed, key=lambda one: one[:2])]
        causes: dict[Place | None, Cause] = {}  # of two at one place the likelier
        for mistake, sign in ranked:
            place = sign.place(evidence, self.code) or evidence.last_place()
            causes.setdefault(place, _cause(mistake, place))
        return tuple(causes.values())

    def _signs(self, mistake: mistakes.Mistake, evidence: Evidence) -> Sequence[Sign]:
        """Return the signs of a mistake that may explain this task."""
        if not mistake.task.startswith(f"{self.lab.number}."):
            return [sign for sign in mistake.signs if sign.anywhere]
        here = evidence.verdict.task_id in (mistake.task, *mistake.also)
        return mistake.signs if here and mistake.task in self.begun else ()


def _cause(mistake: mistakes.Mistake, place: Place | None) -> Cause:
    return Cause(mistake.id, mistake.name, mistake.why, mistake.read, place, mistake.task)
