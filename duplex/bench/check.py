"""How fast is `duplex check`? Against starting the project's Daphne cold and doing one echo."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console

from duplex import catalog, project, wire
from duplex.bench import told
from duplex.bench.rounds import Ratio, Workload
from duplex.deadline import Deadline
from duplex.errors import CourseError
from duplex.worker import grade

LAB = 2
ECHO = "/ws/echo/"
LISTENS = re.compile(r"Listening on TCP address ([\d.]+):(\d+)")
PATIENCE = 60  # seconds, scaled
DAPHNE, COLD, WARM = "Daphne started, one echo", f"duplex check {LAB}, cold", "checked again, warm"
RATIOS = [
    Ratio("cold check / Daphne and echo", COLD, DAPHNE, 3.0),
    Ratio("warm check / cold check", WARM, COLD, 1 / 3),
]


def check_speed(console: Console, rounds: int, json_file: Path | None = None) -> bool:
    """Compare a cold check and a warm one with a cold start; return whether the bounds hold."""
    lab = catalog.lab(LAB)
    folder = project.copy(lab.folder("solutions"))
    workloads = [
        Workload(DAPHNE, lambda: start_and_echo(folder)),
        Workload(COLD, lambda: check_cold(LAB)),
        Workload(WARM, lambda: check_warm(lab)),
    ]
    try:
        return told.run("check", workloads, RATIOS, rounds, console, json_file)
    finally:
        project.remove(folder)


def environment() -> dict[str, str]:
    """The environment of a user: compiled modules are kept, as Python does by itself."""
    dropped = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")
    return {name: value for name, value in os.environ.items() if name not in dropped}


def start_and_echo(folder: Path) -> float:
    """Start `daphne config.asgi:application`, echo one text; return the seconds until then."""
    words = ["-m", "daphne", "-b", "127.0.0.1", "-p", "0", "config.asgi:application"]
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *words], cwd=folder, env=environment(),
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
    ) as daphne:  # fmt: skip
        try:
            echo(listening(daphne))
            return time.perf_counter() - start
        finally:
            daphne.kill()


def listening(daphne: subprocess.Popen) -> wire.Address:
    """Read Daphne's log until it says where it listens."""
    said = []
    for line in daphne.stderr:
        said.append(line.strip())
        if found := LISTENS.search(line):
            return found[1], int(found[2])
    raise CourseError(f"Daphne ended before it listened: {(said or ['it said nothing'])[-1]}")


def echo(address: wire.Address) -> None:
    """Send one text, and wait until it comes back."""
    deadline = Deadline(PATIENCE)
    with wire.connect(address, ECHO) as socket:
        socket.send_text("hello")
        while socket.receive(deadline.remaining()).payload != "hello":
            pass  # the greeting


def check_cold(number: int) -> None:
    """Run `duplex check NUMBER --solutions` as a process of its own."""
    words = ["-m", "duplex", "check", str(number), "--solutions"]
    done = subprocess.run(
        [sys.executable, *words], cwd=catalog.ROOT, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
    )  # fmt: skip
    if done.returncode:
        last = (done.stdout.strip().splitlines() or ["it said nothing"])[-1].strip()
        raise CourseError(f"it ended with exit code {done.returncode}: {last}")


def check_warm(lab: catalog.Lab) -> None:
    """Grade in the process that stays warm, as watching and batch grading do."""
    failed = [one for one in grade(lab, lab.folder("solutions")) if not one.passed]
    if failed:
        raise CourseError(f"task {failed[0].task_id} did not pass: {failed[0].message}")
