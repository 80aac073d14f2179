"""What a run is turned into: results.json, a page for each student, an overview, gradebook files.

Everything is made anew from the records on every run; nothing is remembered.
"""

from collections.abc import Iterable
from pathlib import Path

from duplex.batch.record import Record
from duplex.results.policy import read_policy
from duplex.results.roster import read_roster
from duplex.results.similar import Shelf
from duplex.results.writing import Writing

__all__ = ["check", "write"]


def check(roster: Path | None = None, late: Path | None = None) -> None:
    """Say what is wrong with a roster or a late policy, before anything is judged."""
    read_policy(late)
    read_roster(roster)


def write(records: Iterable[Record], out: Path, roster: Path | None = None,
          late: Path | None = None, shelf: Shelf | None = None) -> list[str]:  # fmt: skip
    """Write all results to the folder `out`; return what the instructor should look at.

    The records are read once and not held. `roster` is a Canvas gradebook or a Moodle list of
    people, `late` a policy (`duplex.results.policy`). CourseError says what is wrong with them,
    and then nothing was written. What lies on the `shelf` is compared.
    """
    policy, people = read_policy(late), read_roster(roster)
    return Writing(Path(out), policy, people, shelf).run(records)
