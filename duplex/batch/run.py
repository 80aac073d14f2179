"""Grade a folder of submissions: what is known is kept, what is unsure is judged again."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from duplex import catalog, results, terminal
from duplex.batch import store as kinds
from duplex.batch.doubt import doubtful
from duplex.batch.job import Job
from duplex.batch.journal import Journal
from duplex.batch.judge import FAULT, Judge, merged
from duplex.batch.pool import Pool
from duplex.batch.prepare import Intake, record
from duplex.batch.progress import Bar
from duplex.batch.record import Record
from duplex.batch.store import Store, locked, require_place
from duplex.errors import CourseError
from duplex.ground import GUARD
from duplex.results.similar import Shelf
from duplex.submissions import discover
from duplex.verdict import UNJUDGED

SAID = 10  # sentences about what could not be judged


@dataclass(frozen=True)
class Plan:
    """What to grade, where the results go, and how."""

    submissions: Path
    out: Path
    labs: list[int] = field(default_factory=list)
    workers: int = 0
    trust: bool = False
    roster: Path | None = None
    late: Path | None = None
    cluster: str = ""
    again: bool = False
    patience: float = 2.0

    @property
    def size(self) -> int:
        """How many projects are judged at once: graders wait more than they work."""
        return self.workers or 3 * (os.cpu_count() or 1)


def grade(console: Console, plan: Plan, write: Callable | None = None) -> int:
    """Grade, write the results, and return 0, or 3 when something could not be judged.

    `write` takes the records, as `duplex.results.write` does.
    """
    require_sandbox(plan)
    results.check(plan.roster, plan.late)
    own = [path for path in (plan.roster, plan.late) if path]
    found = discover(plan.submissions, own)
    labs = [catalog.lab(number, hidden=True) for number in plan.labs or catalog.names()]
    out = require_place(plan.out, plan.submissions)
    with locked(out):
        return Batch(console, plan, out, write).run(found, labs)


def require_sandbox(plan: Plan) -> None:
    """Refuse to run strangers' code without a sandbox, unless the plan trusts them."""
    if sys.platform == "win32":
        raise CourseError("A class is graded on Linux or macOS; on Windows use Linux in WSL 2.")
    if plan.trust:
        return
    from duplex.sandbox.jail import missing

    if why := missing():
        raise CourseError(f"{why} Or trust all of the submissions: --trust-submissions.")


class Batch:
    """One run: its store, its journal, its progress."""

    def __init__(self, console: Console, plan: Plan, out: Path, write: Callable | None = None):
        self.console, self.plan, self.out, self.write = console, plan, out, write
        self.store, self.journal = Store(out), Journal(out)

    def run(self, found: list, labs: list[catalog.Lab]) -> int:
        """Judge, and write the results."""
        self.store.clear(kinds.UNJUDGED, *((kinds.KEPT, kinds.UNSURE) if self.plan.again else ()))
        with temporary() as scratch, Shelf(scratch / "shelf") as shelf:
            intake = Intake(found, labs, scratch, self.store, shelf, self.plan.trust)
            self.bar = Bar(self.console, len(found) * len(labs))
            with self.bar, self.judges() as judges:
                self.stopping_well(intake, judges)
            return self.tell(intake)

    def stopping_well(self, intake: Intake, judges) -> None:
        """Judge everything; Ctrl-C keeps what is done, and says how to go on."""
        try:
            self.judge(intake, judges)
        except KeyboardInterrupt:
            terminal.be_quiet()
            judges.stop()
            done = f"{self.bar.done} of {self.bar.total} are judged, and kept in {self.out}"
            self.bar.say(f"Stopped: {done}; the same command goes on from there.")
            raise

    def judge(self, intake: Intake, judges) -> None:
        """Judge what is new; then once more, and at last alone, what is unsure.

        What is unsure has waited in vain, so that this computer is calmer when all others are done.
        """
        self.bar.step("Judging")
        for job, told in judges.run(self.counted(intake)):
            self.note(intake, job, told)
        self.bar.more(intake)
        for name, at_once in (("Once more", None), ("Once more, alone", 1)):
            if intake.unsure:
                self.bar.step(name)
                self.once_more(intake, judges, at_once)

    def counted(self, intake: Intake) -> Iterator:
        """Yield the jobs, and count what needs none."""
        for job in intake.jobs():
            self.bar.more(intake)
            if not job.known:
                self.journal.write("begun", job)
            yield job

    def once_more(self, intake: Intake, judges, at_once: int | None) -> None:
        """Judge again what is unsure; alone, the verdict counts."""
        waiting = list(intake.unsure.values())
        intake.unsure = {}
        for job, told in judges.run(map(self.doubted, waiting), at_once):
            whole = merged(self.store.get(job.key, kinds.UNSURE), told)
            self.note(intake, job, whole, sure=at_once == 1)

    def doubted(self, job: Job) -> Job:
        """Return the job of judging the doubtful tasks of an unsure result."""
        return job.again(doubtful(self.store.get(job.key, kinds.UNSURE), self.plan.patience))

    def note(self, intake: Intake, job, told: dict, sure: bool = False) -> None:
        """Keep a result, as what it is."""
        errors = any(one["verdict"] == FAULT for one in told["verdicts"])
        doubts = [] if sure or errors or job.known else doubtful(told, self.plan.patience)
        kind = kinds.UNJUDGED if errors else kinds.UNSURE if doubts else kinds.KEPT
        about = {"lab": job.lab, "explained": intake.explained[job.lab]}
        self.store.put(job.key, told | about, kind)
        self.journal.write("explained" if job.known else kind.rpartition("/")[2], job)
        if doubts:
            intake.unsure[job.key] = job
        else:
            shutil.rmtree(job.folder, ignore_errors=True)
            self.bar.finished(job.key)

    @contextlib.contextmanager
    def judges(self) -> Iterator:
        """Yield what judges: the pool of this computer, or a cluster."""
        how = self.plan.trust, self.plan.patience
        if self.plan.cluster:
            from duplex.batch.cluster import Cluster

            judges = Cluster(self.plan.cluster, *how)
        else:
            judges = Pool(lambda: Judge.with_worker(*how), self.plan.size)
        try:
            yield judges
        finally:
            judges.stop()

    def tell(self, intake: Intake) -> int:
        """Write the results, and say what there is to say."""
        errors, write = [], self.write or results.write
        told = write(self.records(intake, errors), self.out, roster=self.plan.roster,
                     late=self.plan.late, shelf=intake.shelf)  # fmt: skip
        more = [f"And {len(errors) - SAID} more like these."] if len(errors) > SAID else []
        for sentence in (*told, *errors[:SAID], *more):
            terminal.say(self.console, terminal.clean(sentence))
        return 3 if errors else 0

    def records(self, intake: Intake, errors: list[str]) -> Iterator[Record]:
        """Yield the records one by one; what could not be judged is also said in `errors`."""
        for entry in intake.entries:
            told = self.store.get(entry.key) or self.store.get(entry.key, kinds.UNJUDGED)
            one = record(entry, told)
            failed = [verdict for verdict in one.verdicts if verdict.verdict in UNJUDGED]
            if failed:
                tasks = ", ".join(verdict.task_id for verdict in failed)
                errors.append(f"{one.submission.student}: task {tasks} could not be judged "
                              f"({failed[0].message.rstrip('.')}).")  # fmt: skip
            yield one


@contextlib.contextmanager
def temporary() -> Iterator[Path]:
    """Yield a folder that goes with this process, however that ends."""
    folder = tempfile.mkdtemp(prefix="duplex-batch-")
    words = [sys.executable, "-P", str(GUARD), folder]
    with subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True):
        yield Path(folder)
