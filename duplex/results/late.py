"""What handing in late costs: pure functions of a rule, a time and points."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal

MOST_DAYS = 400  # that are counted one by one; by then every penalty has reached its limit


@dataclass(frozen=True)
class Rule:
    """What one lab demands of one student; times are aware, grace is a duration.

    Each day begun after the deadline takes `percent` of the points reached, at most `most`
    percent. `missing` says what nothing handed in is worth after the deadline: "zero" or "blank".
    """

    deadline: datetime
    grace: timedelta = timedelta()
    percent: float = 0.0
    most: float = 100.0
    missing: str = "zero"
    extended: bool = False


@dataclass(frozen=True)
class Lateness:
    """How late a submission came: days begun (0: in time), and the percent that they take."""

    days: int = 0
    percent: float = 0.0
    told: str = ""
    unknown: bool = False


@dataclass(frozen=True)
class Policy:
    """Every rule of a course: by lab, by (student, lab), and who is excused from which labs."""

    rules: dict[int, Rule] = field(default_factory=dict)
    extensions: dict[tuple[str, int], datetime] = field(default_factory=dict)
    excused: frozenset[tuple[str, int | None]] = frozenset()
    columns: dict[int, str] = field(default_factory=dict)  # how a gradebook calls a lab
    source: str = ""

    def is_excused(self, names: set[str], lab: int) -> bool:
        """Tell whether a student, known by any of `names`, is excused from a lab."""
        return any((name, number) in self.excused for name in names for number in (lab, None))

    def rule(self, names: set[str], lab: int) -> Rule | None:
        """Return the rule of a lab for a student, known by any of `names`; None: no deadline."""
        rule = self.rules.get(lab)
        until = [self.extensions[name, lab] for name in names if (name, lab) in self.extensions]
        if rule is None or not until:
            return rule
        return Rule(max(until), rule.grace, rule.percent, rule.most, rule.missing, True)

    def named(self) -> set[str]:
        """Return the students whom the policy names."""
        return {name for name, _ in self.extensions} | {name for name, _ in self.excused}


def moment(text: str) -> datetime | None:
    """Return a time in ISO 8601 with its offset; None when it is unknown or not such a time."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def days_begun(deadline: datetime, submitted: datetime) -> int:
    """Count the days begun after a deadline, by its own clock: also the day of 23 or 25 hours."""
    zone, late = deadline.tzinfo, submitted.astimezone(UTC)
    for days in range(MOST_DAYS):
        until = _later(deadline, days, zone) if days else deadline
        if late <= until.astimezone(UTC):
            return days
    return MOST_DAYS


def _later(deadline: datetime, days: int, zone: tzinfo | None) -> datetime:
    """Return the same time of day, so many days later."""
    return (deadline.replace(tzinfo=None) + timedelta(days)).replace(tzinfo=zone, fold=1)


def lateness(rule: Rule | None, submitted: datetime | None) -> Lateness:
    """Return how late a submission came, and what that costs, in words."""
    if rule is None:
        return Lateness()
    due = f"{'your own' if rule.extended else 'the'} deadline, {clock(rule.deadline)}"
    if submitted is None:
        told = "When it was handed in is unknown, so nothing is taken off."
        return Lateness(told=told, unknown=True)
    over = submitted.astimezone(UTC) - rule.deadline.astimezone(UTC)  # real time, also over DST
    if over <= timedelta():
        return Lateness(told=f"Handed in before {due}.")
    late = f"Handed in {span(over)} after {due}"
    if over <= rule.grace:
        return Lateness(told=f"{late}; that is within the grace of {span(rule.grace)}.")
    days = days_begun(rule.deadline, submitted)
    percent = min(days * rule.percent, rule.most, 100.0)
    return Lateness(days, percent, f"{late}. {_reason(rule, days, percent)}")


def _reason(rule: Rule, days: int, percent: float) -> str:
    """Return how a penalty came about."""
    if not percent:
        return "That costs nothing."
    begun = "1 day begun" if days == 1 else f"{days} days begun"
    limit = f", but at most {percent:g} %" if days * rule.percent > percent else ""
    return f"{begun}, {rule.percent:g} % each{limit}: {percent:g} % of the points are taken off."


def after_penalty(points: float, max_points: float, percent: float) -> float:
    """Return points less so many percent: at two decimals, never below zero or above the most."""
    left = Decimal(str(points)) * (Decimal(100) - Decimal(str(percent))) / 100
    bounded = min(max(left, Decimal(0)), Decimal(str(max_points)))
    return float(bounded.quantize(Decimal("0.01"), ROUND_HALF_UP))


def clock(when: datetime) -> str:
    """Write a time as people read it, with its time zone."""
    seconds = f":{when:%S}" if when.second else ""
    return f"{when:%a} {when.day} {when:%b %Y, %H:%M}{seconds} {when.tzname()}"


def span(length: timedelta) -> str:
    """Write a duration by its two largest units."""
    seconds = int(length.total_seconds())
    units = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))
    parts = []
    for name, size in units:
        count, seconds = divmod(seconds, size)
        if count or parts:
            parts.append(f"{count} {name}{'' if count == 1 else 's'}" if count else "")
    return " ".join(part for part in parts[:2] if part) or "less than a second"
