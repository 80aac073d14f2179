"""Who takes the course: a Canvas gradebook, or a Moodle list of people, matched to submissions."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from duplex.batch.record import Submission
from duplex.errors import CourseError
from duplex.results import table

CANVAS, MOODLE = "canvas", "moodle"
INFO = re.compile(r"Student|ID|SIS User ID|SIS Login ID|Integration ID|Root Account|Section")
KEYS = {"email": "email", "email address": "email", "e-mail": "email", "e-mail address": "email",
        "idnumber": "idnumber", "id number": "idnumber", "username": "username"}  # fmt: skip
NAMES = ("full name", "first name", "last name", "firstname", "lastname", "surname")
PARTICIPANT = re.compile(r"\D*(\d+)")


@dataclass(frozen=True)
class Person:
    """One row: where it stands, the name, and the ids by kind, as they are written there."""

    row: int
    name: str
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def called(self) -> str:
        """The name, or an id of somebody without one."""
        return self.name or next(iter(self.ids.values()), "")


@dataclass
class Roster:
    """A file of people; `kind` is whose it is, and `rows` are all its cells, the header first."""

    path: Path
    kind: str
    rows: list[list[str]]
    delimiter: str
    people: list[Person]

    def column(self, *names: str) -> int | None:
        """Return the index of the first column with one of these names, whatever its case."""
        header = [cell.strip().casefold() for cell in self.rows[0]]
        return next((header.index(name) for name in names if name in header), None)


def read_roster(path: Path | None) -> Roster | None:
    """Read a roster, or say what it lacks."""
    if path is None:
        return None
    rows, delimiter = table.read(path)
    header = [cell.strip() for cell in rows[0]]
    if "Student" in header[0] and "ID" in header[1]:
        roster = Roster(path, CANVAS, rows, delimiter, [])
        width = info_width(roster)
        roster.people = _canvas_people(rows, width)
    else:
        roster = Roster(path, MOODLE, rows, delimiter, [])
        roster.people = _moodle_people(roster)
    if not roster.people:
        raise CourseError(f"{path} names no student; export the gradebook or roster again.")
    return roster


def info_width(roster: Roster) -> int:
    """Return how many columns of a Canvas gradebook tell of the student: up to "Section"."""
    header = [cell.strip() for cell in roster.rows[0]]
    if "Section" in header and all(map(INFO.fullmatch, header[: header.index("Section") + 1])):
        return header.index("Section") + 1
    raise CourseError(
        f'{roster.path} is no gradebook as Canvas exports it: it begins with "Student", "ID", and '
        '"Section" is the last column about a student; export it again, names in one column.'
    )


def _canvas_people(rows: list[list[str]], width: int) -> list[Person]:
    """Return the students; rows without a name or id, and that of the maxima, are none."""
    header = [cell.strip() for cell in rows[0][:width]]
    people = []
    for number, row in enumerate(rows[1:], 1):
        if is_student(row):
            cells = [cell.strip() for cell in row[1 : width - 1]]
            ids = {kind: cell for kind, cell in zip(header[1:-1], cells, strict=True) if cell}
            people.append(Person(number, row[0].strip(), ids))
    return people


def is_student(row: list[str]) -> bool:
    """Tell whether a row of a Canvas gradebook is a student's."""
    return "Points Possible" not in row[0] and any(cell.strip() for cell in row[:2])


def _moodle_people(roster: Roster) -> list[Person]:
    header = [cell.strip().casefold() for cell in roster.rows[0]]
    kinds = {place: KEYS[name] for place, name in enumerate(header) if name in KEYS}
    if not kinds:
        raise CourseError(
            f"{roster.path} has no column email, idnumber or username, and is no Canvas gradebook; "
            "export the participants with one of them."
        )
    names = [header.index(name) for name in NAMES if name in header]
    identifier = roster.column("identifier")
    people = []
    for number, row in enumerate(roster.rows[1:], 1):
        ids = {kind: row[place].strip() for place, kind in kinds.items() if row[place].strip()}
        if identifier is not None and (found := PARTICIPANT.fullmatch(row[identifier].strip())):
            ids["moodle"] = found[1]
        if ids:
            people.append(Person(number, " ".join(row[place].strip() for place in names), ids))
    return people


class Matches:
    """Which submission is whose: by ids, else by key, else by a name that only one person has."""

    def __init__(self, roster: Roster, submissions: Iterable[Submission]):
        self.roster = roster
        self.doubles = _doubles(roster)
        self._by_id, self._by_name = _index(roster)
        self.people: dict[str, Person] = {}
        self.unknown: list[str] = []
        for submission in submissions:
            if person := self._find(submission):
                self.people[submission.student] = person
            else:
                self.unknown.append(submission.student)
        self.claims = _claims(self.people)

    def _find(self, submission: Submission) -> Person | None:
        kind = {CANVAS: "ID", MOODLE: "moodle"}[self.roster.kind]
        if given := submission.ids.get(self.roster.kind):
            return self._by_id.get((kind, given)) or self._only_name(submission.name)
        for text in (submission.student, submission.name, *submission.ids.values()):
            if person := self._by_id.get(("", text.casefold())):
                return person
        return self._only_name(submission.name) or self._only_name(submission.student)

    def _only_name(self, name: str) -> Person | None:
        """Return the one person of that name; nobody when two share it."""
        found = self._by_name.get(same_name(name), [])
        return found[0] if len(found) == 1 else None

    @property
    def contested(self) -> dict[int, list[str]]:
        """The rows that several submissions claim, and their students' keys."""
        return {row: keys for row, keys in self.claims.items() if len(keys) > 1}

    @property
    def silent(self) -> list[Person]:
        """The people of whom there is no submission."""
        return [one for one in self.roster.people if one.row not in self.claims]

    def names(self, student: str) -> set[str]:
        """Return what the roster calls a student, apart from the name."""
        person = self.people.get(student)
        return set(person.ids.values()) if person else set()


def _claims(people: dict[str, Person]) -> dict[int, list[str]]:
    claims: dict[int, list[str]] = defaultdict(list)
    for student, person in people.items():
        claims[person.row].append(student)
    return dict(claims)


def _index(roster: Roster) -> tuple[dict, dict]:
    """Return the people by (kind, id), by ("", id) where only one has it, and by name."""
    by_kind, any_kind, by_name = {}, defaultdict(list), defaultdict(list)
    for person in roster.people:
        by_name[same_name(person.name)].append(person)
        for kind, value in person.ids.items():
            by_kind[kind, value] = person
        for value in {value.casefold() for value in person.ids.values()}:
            any_kind[value].append(person)
    alone = {("", value): found[0] for value, found in any_kind.items() if len(found) == 1}
    by_name.pop((), None)
    return by_kind | alone, by_name


def same_name(name: str) -> tuple[str, ...]:
    """Return what is alike for "Lovelace, Ada" and "Ada Lovelace"."""
    return tuple(sorted(re.findall(r"\w+", name.casefold())))


def _doubles(roster: Roster) -> dict[int, str]:
    """Return the rows that share an id with another one, and that id."""
    rows: dict[tuple[str, str], list[int]] = defaultdict(list)
    for person in roster.people:
        for kind, value in person.ids.items():
            if kind not in ("Root Account", "Integration ID"):
                rows[kind, value.casefold()].append(person.row)
    return {row: value for (_, value), found in rows.items() if len(found) > 1 for row in found}
