"""What a whole class did, added up record by record."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from duplex.batch.record import Record, Submission
from duplex.results.labs import lab as read_lab
from duplex.results.pages import plural
from duplex.results.score import EXCUSED, MISSING, UNDECIDED, Score
from duplex.results.words import BAD, GOOD, NONE, OPEN, WORDS, reading, shortened
from duplex.verdict import UNJUDGED

STATES = {UNDECIDED: "not fully judged", MISSING: "not handed in", EXCUSED: "excused"}
TONES = (GOOD, BAD, OPEN, NONE)


@dataclass(frozen=True)
class Row:
    """One student in the overview's table: the page, and the score of each lab."""

    student: str
    name: str
    page: str
    scores: dict[int, Score]

    @property
    def total(self) -> float:
        """The sum of what counts so far."""
        return sum(score.value or 0 for score in self.scores.values())

    @property
    def to_know(self) -> list[tuple[str, str]]:
        """What is special, in a few words, and its tone."""
        named = (lambda lab: f"lab {lab} ") if len(self.scores) > 1 else (lambda lab: "")
        found = [(f"{named(lab)}{STATES[score.state]}", OPEN if score.state == UNDECIDED else NONE)
                 for lab, score in self.scores.items() if score.state in STATES]  # fmt: skip
        late = [(f"{named(lab)}{plural(score.late.days, 'day')} late", BAD)
                for lab, score in self.scores.items() if score.late.percent]  # fmt: skip
        if self.states == {MISSING}:
            return [(STATES[MISSING], NONE)]
        return found + late

    @property
    def states(self) -> set[str]:
        """The states of all labs."""
        return {score.state for score in self.scores.values()}


@dataclass
class Tally:
    """Counts of a class: verdicts by (lab, task), mistakes by (lab, cause), seconds, and faults.

    A mistake counts once for each student and lab, and only as the likeliest cause of a task.
    """

    rows: list[Row] = field(default_factory=list)
    verdicts: dict[tuple[int, str], Counter] = field(default_factory=lambda: defaultdict(Counter))
    mistakes: Counter = field(default_factory=Counter)
    causes: dict[tuple[int, str], dict] = field(default_factory=dict)
    unexplained: int = 0
    seconds: list[float] = field(default_factory=list)
    faults: list[dict] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    _timed: set[str] = field(default_factory=set)

    def add(self, submission: Submission, page: str, graded: list[tuple[Record, Score]]) -> None:
        """Count one student."""
        for record, _ in graded:
            self._count(record)
        name = submission.name or submission.student
        if submission.problem:
            self.problems.append((name, submission.problem))
        scores = {record.lab: score for record, score in graded}
        self.rows.append(Row(submission.student, name, page, scores))

    def _count(self, record: Record) -> None:
        if record.seconds and record.key not in self._timed:  # one project may be of several
            self.seconds.append(record.seconds)
            self._timed |= {record.key} - {""}
        found = set()
        for verdict in record.verdicts:
            self.verdicts[record.lab, verdict.task_id][verdict.verdict] += 1
            if verdict.verdict in UNJUDGED:
                self.faults.append({"name": record.submission.name or record.submission.student,
                                    "task": verdict.task_id,
                                    "message": shortened(verdict.message, 300),
                                    "word": WORDS[verdict.verdict][0]})  # fmt: skip
            found |= self._cause(record, verdict.task_id)
        self.mistakes.update(found)

    def _cause(self, record: Record, task: str) -> set[tuple[int, str]]:
        diagnosis = record.diagnoses.get(task)
        if not diagnosis:
            return set()
        if not diagnosis["causes"]:
            self.unexplained += 1
            return set()
        first = diagnosis["causes"][0]
        self.causes.setdefault((record.lab, first["id"]), first)
        return {(record.lab, first["id"])}

    def most_made(self, most: int = 15) -> list[dict]:
        """Return the mistakes made by most students, the most frequent first."""
        ranked = sorted(self.mistakes.items(), key=lambda item: (-item[1], item[0]))
        top = ranked[0][1] if ranked else 1
        return [self.causes[key] | reading(self.causes[key]["read"])
                | {"count": count, "lab": key[0], "share": 100 * count / top}
                for key, count in ranked[:most]]  # fmt: skip

    def tasks(self) -> list[dict]:
        """Return each task with how many students ended with each tone, in the labs' order."""
        made = []
        for lab in sorted({number for number, _ in self.verdicts}):
            titles = {task.id: task.title for task in read_lab(lab).tasks}
            for (number, task), counter in self.verdicts.items():
                if number == lab:
                    made.append({"lab": lab, "id": task, "title": titles.get(task, "")}
                                | _by_tone(counter))  # fmt: skip
        return made

    def missing(self) -> list[str]:
        """Return who handed in nothing that could be judged, by name."""
        return sorted(row.name for row in self.rows if row.states == {MISSING})

    def undecided(self) -> list[Row]:
        """Return the students with something that could not be judged."""
        return [row for row in self.rows if UNDECIDED in row.states]


def _by_tone(counter: Counter) -> dict:
    """Return how many verdicts have each tone, and in words which those are."""
    tones = Counter()
    for verdict, count in counter.items():
        tones[WORDS[verdict][1]] += count
    failed = [f"{WORDS[verdict][0].lower()} {count}" for verdict, count in counter.most_common()
              if WORDS[verdict][1] == BAD]  # fmt: skip
    begun = tones[GOOD] + tones[BAD]
    return {tone: tones[tone] for tone in TONES} | {
        "kinds": ", ".join(failed), "failed": tones[BAD] / begun if begun else 0.0}  # fmt: skip
