"""`duplex load`: a crowd in one room of a chat with log-in (labs 06 to 08), and how it copes."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from duplex import catalog
from duplex.bench.crowd import Order
from duplex.bench.limits import allow_files
from duplex.errors import CourseError
from duplex.ground import MEMORY
from duplex.nursery import Nursery
from duplex.people import People
from duplex.server import CAN_FORK, serve

PEOPLE = 10  # who share the connections; each signs up once
SEEN_EVERY = 40  # messages after which a client says what it has seen, from lab 07 on
ROOM = "load"
UNLIMITED = {"CHAT_BURST": "1000000", "CHAT_RATE": "1000000"}  # what is measured is not the limit


@dataclass(frozen=True)
class Round:
    """What so many clients found: deliveries in a second, milliseconds, and what it cost."""

    clients: int
    rate: float
    p50: float
    p99: float
    alone: float  # ms from one message to the last ear, with no other under way (p99)
    cost: float  # microseconds of the server's core for each delivery
    memory: float  # MB of the server's process


def load(
    console: Console,
    lab: catalog.Lab,
    folder: Path,
    clients: int,
    seconds: float,
    plot: Path | None,
) -> None:
    """Let crowds of growing size talk in a room of the project, and tell what they found."""
    if lab.number < 6:
        raise CourseError("A load test needs keys and acknowledgements: labs 6 to 8 have them.")
    allow_files(clients)
    rounds = []
    with nursery() as parent, console.status("Starting the project…") as status:
        for size in sizes(clients):
            status.update(f"{size} clients come into a room, talk for {seconds:g} s, and listen…")
            rounds.append(measure(lab, folder, parent, size, seconds))
            console.print(Text(f"{size} clients: {rounds[-1].rate:,.0f} deliveries a second"))
    console.print(table(lab, rounds))
    if plot:
        draw(lab, rounds, plot)
        console.print(Text(f"The plot is in {plot}."), soft_wrap=True)


def nursery() -> contextlib.AbstractContextManager:
    """Return a warm parent for the servers (None on Windows)."""
    return Nursery("service") if CAN_FORK else contextlib.nullcontext()


def sizes(clients: int) -> list[int]:
    """Return the sizes of the crowds: a tenth, a third, and all."""
    return sorted({max(1, clients // 10), max(1, clients // 3), clients})


def measure(lab: catalog.Lab, folder: Path, parent, clients: int, seconds: float) -> Round:
    """Serve the project, and let so many clients talk."""
    from duplex.bench.chat import send_crowd

    with (
        database() as file,
        serve(folder, "daphne", nursery=parent, env=lab.env | UNLIMITED | file) as server,
    ):
        order = Order(
            server.address[1], f"/ws/chat/{ROOM}/", clients, server.child.pid, seconds=seconds,
            cookies=list(cookies(server, clients)), welcome=True,
            seen_every=SEEN_EVERY if lab.number >= 7 else 0,
        )  # fmt: skip
        found = send_crowd(order)
        if "error" in found:
            cause = server.log.last_error() or "nothing about it is in the project's log"
            raise CourseError(f"With {clients} clients, {found['error']} ({cause}).")
    return as_round(clients, found)


@contextlib.contextmanager
def database() -> Iterator[dict[str, str]]:
    """Name a new database, in memory where that is possible: the disk is not measured."""
    where = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory("", "duplex-", where, ignore_cleanup_errors=True) as place:
        yield {"CHAT_DATABASE": str(Path(place) / "load.sqlite3")}


def cookies(server, clients: int) -> Iterator[str]:
    """Return the cookies of each client: some people sign up, and come with many tabs each."""
    with People(server) as people:
        jars = [people.visitor(f"guest{one}").cookies for one in range(min(PEOPLE, clients))]
    for number in range(clients):
        jar = jars[number % len(jars)]
        yield "; ".join(f"{name}={value}" for name, value in jar.items())


def as_round(clients: int, found: dict) -> Round:
    """Sum up what a crowd measured."""
    full, alone = found["full"], found["alone"]
    return Round(
        clients, full["deliveries"] / full["seconds"], 1e3 * full["p50"], 1e3 * full["p99"],
        1e3 * alone["p99"], 1e6 * full["cpu"] / full["deliveries"], found["memory"] / 1e6,
    )  # fmt: skip


def table(lab: catalog.Lab, rounds: list[Round]) -> Table:
    """Return the rounds as a table."""
    shown = Table(title=f"Lab {lab.number:02d} · {lab.title}", title_justify="left", box=None)
    for name in ("clients", "a second", "p50", "p99", "one alone", "each costs", "memory"):
        shown.add_column(name, justify="right", no_wrap=True)
    for one in rounds:
        shown.add_row(
            f"{one.clients:,}", f"{one.rate:,.0f}", f"{one.p50:,.1f} ms", f"{one.p99:,.1f} ms",
            f"{one.alone:,.1f} ms", f"{one.cost:,.0f} µs", f"{one.memory:,.0f} MB",
        )  # fmt: skip
    return shown


def draw(lab: catalog.Lab, rounds: list[Round], path: Path) -> None:
    """Draw the rounds to a file; its name says in which format."""
    from duplex.figures.load import crowds

    try:
        crowds(f"lab {lab.number:02d}", rounds).savefig(path, dpi=150, bbox_inches="tight")
    except (OSError, ValueError) as error:
        raise CourseError(f"The plot cannot be written to {path} ({error}).") from None
