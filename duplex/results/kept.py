"""The records of a run, grouped by student, without holding them in memory."""

import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from duplex.batch.record import Record, Submission


class Kept:
    """Records in a file without a name, which is gone with the process; only places are held.

    Of two records for one lab of a student the later one counts, and `doubles` names the student.
    """

    def __init__(self, records: Iterable[Record], folder: Path):
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by `close`
        self._places: dict[str, dict[int, int]] = {}
        self.submissions: dict[str, Submission] = {}
        self.doubles: list[str] = []
        for record in records:
            self._add(record)

    def _add(self, record: Record) -> None:
        student = record.submission.student
        places = self._places.setdefault(student, {})
        if record.lab in places:
            self.doubles.append(student)
        places[record.lab] = self._file.seek(0, 2)
        self.submissions[student] = record.submission
        self._file.write(json.dumps(record.as_data()).encode() + b"\n")

    @property
    def students(self) -> list[str]:
        """The students, in a fixed order."""
        return sorted(self._places)

    @property
    def labs(self) -> list[int]:
        """The labs that anybody has a record of, in order."""
        return sorted({lab for places in self._places.values() for lab in places})

    def of(self, student: str) -> list[Record]:
        """Return the records of one student, by lab."""
        return [self._read(place) for _, place in sorted(self._places[student].items())]

    def __iter__(self) -> Iterator[list[Record]]:
        return map(self.of, self.students)

    def _read(self, place: int) -> Record:
        self._file.seek(place)
        return Record.of(json.loads(self._file.readline()))

    def close(self) -> None:
        """Give back the file."""
        self._file.close()
