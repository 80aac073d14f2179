"""Read the late policy: one TOML file, in which every slip is told by file and key.

    timezone = "Europe/Rome"     # of every time without an offset of its own
    grace = 10                   # minutes that cost nothing
    percent = 10                 # of the points reached, for each day begun
    most = 50                    # percent that lateness takes at the most (else 100)
    missing = "zero"             # nothing handed in after the deadline: "zero" (else) or "blank"

    [[lab]]                      # any key above but the time zone may stand here, too
    number = 4
    deadline = 2026-11-30T23:59:00
    column = "Lab 4 (8812)"      # the title or the id of its column in the gradebook

    [[extension]]                # students are named by their key, or one of their ids
    student = "ada"
    lab = 4
    deadline = 2026-12-04T23:59:00

    [[excused]]
    student = "alan"
    lab = 4                      # without it: from every lab
"""

from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from duplex import catalog
from duplex.results.late import Policy, Rule
from duplex.table import Table, parse

MISSING = ("zero", "blank")
DEFAULTS = {"grace": 0, "percent": 0, "most": 100, "missing": "zero"}


def read_policy(file: Path | None) -> Policy:
    """Read a late policy; without a file nothing has a deadline."""
    if file is None:
        return Policy()
    data = parse(file)
    zone, common = _zone(data), _common(data, DEFAULTS)
    labs = [_lab(entry, zone, common) for entry in _tables(data, "lab")]
    rules = {number: rule for number, rule, _ in labs}
    columns = {number: column for number, _, column in labs if column}
    extensions = [_extension(entry, zone, rules) for entry in _tables(data, "extension")]
    excused = [_excused(entry) for entry in _tables(data, "excused")]
    data.close()
    _unique(data, "lab", [number for number, _, _ in labs])
    _unique(data, "extension", [who for who, _ in extensions])
    _unique(data, "excused", excused)
    return Policy(rules, dict(extensions), frozenset(excused), columns, str(file))


def _tables(data: Table, key: str) -> list[Table]:
    return data.tables(key) if data.has(key) else []


def _unique(data: Table, key: str, found: list) -> None:
    for double in sorted({str(one) for one in found if found.count(one) > 1}):
        data.fail(key, f"stands twice for {double.strip('()')}; keep one of the two")


def _zone(data: Table) -> tzinfo | None:
    name = data.string("timezone", None)
    try:
        return ZoneInfo(name) if name is not None else None
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: "Europe" is a folder
        data.fail("timezone", f'is {name!r}, but must be a time zone such as "Europe/Rome"')


def _common(table: Table, known: dict) -> dict:
    """Read the keys that may stand for all labs, or for one."""
    return {
        "grace": _number(table, "grace", known, 1_000_000),
        "percent": _number(table, "percent", known, 100),
        "most": _number(table, "most", known, 100),
        "missing": table.choice("missing", MISSING) if table.has("missing") else known["missing"],
    }


def _number(table: Table, key: str, known: dict, most: int) -> float:
    value = table.take(key, known[key])
    fine = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most
    if not fine:
        table.fail(key, f"is {value!r}, but must be a number from 0 to {most}")
    return value


def _lab_number(entry: Table, key: str) -> int:
    number = entry.take(key)
    if isinstance(number, bool) or number not in catalog.names():
        known = ", ".join(map(str, catalog.names()))
        entry.fail(key, f"is {number!r}, but must be the number of a lab: {known}")
    return number


def _lab(entry: Table, zone: tzinfo | None, common: dict) -> tuple[int, Rule, str]:
    number = _lab_number(entry, "number")
    entry.name = f"lab {number}: "
    deadline, own = _time(entry, zone), _common(entry, common)
    column = entry.text("column") if entry.has("column") else ""
    entry.close()
    grace = timedelta(minutes=own["grace"])
    return number, Rule(deadline, grace, own["percent"], own["most"], own["missing"]), column


def _extension(entry: Table, zone: tzinfo | None, rules: dict[int, Rule]):
    student, number = entry.text("student").strip(), _lab_number(entry, "lab")
    entry.name = f"the extension of {student} for lab {number}: "
    if number not in rules:
        entry.fail("lab", f"has no deadline yet; add a [[lab]] with number = {number}")
    deadline = _time(entry, zone)
    if deadline.astimezone(UTC) < rules[number].deadline.astimezone(UTC):
        entry.fail("deadline", "is before the deadline of all others; an extension gives more time")
    entry.close()
    return (student, number), deadline


def _excused(entry: Table) -> tuple[str, int | None]:
    student = entry.text("student").strip()
    number = _lab_number(entry, "lab") if entry.has("lab") else None
    entry.close()
    return student, number


def _time(entry: Table, zone: tzinfo | None) -> datetime:
    """Return a deadline; one that the clock shows twice is the later one, in favour of all."""
    value = entry.take("deadline")
    if not isinstance(value, datetime):
        day = " it is a day without a time;" if isinstance(value, date) else ""
        entry.fail("deadline", f"must be a time;{day} write it like 2026-11-30T23:59:00")
    if value.tzinfo:
        return value
    if zone is None:
        entry.fail("deadline", 'has no time zone; add timezone = "Europe/Rome" at the top')
    local = value.replace(tzinfo=zone, fold=1)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != value:
        entry.fail("deadline", f"is {value}, a time that the clocks skip in {zone}; choose another")
    return local
