"""Tell what the contest of chat servers found: progress, tables, goals, JSON, a picture."""

import contextlib
import os
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from duplex import catalog
from duplex.bench import told
from duplex.bench.contest import Board, Contestant, Goal

USUAL = "usual"  # the contestant that the others are compared with
MEASURES = {  # what a Run holds: how it is called, and how a value is written
    "deliveries": ("deliveries/s", lambda value: f"{value:,.0f}"),
    "p99": ("p99", lambda value: f"{1000 * value:,.0f} ms"),
    "cpu": ("CPU/delivery", lambda value: f"{1e6 * value:,.0f} µs"),
    "memory": ("memory", lambda value: f"{value / 2**20:,.0f} MiB"),
    "alone": ("one by one", lambda value: f"{value:,.0f}/s"),
    "alone_p99": ("its p99", lambda value: f"{1000 * value:,.1f} ms"),
}
NOTE = (
    "× and %: of the usual chat in the same round, the median of the rounds. p99: from saying to "
    "hearing, with 20 messages in flight. One by one: the next is said when all have heard the "
    "last. Busy: how much of a core the crowd itself took; near 100 %, it is the limit. By CPU: "
    "the same ratio for each second of the server's CPU, whatever else the computer does."
)


@contextlib.contextmanager
def progress(console: Console, plan, contestants: list[Contestant]) -> Iterator[Callable]:
    """Show how far it is; give what to call before each run."""
    with told.progress(console) as bar:
        total = plan.rounds * len(plan.sizes) * len(contestants)
        step = bar.add_task("Measuring", total=total + 1)

        def tell(one: Contestant, clients: int, number: int) -> None:
            where = f"round {number} of {plan.rounds}: {clients} clients, {one.name}"
            bar.update(step, description=where)
            bar.advance(step)

        yield tell


def show(console: Console, board: Board, plan, contestants: list, goals: list[Goal]) -> None:
    """Print a table for each size, then the goals, and draw."""
    for clients in plan.sizes:
        console.print(table(board, clients, contestants))
    console.print(Text(f"\n{NOTE}", "dim"))
    console.print(verdicts(board, goals))
    console.print(Text(f"The picture is {draw(board, plan, contestants)}."))


def table(board: Board, clients: int, contestants: list[Contestant]) -> Table:
    """Show the medians with this many clients, each with its ratio to the usual chat's."""
    shown = Table(f"{clients} clients", box=None, padding=(1, 2, 0, 0))
    for name in [name for name, _ in MEASURES.values()] + ["busy"]:
        shown.add_column(name, justify="right", no_wrap=True)
    for one in contestants:
        cells = [cell(board, what, one.key, clients) for what in MEASURES]
        busy = board.median(one.key, clients, "busy")
        shown.add_row(one.name, *cells, f"{100 * busy:.0f} %")
    return shown


def cell(board: Board, what: str, key: str, clients: int) -> str:
    """Write a median, and below it how many times (or what part of) the usual chat's it is."""
    value = MEASURES[what][1](board.median(key, clients, what))
    if key == USUAL:
        return value
    return f"{value}\n{share(board.ratio(what, (key, clients), (USUAL, clients)))}"


def share(ratio: float) -> str:
    """Write a ratio: 12.3 × above one, 8 % below."""
    percent = 100 * ratio
    return f"{ratio:.1f} ×" if ratio >= 1 else f"{percent:.{int(percent < 10)}f} %"


def verdicts(board: Board, goals: list[Goal]) -> Table:
    """Show each goal with its ratio, and whether it is reached."""
    shown = Table("Goal: deliveries/s", "median", "lowest to highest", "by CPU", "at least", "",
                  box=None, padding=(1, 2, 0, 0))  # fmt: skip
    for goal in goals:
        shown.add_row(goal.name, *_verdict(board, goal))
    return shown


def _verdict(board: Board, goal: Goal) -> list[str | Text]:
    least = f"{goal.least:.2f}"
    if not goal.measured_on(board):
        return ["", "not measured", "", least, ""]
    values = goal.values(board)
    sign = Text("✓", "green") if goal.reached(board) else Text("✗ too slow", "red")
    spread = f"{min(values):.2f} to {max(values):.2f}"
    by_cpu = f"{goal.by_cpu(board):.2f}"
    return [f"{statistics.median(values):.2f}", spread, by_cpu, least, sign]


def as_data(board: Board, plan, contestants: list[Contestant], goals: list[Goal]) -> dict:
    """Return what `--json` writes: each run of each round, and the ratios."""
    return told.machine() | {
        "benchmark": "chat",
        "rounds": plan.rounds,
        "layer": "redis" if plan.redis else "memory",
        "load": list(os.getloadavg()) if hasattr(os, "getloadavg") else None,
        "measured": [measured(board, one, clients)
                     for clients in plan.sizes for one in contestants],
        "goals": [goal_data(goal, board) for goal in goals if goal.measured_on(board)],
    }  # fmt: skip


def measured(board: Board, one: Contestant, clients: int) -> dict:
    """Return a contestant's runs with this many clients, and the medians of its ratios."""
    here, usual = (one.key, clients), (USUAL, clients)
    return {
        "name": one.name, "clients": clients, "runs": [vars(run) for run in board.runs[here]],
        "ratios": {what: board.ratio(what, here, usual) for what in MEASURES},
    }  # fmt: skip


def goal_data(goal: Goal, board: Board) -> dict:
    """Return a goal, its ratios, and whether it is reached."""
    values = goal.values(board)
    return {
        "name": goal.name, "values": values, "median": statistics.median(values),
        "by_cpu": goal.by_cpu(board), "at_least": goal.least, "reached": goal.reached(board),
    }  # fmt: skip


def draw(board: Board, plan, contestants: list[Contestant]) -> Path:
    """Draw the ratios to bench/chat.png beside course.py; return the file."""
    from duplex.figures.bench_chat import ratios

    path = catalog.ROOT / "bench" / "chat.png"
    path.parent.mkdir(exist_ok=True)
    ratios(board, plan.sizes, contestants, USUAL).savefig(path, dpi=150)
    return path
