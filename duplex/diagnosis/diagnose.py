"""From the evidence of a failed task to the known mistake behind it, or to "not sure".

A diagnosis never changes a mark. It reads what a client saw, what the servers printed, and the
shape of the code, which is parsed and never executed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from duplex import catalog, mistakes
from duplex.diagnosis.begun import begun
from duplex.diagnosis.code import Code, Place
from duplex.diagnosis.errors import Explanation, explain
from duplex.diagnosis.evidence import Evidence
from duplex.diagnosis.raised import NEVER_AWAITED, Raised, raised, uncaught
from duplex.diagnosis.signs import Sign
from duplex.diagnosis.written import written
from duplex.verdict import TaskVerdict

SILENT = ("passed", "not checked", "grader error", "not submitted", "tampered")
LONGEST = 200  # characters of an exception's words that are kept
OUTSIDE = ("ConnectionError", "ConnectionResetError", "ConnectionRefusedError", "TimeoutError",
           "CancelledError", "NotImplementedError", "RuntimeWarning")  # fmt: skip
EARLIER = 2  # how much less a mistake of an earlier lab weighs
WORKED = "written"  # the shape that only says where somebody worked, and explains no exception


@dataclass(frozen=True)
class Cause:
    """A known mistake that the evidence points to, or an exception; and the line to look at."""

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

    @property
    def look(self) -> str:
        """Where to look next: the line of an exception, else that of the likeliest cause."""
        place = self.place or (self.causes[0].place if self.causes else None)
        return str(place or "")


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
        evidence, begun = Evidence(verdict), verdict.task_id in self.begun
        found, fitting = raised(evidence), self._fitting(evidence)
        told = explain(self.code, found, tuple(self.lab.edits)) if begun else None
        blamed = told.raised if told else next(iter(found), None)
        telling = [one for one in fitting
                   if blamed and tells_of(one[1], evidence, blamed, self.code)]  # fmt: skip
        if told and not telling and not (told.weak and fitting):  # what fits ignores the exception
            cause = self._explained(told, verdict)
            return Diagnosis(verdict.task_id, (cause,), cause.place, told.raised.line)
        if begun and not told and not telling and blamed and self._is_own(blamed):
            fitting = []  # it is better not to guess
        if not fitting and not begun:
            return None
        ranked = sorted(fitting, key=lambda one: one not in telling)
        place = found[0].place(self.lab.edits) if found else evidence.last_place()
        line = found[0].line if found else verdict.cause
        return Diagnosis(verdict.task_id, self._causes(evidence, ranked), place, line)

    def _is_own(self, one: Raised) -> bool:
        """Tell whether a line of the student's own raised an exception, and not a library's."""
        edited = one.inside and one.frames[-1].place.file in self.lab.edits
        return edited and one.kind not in OUTSIDE

    def _explained(self, told: Explanation, verdict: TaskVerdict) -> Cause:
        """Return what an exception or warning means as a cause, without any known mistake."""
        section = f"{self.lab.notebook}#Task {verdict.task_id} · {verdict.title}"
        return Cause(told.raised.line[:LONGEST], told.name, told.why, told.read or section,
                     told.place, verdict.task_id)  # fmt: skip

    def _fitting(self, evidence: Evidence) -> list[tuple[mistakes.Mistake, Sign]]:
        """Return the known mistakes of which a sign holds, the likeliest first."""
        weighed = []
        for mistake, less in self.known:
            holding = [sign for sign in self._signs(mistake, evidence)
                       if sign.holds(evidence, self.code)]  # fmt: skip
            if holding:
                best = max(holding, key=lambda sign: sign.weight)
                weighed.append((less - best.weight, len(weighed), mistake, best))
        return [one[2:] for one in sorted(weighed, key=lambda one: one[:2])]

    def _causes(
        self, evidence: Evidence, fitting: list[tuple[mistakes.Mistake, Sign]]
    ) -> tuple[Cause, ...]:
        causes: dict[Place | None, Cause] = {}  # of two at one place the likelier
        for mistake, sign in fitting:
            place = sign.place(evidence, self.code) or self._last_resort(mistake, evidence)
            causes.setdefault(place, _cause(mistake, place))
        return tuple(causes.values())

    def _last_resort(self, mistake: mistakes.Mistake, evidence: Evidence) -> Place | None:
        """Return the line that the last exception came from, or else the first of the task's."""
        task = evidence.verdict.task_id if evidence.verdict.task_id in self.begun else mistake.task
        return evidence.last_place() or next(written(self.lab, self.folder, task), None)

    def _signs(self, mistake: mistakes.Mistake, evidence: Evidence) -> Sequence[Sign]:
        """Return the signs of a mistake that may explain this task."""
        if not mistake.task.startswith(f"{self.lab.number}."):
            return [sign for sign in mistake.signs if sign.anywhere]
        here = evidence.verdict.task_id in (mistake.task, *mistake.also)
        return mistake.signs if here and mistake.task in self.begun else ()


def tells_of(sign: Sign, evidence: Evidence, blamed: Raised, code: Code) -> bool:
    """Tell whether a sign that holds explains an exception as well: its words, or a line it names.

    What was never awaited is not what the log ends with, when an exception explains more.
    """
    log = uncaught(evidence.log)
    if evidence.start_failed:  # the message is the exception
        log = f"{log}\n{evidence.message}"
    exception = blamed.kind != NEVER_AWAITED
    for words in (_speaks(wanted, log) for name, wanted in sign.texts
                  if name == "log" or (name == "message" and evidence.start_failed)):  # fmt: skip
        if words and not (exception and words.endswith("never awaited")):
            return True
    places = {frame.place for frame in blamed.frames}
    where = [one for one in (*sign.shape, *sign.at) if one.name != WORKED]
    return any(place in places for rule in where for place in rule.places(code))


def _speaks(wanted: re.Pattern, log: str) -> str:
    """Return the first words of a log that fit, or nothing.

    A class's name alone means an exception of that class, not one that a message names.
    """
    for found in wanted.finditer(log):
        before = log[log.rfind("\n", 0, found.start()) + 1 : found.start()]
        if not re.fullmatch(r"[A-Z]\w*", found[0]) or re.fullmatch(r"[\w.]*", before):
            return found[0]
    return ""


def _cause(mistake: mistakes.Mistake, place: Place | None) -> Cause:
    return Cause(mistake.id, mistake.name, mistake.why, mistake.read, place, mistake.task)
