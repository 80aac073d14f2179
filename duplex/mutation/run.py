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
from duplex.mutation.mutants import Mutant


@dataclass
class Tally:
    """The verdicts on some mutants of a lab, and which of them no client can see."""

    lab: catalog.Lab
    verdicts: dict[Mutant, Verdict] = field(default_factory=dict)
    listed: frozenset[str] = frozenset()

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
    def score(self) -> float:
        """Killed of the visible ones, from 0 to 1."""
        visible = len(self.verdicts) - len(self.invisible)
        killed = sum(one.kind == "killed" for one in self.verdicts.values())
        return killed / visible if visible else 1.0


def judge_all(
    lab: catalog.Lab,
    mutants: list[Mutant],
    workers: int,
    tell: Callable[[Mutant, Verdict], None],
    fresh: bool = False,
) -> Tally:
    """Judge mutants; `tell` hears each verdict. What was judged before is not judged again.

    The solution itself must pass before and after; otherwise CourseError.
    """
    kept = Kept(lab)
    known = {} if fresh else {one: kept.get(one) for one in mutants}
    todo = [one for one in mutants if known.get(one) is None]
    for one in mutants:
        if one not in todo:
            tell(one, known[one])

    def note(mutant: Mutant, verdict: Verdict) -> None:
        known[mutant] = verdict
        kept.add(mutant, verdict)
        tell(mutant, verdict)

    if todo:
        with _judges(lab, min(workers, len(todo))) as judges:
            require_pass(judges[0])
            _side_by_side(judges, todo, note, tell)
            _confirm(judges[0], kept, todo)
    judged = {one: known[one] for one in mutants if known.get(one)}
    return Tally(lab, judged, frozenset(invisible.load(lab)))


@contextlib.contextmanager
def _judges(lab: catalog.Lab, number: int):
    with contextlib.ExitStack() as stack:
        judges = []
        for _ in range(number):
            judges.append(Judge(lab))
            stack.callback(judges[-1].close)
        yield judges


def require_pass(judge: Judge) -> None:
    """Demand that the solution itself passes, before its mutants mean anything."""
    if failed := judge.failure([task.id for task in judge.lab.tasks]):
        raise CourseError(
            f"The solution of lab {judge.lab.number} itself fails task {failed.task_id} "
            f"({failed.message}), so its mutants would mean nothing; mend that first."
        )


def _confirm(judge: Judge, kept: Kept, judged: list[Mutant]) -> None:
    """Demand that the solution still passes; otherwise forget what the failing task has killed."""
    if failed := judge.failure([task.id for task in judge.lab.tasks]):
        kept.forget({failed.task_id}, judged)
        raise CourseError(
            f"After its mutants, the solution of lab {judge.lab.number} itself failed task "
            f"{failed.task_id} ({failed.message}); what that task has killed is forgotten. "
            "Call this again, with fewer workers or on a quieter computer."
        )


def _side_by_side(
    judges: list[Judge], todo: list[Mutant], note: Callable, tell: Callable
) -> None:
    """Judge with all judges at once; when this is interrupted, they stop in the middle."""
    free = SimpleQueue()
    for judge in judges:
        free.put(judge)

    def work(mutant: Mutant) -> Verdict:
        judge = free.get()
        try:
            return judge.judge(mutant)
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
