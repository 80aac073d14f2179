"""Find what was handed in: one submission for each student, the newest of several."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from duplex.batch.record import Submission
from duplex.errors import CourseError
from duplex.submissions.kinds import is_archive, what_else
from duplex.submissions.moments import moment
from duplex.submissions.names import Told, readable, told
from duplex.submissions.refused import NOT_SUBMITTED, Refused, shown

LONG_AGO = datetime.min.replace(tzinfo=UTC)
IGNORED = ("__MACOSX", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class Handed:
    """One file or folder that somebody handed in."""

    told: Told
    source: Path
    problem: str
    when: datetime | None

    @property
    def order(self) -> tuple:
        """The greatest is the one that counts: what can be judged, then the newest."""
        return not self.problem, self.told.attempt, self.when or LONG_AGO, str(self.source)


def discover(folder: Path | str, ignore: Iterable[Path] = ()) -> list[Submission]:
    """Return a submission for each student in a folder, ordered by their keys.

    Nothing is left out silently: what is no project has a `problem`, and what a student handed in
    earlier is named in the `notes`. `ignore` holds files that are the instructor's own.
    """
    top = Path(folder).expanduser().absolute()
    own = {path.expanduser().absolute() for path in ignore}
    by_student: dict[str, list[Handed]] = {}
    for path in entries(top):
        for one in handed(path) if path not in own else ():
            by_student.setdefault(one.told.student, []).append(one)
    if not by_student:
        raise CourseError(f"{top} holds no submission; name the folder that the files are in.")
    return [submission(by_student[key]) for key in sorted(by_student)]


def entries(top: Path) -> list[Path]:
    """Return what lies in the folder of submissions, or say what is wrong with it."""
    if not top.is_dir():
        hint = "unpack it first" if top.is_file() else "name a folder with one entry for a student"
        raise CourseError(f"{top} is no folder of submissions; {hint}.")
    if (top / "manage.py").exists():
        raise CourseError(f"{top} is one project; name the folder that holds the submissions.")
    return visible(top)


def visible(folder: Path) -> list[Path]:
    """Return what lies in a folder, without what computers put there by themselves."""
    names = sorted(os.listdir(folder))
    return [folder / name for name in names if not name.startswith(".") and name not in IGNORED]


def handed(path: Path) -> list[Handed]:
    """Return what one entry holds: itself, or the archives in a folder that has nothing else."""
    about = told(readable(path.name))
    if not path.is_dir() or path.is_symlink():
        return [one_file(path, about)]
    inside = visible(path)
    if not inside:
        problem = f"The folder {shown(readable(path.name))} is empty; ask for its files."
        return [Handed(about, path, problem, moment(path))]
    if any(one.is_dir() for one in inside) or not any(map(archive, inside)):
        return [Handed(about, path, "", moment(path))]
    return [one_file(one, about) for one in inside]


def archive(path: Path) -> bool:
    """Tell whether a path is an archive; what cannot be read is none."""
    try:
        return path.is_file() and is_archive(path)
    except Refused:
        return False


def one_file(path: Path, about: Told) -> Handed:
    """Return what a single file is."""
    try:
        plain = path.is_file() and not path.is_symlink()
        name = shown(readable(path.name))
        problem = "" if plain else f"{name} is neither a file nor a folder; ask for it again."
        problem = problem or ("" if is_archive(path) else what_else(path))
    except Refused as refusal:
        problem = str(refusal)
    return Handed(about, path, problem, moment(path))


def submission(several: list[Handed]) -> Submission:
    """Return what counts of the things that one student handed in."""
    *earlier, last = sorted(several, key=lambda one: one.order)
    notes = map(_not_judged, reversed(earlier))
    when = last.when.isoformat("T", "seconds") if last.when else ""
    refused = NOT_SUBMITTED if last.problem else ""
    others = tuple(one.source for one in reversed(earlier) if not one.problem)
    return Submission(last.told.student, last.told.name, last.source, last.told.ids, when,
                      last.problem, refused, (*last.told.notes, *notes), others)  # fmt: skip


def _not_judged(one: Handed) -> str:
    when = f", of {one.when.isoformat(' ', 'minutes')}," if one.when else ""
    what = "counts only for labs that are in nothing newer"
    what = "is not judged" if one.problem else what
    return f"{shown(readable(one.source.name))}{when} was handed in too, and {what}."
