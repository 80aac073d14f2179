"""One run's way from records to files."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from duplex import backup
from duplex.batch.record import Record, Submission
from duplex.errors import CourseError
from duplex.results import canvas, data, feedback, moodle, overview
from duplex.results.kept import Kept
from duplex.results.late import Policy
from duplex.results.marks import Mark, doubts, listed, silent_marks
from duplex.results.pages import file_name
from duplex.results.roster import CANVAS, Matches, Roster
from duplex.results.score import UNDECIDED, Score, score
from duplex.results.similar import Pair, Shelf, pairs
from duplex.results.tally import Tally
from duplex.results.words import in_brief

FEEDBACK = "feedback"


class Writing:
    """Writes what is known of a class to the folder `out`; what is alike, when there is a shelf."""

    def __init__(self, out: Path, policy: Policy, roster: Roster | None, shelf: Shelf | None):
        self.out, self.policy, self.roster, self.shelf = out, policy, roster, shelf
        self.now = datetime.now(UTC)
        self.said: list[str] = []
        self.marks: list[Mark] = []
        self.tally = Tally()

    def run(self, records: Iterable[Record]) -> list[str]:
        """Write everything, and return what there is to look at."""
        try:
            self.out.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(Kept(records, self.out)) as kept:
                self.write(kept)
        except OSError as error:
            raise CourseError(
                f"The results could not be written to {self.out} ({error.strerror}); mend that, "
                "and start again: what was judged is kept."
            ) from None
        return self.said

    def write(self, kept: Kept) -> None:
        """Write the parts, one after another."""
        self.matches = Matches(self.roster, kept.submissions.values()) if self.roster else None
        self.pages = {student: file_name(student) for student in kept.students}
        alike = self.compare(kept.labs)
        self.say(kept)
        with self.results(kept) as writer:
            for graded in map(self.scored, kept):
                self.one(writer, graded)
            self.gradebooks(kept.labs)
            self.conclude()
            writer.finish(alike, self.silent(), self.said)
        self.clear_pages()
        page = overview.page(self.tally, kept.labs, self.said, alike, self.silent())
        backup.write(self.out / "overview.html", page)

    @contextlib.contextmanager
    def results(self, kept: Kept) -> Iterator[data.Writer]:
        """Yield the writer of results.json, which leaves nothing unfinished."""
        writer = data.Writer(self.out, kept.labs, self.policy.source)
        try:
            yield writer
        finally:
            writer.abandon()

    def names(self, submission: Submission) -> set[str]:
        """Return by what names the late policy may know a student."""
        known = self.matches.names(submission.student) if self.matches else set()
        return {submission.student, submission.name, *submission.ids.values(), *known} - {""}

    def scored(self, records: list[Record]) -> list[tuple[Record, Score]]:
        """Return one student's records, each with its score."""
        return [(one, score(one, self.policy, self.names(one.submission), self.now))
                for one in records]  # fmt: skip

    def one(self, writer: data.Writer, graded: list[tuple[Record, Score]]) -> None:
        """Write one student's page and results, and count them."""
        submission = graded[0][0].submission
        name = self.pages[submission.student]
        backup.write(self.out / FEEDBACK / name, feedback.page(submission, graded))
        writer.add(submission, f"{FEEDBACK}/{name}", graded)
        self.tally.add(submission, name, graded)
        for record, value in graded:
            brief = in_brief(record, value.told) if self.roster else ""
            self.marks.append(Mark(submission.student, record.lab, value, brief))

    def compare(self, labs: list[int]) -> list[Pair]:
        """Return the submissions that are alike, a lab at a time."""
        return [pair for lab in labs for pair in pairs(lab, self.shelf)] if self.shelf else []

    def say(self, kept: Kept) -> None:
        """Say what is wrong with names, before any file for a gradebook is written."""
        if kept.doubles:
            self.said.append("Several results came for one lab of a student; the last one counts: "
                             f"{listed(dict.fromkeys(kept.doubles))}.")  # fmt: skip
        if self.matches:
            self.said += doubts(self.matches)
        known = {name for one in kept.submissions.values() for name in self.names(one)}
        if self.matches:
            known |= {value for person in self.matches.roster.people
                      for value in (person.name, *person.ids.values())}  # fmt: skip
        if strange := sorted(self.policy.named() - known):
            self.said.append(f"{Path(self.policy.source).name} names students whom nobody knows "
                             f"here; mend their spelling: {listed(strange)}.")  # fmt: skip
        noted = {note for one in kept.submissions.values() for note in one.notes}
        self.said += sorted(noted)[:20]

    def gradebooks(self, labs: list[int]) -> None:
        """Write the files for the gradebook whose roster is known, and remove old ones."""
        made: dict[str, bytes | None] = {canvas.FILE: None}
        if self.matches:
            silent = silent_marks(self.matches, labs, self.policy, self.now)
            made |= self.filled(labs, silent)
        old = {path.name: None for path in self.out.glob("moodle-lab*.csv")}
        for name, content in (old | made).items():
            if content is None:
                (self.out / name).unlink(missing_ok=True)
            else:
                backup.write(self.out / name, content)

    def filled(self, labs: list[int], silent: list) -> dict[str, bytes | None]:
        """Return each gradebook file by its name."""
        if self.roster.kind == CANVAS:
            content, said = canvas.gradebook(self.marks, silent, labs, self.matches, self.policy)
            self.said += said
            return {canvas.FILE: content}
        made = {}
        for lab in labs:
            made[moodle.file_name(lab)], said = moodle.gradebook(lab, self.marks, silent,
                                                                 self.matches)  # fmt: skip
            self.said += said
        return made

    def conclude(self) -> None:
        """Say whose marks are open, and what should be known of those that are not."""
        if students := self.students(lambda score: score.state == UNDECIDED):
            self.said.append("Not all tasks could be judged, so there is no mark, and no zero, for "
                             f"{listed(students)}; start the same command again.")  # fmt: skip
        if late := self.students(lambda score: score.late.percent):
            self.said.append("Lateness takes points from these students; its times are those of "
                             f"the files or last commits, so look at them: {listed(late)}.")
        if unknown := self.students(lambda score: score.late.unknown):
            self.said.append("Nobody knows when these submissions came, so nothing is taken off: "
                             f"{listed(unknown)}.")  # fmt: skip
        for name, problem in self.tally.problems[:20]:
            self.said.append(f"{listed([name])}: {problem}")

    def silent(self) -> list[str]:
        """Return the people of the roster from whom nothing came, by name."""
        return sorted(one.called for one in self.matches.silent) if self.matches else []

    def students(self, chosen: Callable[[Score], object]) -> list[str]:
        """Return the students with a score that is chosen."""
        return list(dict.fromkeys(mark.student for mark in self.marks if chosen(mark.score)))

    def clear_pages(self) -> None:
        """Remove the pages of students who are no longer there."""
        for path in (self.out / FEEDBACK).glob("*.html"):
            if path.name not in self.pages.values():
                path.unlink(missing_ok=True)
