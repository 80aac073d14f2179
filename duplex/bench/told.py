"""Tell what a benchmark found: tables and bars in the terminal, JSON, a picture in bench/."""

import json
import os
import platform
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from duplex import catalog
from duplex.bench.rounds import Found, Measured, Ratio, Workload, compare, measure

WIDTH = 24  # columns of the longest bar


def run(
    name: str,
    workloads: list[Workload],
    ratios: list[Ratio],
    rounds: int,
    console: Console,
    json_file: Path | None = None,
) -> bool:
    """Measure, tell, draw, and write; return whether each ratio is within its bound."""
    measured = _measure_aloud(workloads, rounds, console)
    found = [compare(ratio, measured) for ratio in ratios]
    console.print(times(measured))
    console.print(verdicts(found))
    picture = draw(name, measured, found)
    console.print(Text(f"The picture is {picture}."))
    if json_file:
        text = json.dumps(as_data(name, rounds, measured, found), indent=2, ensure_ascii=False)
        json_file.write_text(text + "\n", encoding="utf-8")
    return all(one.holds for one in found)


def _measure_aloud(workloads, rounds: int, console: Console) -> dict[str, Measured]:
    with progress(console) as bar:
        step = bar.add_task("Measuring", total=len(workloads) * (rounds + 1))

        def tell(workload: Workload, number: int) -> None:
            where = f"round {number} of {rounds}" if number else "warming up"
            bar.update(step, description=f"{where}: {workload.name}")
            bar.advance(step)

        return measure(workloads, rounds, tell)


def progress(console: Console) -> Progress:
    """Return a bar that says what is measured, how far it is, and for how long it has gone on."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    return Progress(*columns, TimeElapsedColumn(), console=console, transient=True)


def times(measured: dict[str, Measured]) -> Table:
    """Show each workload's median, its spread, and a bar as long as the median."""
    table = Table("Measured", "median", "lowest to highest", "", box=None, padding=(0, 2, 0, 0))
    longest = max(one.median for one in measured.values())
    for one in measured.values():
        bar = "█" * max(1, round(WIDTH * one.median / longest))
        spread = f"{min(one.seconds):.2f} to {max(one.seconds):.2f} s"
        table.add_row(one.name, f"{one.median:.2f} s", spread, Text(bar, "cyan"))
    return table


def verdicts(found: list[Found]) -> Table:
    """Show each ratio with its spread, its bound, and whether it holds."""
    table = Table("Ratio", "median", "lowest to highest", "at most", "",
                  box=None, padding=(1, 2, 0, 0))  # fmt: skip
    for one in found:
        sign = Text("✓", "green") if one.holds else Text("✗ too slow", "red")
        spread = f"{min(one.values):.2f} to {max(one.values):.2f}"
        bound = f"{one.ratio.bound:.2f}"
        table.add_row(one.ratio.name, f"{one.median:.2f}", spread, bound, sign)
    return table


def as_data(name: str, rounds: int, measured: dict[str, Measured], found: list[Found]) -> dict:
    """Return what `--json` writes; times are in seconds, one for each round."""
    return machine() | {
        "benchmark": name,
        "rounds": rounds,
        "measured": {
            one.name: {"median": one.median, "seconds": one.seconds} for one in measured.values()
        },
        "ratios": [
            {"name": one.ratio.name, "over": one.ratio.over, "under": one.ratio.under,
             "median": one.median, "values": one.values, "bound": one.ratio.bound,
             "holds": one.holds}
            for one in found
        ],
    }  # fmt: skip


def machine() -> dict:
    """Return what the figures depend on: Python, system, cores."""
    return {
        "python": platform.python_version(), "system": platform.platform(),
        "cores": os.cpu_count(),
    }  # fmt: skip


def draw(name: str, measured: dict[str, Measured], found: list[Found]) -> Path:
    """Draw times and ratios to bench/NAME.png beside course.py; return the file."""
    from duplex.figures.bench import comparison

    path = catalog.ROOT / "bench" / f"{name}.png"
    path.parent.mkdir(exist_ok=True)
    comparison(measured, found).savefig(path, dpi=150)
    return path
