"""A gradebook for Canvas: its own export, with nothing in it but the students and these labs.

Canvas finds a student by the number in the column ID, and changes only what a file holds. So the
columns of other assignments are left out, and a cell without a new score keeps what it had.
"""

import re
from dataclasses import dataclass

from duplex.results import table
from duplex.results.late import Policy
from duplex.results.marks import Mark, by_row, lab_name, listed
from duplex.results.pages import plural
from duplex.results.roster import Matches, Roster, info_width, is_student
from duplex.results.score import EXCUSED

FILE = "canvas.csv"
TITLE = re.compile(r"(?P<title>.*?)\s*\((?P<id>\d+)\)\s*")
TOTALS = re.compile(r"(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
UNTOUCHED = ("EX", "N/A")  # excused there, or not assigned to this student


@dataclass(frozen=True)
class Column:
    """One assignment: its place in the file, its title, and the most points it gives there."""

    place: int
    title: str
    most: float | None


class Refusal(Exception):
    """One sentence: why a lab's column is not filled."""


def gradebook(marks: list[Mark], silent: list[tuple[int, Mark]], labs: list[int], matches: Matches,
              policy: Policy) -> tuple[bytes | None, list[str]]:  # fmt: skip
    """Return the file to import, or None, and what there is to say of it."""
    placed = by_row(marks, matches) | {(row, mark.lab): mark for row, mark in silent
                                       if row not in matches.doubles}  # fmt: skip
    columns, said = {}, []
    for lab in labs:
        try:
            columns[lab] = _checked(matches.roster, lab, policy, placed)
        except Refusal as refusal:
            said.append(str(refusal))
    if not columns:
        return None, said
    sheet = _Sheet(matches.roster, columns, placed)
    content = table.text_of(sheet.rows(), matches.roster.delimiter)
    return content, said + sheet.said()


def _checked(roster: Roster, lab: int, policy: Policy, placed: dict) -> Column:
    """Return the column of a lab when it can take every score."""
    column = find_column(roster, lab, policy.columns.get(lab, ""))
    scores = [mark.score for (_, number), mark in placed.items() if number == lab]
    too_high = [one for one in scores if column.most is not None and (one.value or 0) > column.most]
    if too_high:
        raise Refusal(
            f"“{column.title}” gives at most {column.most:g} points in Canvas, less than "
            f"{plural(len(too_high), 'student')} reached, so {FILE} leaves lab {lab} out; set it "
            f"to {too_high[0].max_points:g} there and export again."
        )
    return column


def find_column(roster: Roster, lab: int, wanted: str = "") -> Column:
    """Return a lab's column by its title or id, else the one whose title names the lab."""
    header, maxima = roster.rows[0], _maxima(roster)
    places = [place for place in range(info_width(roster), len(header))
              if header[place].strip() and not TOTALS.search(header[place])]  # fmt: skip
    found = [place for place in places if _names(header[place], lab, wanted)]
    if len(found) != 1:
        what = "no column" if not found else f"{len(found)} columns"
        shown = listed([header[place] for place in found or places]) or "none"
        raise Refusal(
            f"{roster.path.name} has {what} for {wanted or f'lab {lab}'}, so {FILE} leaves lab "
            f'{lab} out; say which it is with column = "…" in the late policy. There is: {shown}.'
        )
    cell = maxima[found[0]]
    if "read only" in cell:
        raise Refusal(f"The column “{header[found[0]]}” is locked in Canvas (read only), so {FILE} "
                      f"leaves lab {lab} out; unlock it and export again.")  # fmt: skip
    return Column(found[0], header[found[0]], table.number_in(cell))


def _maxima(roster: Roster) -> list[str]:
    found = (row for row in roster.rows[1:] if "Points Possible" in row[0])
    return next(found, [""] * len(roster.rows[0]))


def _names(header: str, lab: int, wanted: str) -> bool:
    """Tell whether a column's header is that of a lab."""
    parts = TITLE.fullmatch(header)
    title, number = (parts["title"], parts["id"]) if parts else (header.strip(), "")
    if wanted:
        return wanted in (number, title, header.strip())
    by_number = re.search(rf"(?<![a-z])lab[ _-]?0*{lab}(?![0-9.])", title, re.IGNORECASE)
    return bool(by_number) or title.casefold() == lab_name(lab).partition(" · ")[2].casefold()


class _Sheet:
    """Fills the rows, and remembers what stayed as it was."""

    def __init__(self, roster: Roster, columns: dict[int, Column], placed: dict):
        self.roster, self.columns, self.placed = roster, columns, placed
        self.width = info_width(roster)
        self.kept: list[str] = []
        self.left_out: list[str] = []

    def rows(self) -> list[list[str]]:
        """Return the header, the rows that are no student's as they are, and the students."""
        header = [*self.roster.rows[0][: self.width], *(one.title for one in self.columns.values())]
        made = [self.row(number, row) for number, row in enumerate(self.roster.rows) if number]
        return [header, *(row for row in made if row)]

    def row(self, number: int, row: list[str]) -> list[str] | None:
        """Return one row; None for one that cannot be made harmless without losing the student."""
        about, old = row[: self.width], [row[one.place] for one in self.columns.values()]
        if not is_student(row):
            return about + old
        if row[1].strip().isdecimal():  # Canvas looks at nothing else then
            about = [table.harmless(about[0]), row[1].strip(), *map(table.harmless, about[2:])]
        elif any(map(table.is_dangerous, about)):
            self.left_out.append(row[0])
            return None
        marks = [self.placed.get((number, lab)) for lab in self.columns]
        return about + [self.cell(mark, was, row[0]) for mark, was in zip(marks, old, strict=True)]

    def cell(self, mark: Mark | None, was: str, name: str) -> str:
        """Return what stands in an assignment's cell."""
        new = _score(mark)
        if was.strip() in UNTOUCHED and new != was.strip():
            self.kept += [name] if new else []
            return was
        return new or was

    def said(self) -> list[str]:
        """Say whose cells were not filled."""
        said = []
        if self.kept:
            said.append("Canvas excuses these students, or has not assigned them the lab, so their "
                        f"cells stay as they are: {listed(dict.fromkeys(self.kept))}.")  # fmt: skip
        if self.left_out:
            said.append(f"{FILE} leaves out students without a Canvas ID whose name a spreadsheet "
                        f"could take for a formula: {listed(self.left_out)}.")  # fmt: skip
        return said


def _score(mark: Mark | None) -> str:
    if mark is None or not mark.decided:
        return ""
    return "EX" if mark.score.state == EXCUSED else table.number(mark.score.value)
