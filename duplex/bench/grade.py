"""How fast is `duplex grade`? Against plain pytest in a fresh process for each submission."""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from duplex import catalog
from duplex.bench import class_of, told
from duplex.bench.accounts import GRADERS, KIT, Account, watched
from duplex.bench.check import environment
from duplex.bench.rounds import Found, Measured, Ratio
from duplex.errors import CourseError
from duplex.verdict import grader_file

PLAIN = "plain pytest, a process each"
FASTER, SLOWER, MORE = 8, 1.1, 1.2  # times as fast; as long for each, and as much, when many


@dataclass(frozen=True)
class Run:
    """One run of `duplex grade`: for how many, seconds, who passed, and what it used."""

    size: int
    seconds: float
    passed: int
    account: Account

    @property
    def name(self) -> str:
        """What it is called in tables."""
        return f"duplex grade, {self.size} submissions"


@dataclass(frozen=True)
class Plain:
    """The same with plain pytest."""

    seconds: list[float]
    passed: int


def grade_speed(
    console: Console, size: int, many: int, trust: bool, json_file: Path | None = None
) -> bool:
    """Grade a class both ways, and a larger one; return whether the bounds hold.

    `many` is the size of the larger class, 0 for none.
    """
    with tempfile.TemporaryDirectory() as place, told.progress(console) as bar:
        top = Path(place)
        step = bar.add_task("Writing the submissions", total=size * 2 + many)
        projects = class_of.write(top / "class", size)
        half = size // 2

        def plain(some: list) -> Plain:
            bar.update(step, description=PLAIN)
            return pytest_each(some, lambda: bar.advance(step))

        def ours(name: str, count: int) -> Run:
            bar.update(step, description=f"duplex grade, {count} submissions")
            run = grade_all(top / name, top / f"results of {name}", count, trust)
            bar.advance(step, count)
            return run

        first = plain(projects[:half])  # before and after, as a computer has its moods
        runs = [ours("class", size)]
        rest = plain(projects[half:])
        if many:
            class_of.write(top / "many", many)
            runs.append(ours("many", many))
    whole = Plain(first.seconds + rest.seconds, first.passed + rest.passed)
    return tell(console, whole, runs, json_file)


def pytest_each(projects: list[tuple[catalog.Lab, Path]], advance) -> Plain:
    """Judge each project with pytest in a process of its own, every server started cold."""
    seconds, passed = [], 0
    for lab, folder in projects:
        words = ["-m", "pytest", "-q", "-p", "duplex.bench.cold", str(grader_file(lab))]
        begin = time.perf_counter()
        done = subprocess.run(
            [sys.executable, *words, "--project", str(folder)], cwd=catalog.ROOT,
            env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        seconds.append(time.perf_counter() - begin)
        require(done.returncode in (0, 1), "pytest", done.stdout)
        passed += done.returncode == 0
        advance()
    return Plain(seconds, passed)


def grade_all(folder: Path, out: Path, size: int, trust: bool) -> Run:
    """Judge a class with `duplex grade`."""
    labs = [word for number in class_of.LABS for word in ("--lab", str(number))]
    words = [sys.executable, "-m", "duplex", "grade", str(folder), "--out", str(out), *labs]
    with tempfile.TemporaryFile("w+") as said:
        begin = time.perf_counter()
        code, account = watched(
            [*words, *(["--trust-submissions"] if trust else [])], cwd=catalog.ROOT,
            env=environment(), stdout=said, stderr=subprocess.STDOUT,
        )  # fmt: skip
        seconds = time.perf_counter() - begin
        said.seek(0)
        require(code == 0, "duplex grade", said.read())
    return Run(size, seconds, count_passed(out), account)


def count_passed(out: Path) -> int:
    """Return how many projects passed whole."""
    kept = [json.loads(file.read_bytes()) for file in (out / "kept").glob("*.json")]
    return sum(all(one["verdict"] == "passed" for one in told["verdicts"]) for told in kept)


def require(fine: bool, what: str, said: str) -> None:
    """Stop when something ended otherwise than it should."""
    if not fine:
        raise CourseError(f"Measuring stopped, because {what} failed. {said.strip()[-2000:]}")


def tell(console: Console, plain: Plain, runs: list[Run], json_file: Path | None) -> bool:
    """Tell times, ratios, memory, and where the time goes."""
    each = sum(plain.seconds) / len(plain.seconds)
    measured = {PLAIN: Measured(PLAIN, plain.seconds)}
    measured |= {run.name: Measured(run.name, [run.seconds / run.size]) for run in runs}
    found = ratios(each, runs)
    console.print(told.times(measured))
    console.print(told.verdicts(found))
    for run in runs:
        console.print(where(run))
    agree = all(passed == class_of.right(size) for size, passed in passing(plain, runs))
    for size, passed in passing(plain, runs):
        console.print(Text(f"{passed} of {size} passed; {class_of.right(size)} should."))
    console.print(Text(f"The picture is {told.draw('grade', measured, found)}."))
    if json_file:
        data = told.as_data("grade", 1, measured, found)
        data |= {"runs": [as_data(run) for run in runs], "agree": agree}
        json_file.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    return agree and all(one.holds for one in found)


def passing(plain: Plain, runs: list[Run]) -> list[tuple[int, int]]:
    """Return how many were judged, and how many of them passed: by pytest, then in each run."""
    by_pytest = len(plain.seconds), plain.passed
    return [by_pytest, *((run.size, run.passed) for run in runs)]


def ratios(each: float, runs: list[Run]) -> list[Found]:
    """Compare a submission's time with plain pytest's, and the larger class with the smaller."""
    first, *others = runs
    rate = first.seconds / first.size
    quick = Ratio("one submission: duplex grade / plain pytest", first.name, PLAIN, 1 / FASTER)
    found = [Found(quick, [rate / each])]
    for run in others:
        linear = Ratio("one submission: of many / of few", run.name, first.name, SLOWER)
        found.append(Found(linear, [run.seconds / run.size / rate]))
        memory = Ratio("memory of kit and graders: many / few", run.name, first.name, MORE)
        found.append(Found(memory, [own(run) / own(first)]))
    return found


def own(run: Run) -> int:
    """Return the most memory that the kit and its graders took, in bytes."""
    return run.account.memory[KIT] + run.account.memory[GRADERS]


def where(run: Run) -> Table:
    """Show where a run's time goes: of all that the cores could have done."""
    table = Table(f"Where the time goes, {run.size} submissions in {run.seconds:.0f} s", "share",
                  "memory", box=None, padding=(1, 2, 0, 0))  # fmt: skip
    whole = run.seconds * (os.cpu_count() or 1)
    for name, seconds in run.account.cpu().items():
        memory = f"{run.account.memory[name] / 2**20:.0f} MB"
        table.add_row(name, f"{seconds / whole:.0%}", memory)
    rest = max(0.0, whole - sum(run.account.cpu().values()))
    table.add_row("nothing, or other programs", f"{rest / whole:.0%}", "")
    return table


def as_data(run: Run) -> dict:
    """Return a run as JSON data: seconds, bytes."""
    return {"size": run.size, "seconds": run.seconds, "passed": run.passed,
            "cpu": run.account.cpu(), "memory": run.account.memory}  # fmt: skip
