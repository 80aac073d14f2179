"""What is known of each submission: who handed it in, and how each of its labs was judged."""

from dataclasses import asdict, dataclass, field
from pathlib import Path

from duplex.verdict import TaskVerdict


@dataclass(frozen=True)
class Submission:
    """What one student handed in, as it was found.

    `student` is a key that is unique in a run: the roster's, else what the file's name tells.
    `ids` are the numbers by which other systems know the student, such as {"canvas": "1234"}.
    `submitted` is a time in ISO 8601 with its offset, or "" when it is unknown. `problem` is a
    sentence when it cannot be graded (a broken archive), and `refused` the verdict that then holds
    for every task: "not submitted" or "tampered". `notes` are sentences for the instructor, such
    as what else this student handed in. `earlier` are such files, the newest first: a lab that
    is not in `source` is looked for in them.
    """

    student: str
    name: str
    source: Path
    ids: dict[str, str] = field(default_factory=dict)
    submitted: str = ""
    problem: str = ""
    refused: str = ""
    notes: tuple[str, ...] = ()
    earlier: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Record:
    """How one lab of one submission was judged; it takes `seconds`, and is kept under `key`.

    `diagnoses` holds, by task, what `duplex check --json` says as a diagnosis, or None.
    """

    submission: Submission
    lab: int
    verdicts: tuple[TaskVerdict, ...]
    diagnoses: dict[str, dict | None] = field(default_factory=dict)
    seconds: float = 0.0
    key: str = ""

    @property
    def points(self) -> float:
        """The sum of the points, without what a late policy takes."""
        return sum(verdict.points for verdict in self.verdicts)

    @property
    def max_points(self) -> float:
        """The most points that this lab gives."""
        return sum(verdict.max_points for verdict in self.verdicts)

    def as_data(self) -> dict:
        """Return the record as JSON data."""
        one = self.submission
        paths = {"source": str(one.source), "earlier": [str(path) for path in one.earlier]}
        return asdict(self) | {"submission": asdict(one) | paths}

    @classmethod
    def of(cls, data: dict) -> "Record":
        """Return the record that `as_data` wrote."""
        told = data["submission"]
        told = told | {"source": Path(told["source"]), "notes": tuple(told.get("notes", ())),
                       "earlier": tuple(map(Path, told.get("earlier", ())))}  # fmt: skip
        submission = Submission(**told)
        verdicts = tuple(TaskVerdict(**one) for one in data["verdicts"])
        return cls(**data | {"submission": submission, "verdicts": verdicts})
