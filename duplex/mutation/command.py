"""The command `duplex mutate`: how many small changes of the solutions the graders notice."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from duplex import catalog
from duplex.cli import lab_and_tasks
from duplex.errors import CourseError
from duplex.mutation.kept import Kept, Verdict
from duplex.mutation.mutants import Mutant, find, mutants
from duplex.mutation.run import Tally, judge_all
from duplex.mutation.sample import sample
from duplex.progression import labs
from duplex.terminal import clean

GOAL = 0.95  # of the mutants that a client can see


@dataclass(frozen=True)
class Plan:
    """What to judge, and how: a lab, a task, the one with the id `only`, or with None all labs.

    With `size`, so many of a lab are drawn by lot.
    """

    what: str | None = None
    workers: int | None = None
    json_file: Path | None = None
    list_only: bool = False
    only: str | None = None
    fresh: bool = False
    size: int | None = None

    def run(self, console: Console) -> bool:
        """Do it, lab by lab; tell whether all of them reach the goal."""
        tallies = []
        for lab, found in self.chosen():
            chosen = sample(found, self.size)
            if self.list_only:
                show(console, lab, chosen)
                continue
            workers = self.workers or 2 * (os.cpu_count() or 1)  # they wait, most of the time
            tallies.append(judge(console, lab, chosen, workers, self, len(found)))
            say_scores(console, tallies[-1:])
        if self.json_file:
            write(self.json_file, tallies)
        if len(tallies) > 1:
            say_scores(console, tallies)
        return all(one.score >= GOAL and not one.seen for one in tallies)

    def chosen(self) -> Iterator[tuple[catalog.Lab, list[Mutant]]]:
        """Yield each lab with those of its mutants that are asked for."""
        if self.what is None:
            if self.only:
                raise CourseError("Name the lab whose mutant it is: `duplex mutate 4 --only ID`.")
            yield from ((lab, mutants(lab)) for lab in labs())
            return
        lab, tasks = lab_and_tasks(self.what)
        found = mutants(lab, tasks[0] if tasks else None)
        yield lab, [find(lab, self.only)] if self.only else found


def show(console: Console, lab: catalog.Lab, mutants: list[Mutant]) -> None:
    """List mutants, each with its verdict, if it has one that still counts."""
    kept = Kept(lab)
    for one in mutants:
        say(console, one, kept.get(one) or Verdict("not judged"))


def say(console: Console, mutant: Mutant, verdict: Verdict, whole: bool = False) -> None:
    """Print a mutant with its verdict in two lines; all that was said with `whole`."""
    line = Text.assemble((f"{verdict.kind:<10} ", "red" if verdict.kind == "lives" else "dim"))
    line.append(mutant.id)
    by = f"  by {verdict.test}" if verdict.test else ""
    line.append(f"  (line {mutant.line}, task {mutant.task or '-'}){by}", "dim")
    console.print(line, soft_wrap=True)
    console.print(Text(f"           {clean(mutant.change)}"), soft_wrap=True)
    if whole and verdict.said:
        console.print(Text(f"           {clean(verdict.said)}", "dim"), soft_wrap=True)


def judge(
    console: Console, lab: catalog.Lab, mutants: list[Mutant], workers: int, plan: Plan, of: int
) -> Tally:
    """Judge mutants under a progress bar, and print those that live as they are found."""
    words = TextColumn("lab {task.fields[lab]}"), BarColumn(), MofNCompleteColumn()
    bar = Progress(*words, TimeRemainingColumn(), console=console)
    with bar:
        task = bar.add_task("", total=len(mutants), lab=lab.number)

        def tell(mutant: Mutant, verdict: Verdict) -> None:
            bar.advance(task)
            if verdict.kind != "killed" or plan.only:
                say(bar.console, mutant, verdict, whole=bool(plan.only))

        return judge_all(lab, mutants, workers, tell, plan.fresh, of)


def say_scores(console: Console, tallies: list[Tally]) -> None:
    """Print a line for each lab, and what must be done about it."""
    table = Table("Lab", "Judged", "Killed", "Listed", "Live", "Unclear", "Score", "95 % within")
    for one in tallies:
        counts = one.killed, len(one.invisible)
        counts += len(one.of_kind("lives")), len(one.of_kind("unclear"))
        judged, ends = f"{len(one.verdicts)} of {one.of}", [100 * end for end in one.interval or ()]
        within = "{:.1f}–{:.1f} %".format(*ends) if ends else "all judged"
        table.add_row(str(one.lab.number), judged, *map(str, counts), f"{one.score:.1%}", within)
    console.print(table)
    for tally in tallies:
        for one in tally.seen:
            console.print(Text(f"{one.id} of lab {tally.lab.number} is listed as invisible, but "
                               "was killed; remove it from the list."), soft_wrap=True)  # fmt: skip


def as_data(tallies: list[Tally]) -> list[dict]:
    """Return the verdicts as plain data."""
    return [
        {
            "lab": tally.lab.number,
            "score": tally.score,
            "of": tally.of,
            "interval": tally.interval,
            "mutants": [
                {"id": one.id, "line": one.line, "task": one.task, "change": one.change,
                 "listed": one.id in tally.listed} | {"verdict": asdict(verdict)}
                for one, verdict in tally.verdicts.items()
            ],
        }
        for tally in tallies
    ]  # fmt: skip


def write(file: Path, tallies: list[Tally]) -> None:
    """Write the verdicts as JSON."""
    file.write_text(json.dumps(as_data(tallies), indent=1) + "\n", encoding="utf-8")
