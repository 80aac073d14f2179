"""What one lab of one student is worth: the points, less what came late, or why there is none."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from duplex.batch.record import Record
from duplex.results.late import Lateness, Policy, Rule, after_penalty, clock, lateness, moment
from duplex.verdict import UNJUDGED

GRADED, UNDECIDED, MISSING, EXCUSED = "graded", "undecided", "not submitted", "excused"


@dataclass(frozen=True)
class Score:
    """A lab's result: points reached of max_points, and `value`, what counts.

    The value is None where nothing was decided: the student is excused, the deadline of what was
    not handed in has not passed, or the grader could not judge. `told` says how it came about.
    """

    state: str
    points: float
    max_points: float
    value: float | None
    late: Lateness = field(default_factory=Lateness)
    told: str = ""


def state_of(verdicts: Iterable) -> str:
    """Return how far a lab could be judged, by its verdicts."""
    kinds = {one.verdict for one in verdicts}
    if kinds & set(UNJUDGED):
        return UNDECIDED
    return MISSING if kinds == {"not submitted"} else GRADED


def score(record: Record, policy: Policy, names: set[str], now: datetime) -> Score:
    """Return a record's score for a student whom the policy may know by any of `names`."""
    state, points, most = state_of(record.verdicts), record.points, record.max_points
    rule = policy.rule(names, record.lab)
    if policy.is_excused(names, record.lab):
        return Score(EXCUSED, points, most, None, told="Excused from this lab.")
    if state == MISSING:
        return missing(rule, most, now)
    late = lateness(rule, moment(record.submission.submitted))
    if state == UNDECIDED:
        told = "Not all could be judged, which is the grader's own fault. There is no mark yet, "
        return Score(state, points, most, None, late, told + "and it costs nothing.")
    value = after_penalty(points, most, late.percent)
    return Score(state, points, most, value, late, late.told)


def missing(rule: Rule | None, max_points: float, now: datetime) -> Score:
    """Return the score of what was not handed in: a zero only when its deadline has passed."""
    due = rule.deadline + rule.grace if rule else None
    if due is None:
        value, told = None, "Nothing was handed in; there is no deadline yet."
    elif now <= due:
        value, told = None, f"Nothing was handed in yet; the deadline is {clock(rule.deadline)}."
    else:
        value = 0.0 if rule.missing == "zero" else None
        told = f"Nothing was handed in before the deadline, {clock(rule.deadline)}."
    return Score(MISSING, 0.0, max_points, value, told=told)
