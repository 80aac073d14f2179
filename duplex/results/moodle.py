"""A file for Moodle and each lab: who, the grade, the feedback.

Moodle imports all of a file or nothing, gives the row of an empty id to the student before it, and
takes an empty grade for none. So a file holds only columns of ids that all of its students have,
and only students of whom something was decided.
"""

import html

from duplex.results import table
from duplex.results.marks import Mark, by_row, lab_name, listed
from duplex.results.pages import plural
from duplex.results.roster import Matches, Roster
from duplex.results.score import EXCUSED

KINDS = ("email", "idnumber", "username")


def file_name(lab: int) -> str:
    """Return the name of a lab's file."""
    return f"moodle-lab{lab:02d}.csv"


def gradebook(lab: int, marks: list[Mark], silent: list[tuple[int, Mark]],
              matches: Matches) -> tuple[bytes | None, list[str]]:  # fmt: skip
    """Return the file to import for a lab, or None, and what there is to say of it."""
    placed = by_row(marks, matches) | {(row, mark.lab): mark for row, mark in silent
                                       if row not in matches.doubles}  # fmt: skip
    chosen = {row: mark for (row, number), mark in placed.items() if number == lab and mark.decided}
    said = []
    for reason, rows in (_locked(matches.roster, chosen), _dangerous(matches.roster, chosen)):
        if rows:
            names = [chosen.pop(row).student for row in rows]
            said.append(f"{file_name(lab)} leaves out students {reason}: {listed(names)}.")
    if too_high := _too_high(lab, matches.roster, chosen):
        return None, [*said, too_high]
    kinds = _complete(matches.roster, chosen)
    if chosen and not kinds:
        said.append(f"No kind of id in {matches.roster.path.name} belongs to all students, so "
                    f"{file_name(lab)} is not written; export the participants again.")  # fmt: skip
    if not chosen or not kinds:
        return None, said
    return table.text_of(_rows(lab, kinds, chosen, matches.roster)), said


def _rows(lab: int, kinds: list[str], chosen: dict[int, Mark], roster: Roster) -> list[list[str]]:
    ids = {person.row: person.ids for person in roster.people}
    name = lab_name(lab)
    rows = [[*kinds, name, f"{name} feedback"]]
    for row, mark in sorted(chosen.items()):
        rows.append([*(ids[row][kind] for kind in kinds), _grade(mark), feedback(lab, mark)])
    return rows


def _grade(mark: Mark) -> str:
    return "-" if mark.score.state == EXCUSED else table.number(mark.score.value)


def feedback(lab: int, mark: Mark) -> str:
    """Return a feedback as Moodle shows it, which is HTML: all of it is text, in one line."""
    return html.escape(table.CONTROL.sub(" ", f"Lab {lab}: {mark.feedback}"), quote=False)


def _complete(roster: Roster, chosen: dict[int, Mark]) -> list[str]:
    """Return the kinds of ids that every student of a file has."""
    people = [person for person in roster.people if person.row in chosen]
    return [kind for kind in KINDS if all(person.ids.get(kind) for person in people)]


def _dangerous(roster: Roster, chosen: dict[int, Mark]) -> tuple[str, list[int]]:
    """Find ids that a spreadsheet could run; to change them would lose the student."""
    found = [person.row for person in roster.people if person.row in chosen
             and any(table.is_dangerous(person.ids.get(kind, "")) for kind in KINDS)]  # fmt: skip
    return "whose id a spreadsheet could take for a formula; enter their grades by hand", found


def _locked(roster: Roster, chosen: dict[int, Mark]) -> tuple[str, list[int]]:
    """Find whose grade cannot be changed, as a grading worksheet says."""
    place = roster.column("grade can be changed")
    found = [row for row in chosen if place is not None
             and roster.rows[row][place].strip().casefold() in ("no", "0", "false")]  # fmt: skip
    return "whose grade is locked in Moodle; unlock it and export again", found


def _too_high(lab: int, roster: Roster, chosen: dict[int, Mark]) -> str:
    """Compare the grades with the maximum that a grading worksheet tells."""
    place = roster.column("maximum grade", "max grade")
    if place is None:
        return ""
    mosts = {row: table.number_in(roster.rows[row][place]) for row in chosen}
    above = [row for row, most in mosts.items()
             if most is not None and (chosen[row].score.value or 0) > most]  # fmt: skip
    if not above:
        return ""
    least, most = mosts[above[0]], chosen[above[0]].score.max_points
    return (
        f"Moodle gives at most {least:g} points for lab {lab}, less than "
        f"{plural(len(above), 'student')} reached, so {file_name(lab)} is not written; set it to "
        f"{most:g} there and export again."
    )
