"""The marks of a run as gradebooks need them, and what is told of many students at once."""

from collections.abc import Collection
from dataclasses import dataclass

from duplex.results.labs import lab as read_lab
from duplex.results.labs import max_points
from duplex.results.late import Policy
from duplex.results.pages import plural
from duplex.results.roster import Matches
from duplex.results.score import EXCUSED, Score
from duplex.results.score import missing as missing_score
from duplex.terminal import clean, one_line

SHOWN = 8  # names that one sentence tells


@dataclass(frozen=True)
class Mark:
    """One lab of one student: the score, and a feedback of a few lines of plain text."""

    student: str
    lab: int
    score: Score
    feedback: str

    @property
    def decided(self) -> bool:
        """Tell whether a gradebook has anything to be told."""
        return self.score.value is not None or self.score.state == EXCUSED


def listed(names: Collection[str]) -> str:
    """Write names one after another; of many only the first."""
    shown = [clean(one_line(name, 80)) for name in list(names)[:SHOWN]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def lab_name(number: int) -> str:
    """Return how people and gradebooks call a lab."""
    return f"Lab {number} · {read_lab(number).title}"


def by_row(marks: list[Mark], matches: Matches) -> dict[tuple[int, int], Mark]:
    """Return the marks by row of the roster and lab, without whoever is in doubt."""
    doubtful = set(matches.contested) | set(matches.doubles)
    placed = {(matches.people[mark.student].row, mark.lab): mark
              for mark in marks if mark.student in matches.people}  # fmt: skip
    return {place: mark for place, mark in placed.items() if place[0] not in doubtful}


def silent_marks(matches: Matches, labs: list[int], policy: Policy, now) -> list[tuple[int, Mark]]:
    """Return the marks of people of whom nothing came, by their row.

    While there are submissions that nobody on the roster is known to own, one of those may be
    theirs, so that nothing is marked.
    """
    if matches.unknown:
        return []
    found = []
    for person in matches.silent:
        names = {person.name, *person.ids.values()}
        for lab in labs:
            most = max_points(lab)
            told = missing_score(policy.rule(names, lab), most, now)
            if policy.is_excused(names, lab):
                told = Score(EXCUSED, 0.0, most, None, told="Excused from this lab.")
            found.append((person.row, Mark(person.name, lab, told, told.told)))
    return found


def doubts(matches: Matches) -> list[str]:
    """Say who could not be matched, before anything is written."""
    said, name = [], matches.roster.path.name
    if matches.unknown:
        lost = plural(len(matches.unknown), "submission")
        said.append(f"{name} names nobody who is known to own {lost}, so no gradebook file holds "
                    f"the marks of {listed(matches.unknown)}.")  # fmt: skip
    for row, students in matches.contested.items():
        said.append(f"Several submissions seem to be of one person (row {row + 1} of {name}); none "
                    f"of their marks is in a gradebook file: {listed(students)}.")  # fmt: skip
    doubles = sorted(set(matches.doubles.values()))
    if doubles:
        said.append(f"{name} has several rows for one student, none of which is filled: "
                    f"{listed(doubles)}.")  # fmt: skip
    if matches.silent:
        people = [person.called for person in matches.silent]
        left = "; their marks stay open until it is known whose the submissions are that are left"
        said.append(f"Nothing came from {plural(len(people), 'student')} of {name}: "
                    f"{listed(people)}{left if matches.unknown else ''}.")  # fmt: skip
    return said
