"""Judge the mutants of a lab with several judges side by side, and sum them up."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from queue import SimpleQueue

from duplex import catalog
from duplex.errors import CourseError, KitFault
from duplex.mutation import invisible
from duplex.mutation.judge import Judge
from duplex.mutation.kept import Kept, Verdict
from duplex.mutation.killers import Killers
from duplex.mutation.mutants import Mutant
from duplex.mutation.sample import wilson


@dataclass
class Tally:
    """The verdicts on some mutants of a lab, and which of them no client can see.

    They were drawn from so many as `of` says.
    """

    lab: catalog.Lab
    verdicts: dict[Mutant, Verdict] = field(default_factory=dict)
    listed: frozenset[str] = frozenset()
    of: int = 0

    def of_kind(self, *kinds: str) -> list[Mutant]:
        """Return the mutants with such a verdict, without those that are listed as invisible."""
        return [one for one, verdict in self.verdicts.items()
                if verdict.kind in kinds and one.id not in self.listed]  # fmt: skip

    @property
    def invisible(self) -> list[Mutant]:
        """The mutants that are listed, and live."""
        return [one for one, verdict in self.verdicts.items()
                if one.id in self.listed and verdict.kind != "killed"]  # fmt: skip

    @property
    def seen(self) -> list[Mutant]:
        """The mutants that are listed as invisible, but were killed: they do not belong there."""
        return [one for one, verdict in self.verdicts.items()
                if one.id in self.listed and verdict.kind == "killed"]  # fmt: skip

    @property
    def killed(self) -> int:
        """How many were killed, listed or not."""
        return sum(one.kind == "killed" for one in self.verdicts.values())

    @property
    def score(self) -> float:
        """Killed of the visible ones, from 0 to 1."""
        visible = len(self.verdicts) - len(self.invisible)
        return self.killed / visible if visible else 1.0

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the score of all mutants lies, with 95 % confidence; None when these are all."""
        sampled = len(self.verdicts) < self.of
        return wilson(self.killed, len(self.verdicts) - len(self.invisible)) if sampled else None


def judge_all(
    lab: catalog.Lab,
    mutants: list[Mutant],
    workers: int,
    tell: Callable[[Mutant, Verdict], None],
    fresh: bool = False,
    of: int = 0,
) -> Tally:
    """Judge mutants; `tell` hears each verdict. What was judged before is not judged again.

    They were drawn from `of` mutants. The solution itself must pass before and after; otherwise
    CourseError.
    """
    kept = Kept(lab)
    known = {} if fresh else {one: kept.get(one) for one in mutants}
    listed = frozenset(invisible.load(lab))
    todo = [one for one in mutants if known.get(one) is None]
    todo.sort(key=lambda one: one.id in listed)  # who lives takes as long as the whole lab
    for one in mutants:
        if one not in todo:
            tell(one, known[one])

    killers = Killers(kept.kills())

    def note(mutant: Mutant, verdict: Verdict) -> None:
        known[mutant] = verdict
        if verdict.kind == "killed":
            killers.note(mutant.id, verdict.task, verdict.test)
        kept.add(mutant, verdict)
        tell(mutant, verdict)

    if todo:
        with _judges(lab, min(workers, len(todo)), killers) as judges:
            require_pass(judges[0])
            survived = {} if fresh else {one: kept.survived(one) for one in todo}
            _side_by_side(judges, todo, survived, note, tell)
            _confirm(judges[0], kept, todo)
    judged = {one: known[one] for one in mutants if known.get(one)}
    return Tally(lab, judged, listed, of)


@contextlib.contextmanager
def _judges(lab: catalog.Lab, number: int, killers: Killers):
    with contextlib.ExitStack() as stack:
        judges = []
        for _ in range(number):
            judges.append(Judge(lab, killers))
            stack.callback(judges[-1].close)
        yield judges


def require_pass(judge: Judge) -> None:
    """Demand that the solution itself passes, before its mutants mean anything."""
    if failed := judge.failure(judge.tasks):
        raise CourseError(
            f"The solution of lab {judge.lab.number} itself fails task {failed.task_id} "
            f"({failed.message}), so its mutants would mean nothing; mend that first."
        )


def _confirm(judge: Judge, kept: Kept, judged: list[Mutant]) -> None:
    """Demand that the solution still passes; otherwise forget what the failing task has killed.

    This time the last task comes first, and of its tests the last: mutants meet them in any order.
    """
    if failed := judge.failure(judge.tasks[::-1], kept.grader.tests[::-1]):
        kept.forget({failed.task_id}, judged)
        raise CourseError(
            f"After its mutants, the solution of lab {judge.lab.number} itself failed task "
            f"{failed.task_id} ({failed.message}); what that task has killed is forgotten. "
            "Call this again, with fewer workers or on a quieter computer."
        )


def _side_by_side(
    judges: list[Judge],
    todo: list[Mutant],
    survived: dict[Mutant, set[str]],
    note: Callable,
    tell: Callable,
) -> None:
    """Judge with all judges at once; when this is interrupted, they stop in the middle."""
    free = SimpleQueue()
    for judge in judges:
        free.put(judge)

    def work(mutant: Mutant) -> Verdict:
        judge = free.get()
        try:
            return judge.judge(mutant, survived.get(mutant, ()))
        finally:
            free.put(judge)

    pool = ThreadPoolExecutor(len(judges))
    try:
        running = {pool.submit(work, mutant): mutant for mutant in todo}
        for future in as_completed(running):
            _collect(running[future], future, note, tell)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for judge in judges if any(not future.done() for future in running) else ():
            judge.close()
        pool.shutdown()


def _collect(mutant: Mutant, future, note: Callable, tell: Callable) -> None:
    try:
        note(mutant, future.result())
    except KitFault as fault:  # of this one alone: it is judged again next time
        tell(mutant, Verdict("unclear", said=str(fault)))
