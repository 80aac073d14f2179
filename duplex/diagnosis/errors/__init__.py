"""What an exception in a student's own code means: a table, and how a log is looked up in it."""

from dataclasses import dataclass

from duplex.diagnosis.code import Code, Place
from duplex.diagnosis.errors import channels, django, python
from duplex.diagnosis.errors.row import Case, Row
from duplex.diagnosis.raised import NEVER_AWAITED, Raised

TABLE = (*channels.ROWS, *django.ROWS, *python.ROWS)  # the first that fits speaks


@dataclass(frozen=True)
class Explanation:
    """What happened, why that is likely, where to read on ("": the task's section), the line."""

    raised: Raised
    name: str
    why: str
    read: str
    place: Place | None
    weak: bool = False


def explain(code: Code, found: list[Raised], edits: tuple[str, ...]) -> Explanation | None:
    """Explain the first of the exceptions and warnings that a row fits, consequences last."""
    fitting = [one for one in (fitting_row(code, raised, edits) for raised in found) if one]
    ranked = sorted(fitting, key=lambda one: one[0].late)
    if not ranked:
        return None
    row, case = ranked[0]
    name, why = row.told(row.name, case), row.told(row.why, case)
    return Explanation(case.raised, name, why, row.read, row.place(case), row.weak)


def fitting_row(
    code: Code, raised: Raised, edits: tuple[str, ...] = ()
) -> tuple[Row, Case] | None:  # fmt: skip
    """Return the first row that fits; an exception that met no line of the project needs a place.

    What was never awaited always counts: a coroutine's name says enough.
    """
    for row in TABLE:
        case = row.case(code, raised, edits)
        if case and (raised.kind == NEVER_AWAITED or row.place(case) or row.late):
            return row, case
    return None
