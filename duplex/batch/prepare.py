"""From submissions to jobs: unpack each when its turn comes, and ask for what is not known yet."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from duplex import catalog
from duplex.batch.job import Job, move
from duplex.batch.keys import diagnosis_key, key, lab_key
from duplex.batch.record import Record, Submission
from duplex.batch.store import UNSURE, Store
from duplex.errors import KitFault
from duplex.submissions import Refused, projects, unpacked
from duplex.submissions.refused import NOT_SUBMITTED
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
                 store: Store, *also: object):  # fmt: skip
        self.found, self.labs, self.scratch, self.store = found, labs, scratch, store
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
        numbers = [lab.number for lab in self.labs]
        try:
            whole = unpacked(submission, place)
        except Refused as refusal:
            for number in numbers:
                yield Entry(submission, number, "", refusal.verdict, str(refusal)), place
            return
        folders = projects(whole, numbers[0] if len(numbers) == 1 else None)
        for number in numbers:
            if folder := folders.get(number):
                yield Entry(submission, number, key(self.by[number], folder)), folder
            else:
                sentence = f"There is no project of lab {number} in {submission.source.name}"
                hint = "one is a folder with a manage.py, named like the lab"
                yield Entry(submission, number, "", NOT_SUBMITTED, f"{sentence}: {hint}."), place

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
