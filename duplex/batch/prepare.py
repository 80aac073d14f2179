"""From submissions to jobs: unpack each when its turn comes, and ask for what is not known yet."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from duplex import catalog
from duplex.batch.job import Job, move
from duplex.batch.keys import diagnosis_key, key, lab_key
from duplex.batch.record import Record, Submission
from duplex.batch.store import UNSURE, Store
from duplex.errors import KitFault
from duplex.results.similar import Shelf
from duplex.submissions import Refused, projects, unpacked
from duplex.submissions.moments import moment
from duplex.submissions.names import readable
from duplex.submissions.refused import NOT_SUBMITTED, shown
from duplex.verdict import TaskVerdict


@dataclass(frozen=True)
class Entry:
    """One lab of one submission: the key of its result, or why it has none."""

    submission: Submission
    lab: int
    key: str = ""
    refused: str = ""
    problem: str = ""


class Intake:
    """Turns submissions into entries, and into jobs for what the store does not know."""

    def __init__(self, found: list[Submission], labs: list[catalog.Lab], scratch: Path,
                 store: Store, shelf: Shelf, *also: object):  # fmt: skip
        self.found, self.labs, self.scratch, self.store = found, labs, scratch, store
        self.shelf = shelf
        self.by = {lab.number: lab_key(lab, *also) for lab in labs}
        self.explained = {lab.number: diagnosis_key(lab) for lab in labs}
        self.entries: list[Entry] = []
        self.asked: set[str] = set()
        self.unsure: dict[str, Job] = {}

    def jobs(self) -> Iterator[Job]:
        """Yield what must be judged, each project once; fills `entries` and `unsure`."""
        for submission in self.found:
            place = self.scratch / "unpacked"
            try:
                for entry, folder in self._entries(submission, place):
                    self.entries.append(entry)
                    yield from self._job(entry, folder)
            finally:
                shutil.rmtree(place, ignore_errors=True)

    def _entries(self, submission: Submission, place: Path) -> Iterator[tuple[Entry, Path]]:
        """Yield each lab's entry with its folder; a lab is in the newest file that has it."""
        missing = [lab.number for lab in self.labs]
        folders, first = self._folders(submission, place)
        others = (_earlier(submission, source, first) for source in submission.earlier)
        for one in (submission, *others):
            if one is not submission and missing:
                folders, _ = self._folders(one, place)
            for number in [number for number in missing if number in folders]:
                missing.remove(number)
                self.shelf.keep(number, one.student, folders[number])
                found = Entry(one, number, key(self.by[number], folders[number]))
                yield found, folders[number]
        for number in missing:
            yield _without(submission, number, first), place

    def _folders(self, submission: Submission, place: Path) -> tuple[dict, Refused | None]:
        """Return the projects of a submission by their labs, or why it has none."""
        shutil.rmtree(place, ignore_errors=True)
        only = self.labs[0].number if len(self.labs) == 1 else None
        try:
            return projects(unpacked(submission, place), only), None
        except Refused as refusal:
            return {}, refusal

    def _job(self, entry: Entry, folder: Path) -> Iterator[Job]:
        if not entry.key or entry.key in self.asked:
            return
        known = self.store.get(entry.key)
        if known and known.get("explained") == self.explained[entry.lab]:
            return
        self.asked.add(entry.key)
        kept = move(folder, self.scratch / entry.key)
        job = Job(entry.key, entry.lab, kept, self.by[entry.lab], known=known)
        if self.store.has(entry.key, UNSURE):
            self.unsure[entry.key] = job
        else:
            yield job


def _earlier(submission: Submission, source: Path, refusal: Refused | None) -> Submission:
    """Return what a student handed in before, with why the newest could not be judged."""
    when = moment(source)
    notes = (*submission.notes, *([str(refusal)] if refusal else []))
    return replace(submission, source=source, problem="", refused="", notes=notes, earlier=(),
                   submitted=when.isoformat("T", "seconds") if when else "")  # fmt: skip


def _without(submission: Submission, number: int, refusal: Refused | None) -> Entry:
    """Return the entry of a lab that is in no file of a student."""
    if refusal:
        return Entry(submission, number, "", refusal.verdict, str(refusal))
    name = shown(readable(submission.source.name))
    hint = "one is a folder with a manage.py, named like the lab"
    sentence = f"There is no project of lab {number} in {name}: {hint}."
    return Entry(submission, number, "", NOT_SUBMITTED, sentence)


def record(entry: Entry, told: dict | None) -> Record:
    """Return an entry's record, from what is kept of its project."""
    tasks = catalog.lab(entry.lab, hidden=True).tasks
    if entry.refused:
        verdicts = [TaskVerdict(task.id, task.title, entry.refused, 0, task.points, entry.problem)
                    for task in tasks]  # fmt: skip
        return Record(entry.submission, entry.lab, tuple(verdicts))
    if told is None:
        raise KitFault(f"The result {entry.key} was removed meanwhile; start the command again.")
    verdicts = tuple(TaskVerdict(**one) for one in told["verdicts"])
    return Record(entry.submission, entry.lab, verdicts, told["diagnoses"], told["seconds"],
                  entry.key)  # fmt: skip
