"""How fast is a room with a hub? Against the usual chat on the same Daphne, and a bare library."""

import contextlib
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

from duplex import catalog, project
from duplex.bench import chat_told, crowd
from duplex.bench.contest import Board, Contestant, Goal, Run
from duplex.bench.guests import Guests, invited
from duplex.bench.limits import allow_files
from duplex.bench.served import BROADCAST, DAPHNE, KEPT_FRAMES, UVICORN, environment, serving
from duplex.errors import CourseError

PROJECTS = Path(__file__).parent / "projects"
SIZES = (100, 300, 1000)
PATH = "/ws/chat/cinema/"
SEEN = 40  # messages after which a client of lab 08 says what it has seen
LAB = 8
CONTESTANTS = [
    Contestant("usual", "usual chat, Daphne", DAPHNE, "usual"),
    Contestant("lab", "lab 08, Daphne", DAPHNE, None),
    Contestant("uvicorn", "lab 08, uvicorn", UVICORN, None),
    Contestant("hub", "hub alone, Daphne", DAPHNE, "hub"),
    Contestant("kept", "hub alone, frames kept", KEPT_FRAMES, "hub"),
    Contestant("broadcast", "websockets' broadcast", BROADCAST, "usual"),
]
GOALS = [
    Goal("lab 08 / usual chat, 300 clients", ("lab", 300), ("usual", 300), 8.0),
    Goal("lab 08, 1000 clients / 100 clients", ("lab", 1000), ("lab", 100), 0.8),
]


@dataclass(frozen=True)
class Plan:
    """What to measure: with how many clients, how often, over which layer, how long each."""

    sizes: tuple[int, ...] = SIZES
    rounds: int = 3
    redis: bool = False
    seconds: float = 2.0  # of each run under load


def chat_speed(console: Console, plan: Plan, json_file: Path | None = None) -> bool:
    """Measure, tell, draw, and write; return whether each goal that was measured is reached."""
    require("uvicorn", "websockets")
    allow_files(max(plan.sizes))
    with (
        layer(plan.redis) as env,
        invited(catalog.lab(LAB), max(plan.sizes)) as guests,
        chat_told.progress(console, plan, CONTESTANTS) as tell,
    ):
        run_one = lambda one, clients: run(one, clients, plan.seconds, env, guests)  # noqa: E731
        board = contest(plan, run_one, tell)
    chat_told.show(console, board, plan, CONTESTANTS, GOALS)
    if json_file:
        data = chat_told.as_data(board, plan, CONTESTANTS, GOALS)
        json_file.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return all(goal.reached(board) for goal in GOALS if goal.measured_on(board))


def require(*names: str) -> None:
    """Say in one sentence what is not installed."""
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        words = " ".join(missing)
        raise CourseError(
            f"This benchmark also needs {' and '.join(missing)}: install what is missing with "
            f"`{sys.executable} -m pip install {words}`, then measure again."
        )


@contextlib.contextmanager
def layer(redis: bool) -> Iterator[dict[str, str]]:
    """Give the environment that selects the channel layer: in memory, or a Redis of our own."""
    if not redis:
        yield {}
        return
    from duplex.redis import Redis

    with Redis() as server:
        yield {"CHAT_REDIS": server.url}


def contest(
    plan: Plan,
    run_one: Callable[[Contestant, int], Run],
    tell: Callable[[Contestant, int, int], None],
) -> Board:
    """Let the contestants run in turn, round by round; `tell` hears of each before it begins.

    What is compared runs close together in time, in case the computer is busy with other things:
    a contestant in rooms of all sizes, and two contestants in rooms of one size.
    """
    board = Board()
    for number in range(1, plan.rounds + 1):
        for one in CONTESTANTS:
            for clients in reversed(plan.sizes):
                tell(one, clients, number)
                board.add(one.key, clients, run_one(one, clients))
    return board


def run(
    one: Contestant, clients: int, seconds: float, env: dict[str, str], guests: Guests
) -> Run:  # fmt: skip
    """Serve a copy of the contestant's project, send the crowd, and return what it measured."""
    with (
        at_home(one, guests) as (folder, more, manners),
        serving(folder, one.words, env | more) as served,
    ):
        address = served.port, PATH, clients, served.pid
        told = send_crowd(crowd.Order(*address, seconds=seconds, **manners))
    if "error" in told:
        raise CourseError(
            f"Measuring stopped at {one.name!r} with {clients} clients: {told['error']}; "
            "see that the computer is not too busy, then measure again."
        )
    return Run.of(told)


@contextlib.contextmanager
def at_home(one: Contestant, guests: Guests) -> Iterator[tuple[Path, dict, dict]]:
    """Give a copy of the contestant's project, its environment, and how its clients behave."""
    if one.project:
        yield project.copy(PROJECTS / one.project), {}, {}
        return
    with guests.fresh() as env:
        manners = {"cookies": guests.cookies, "welcome": True, "seen_every": SEEN}
        yield project.copy(catalog.lab(LAB).folder("solutions")), env, manners


def send_crowd(order: crowd.Order) -> dict:
    """Run the crowd in a process of its own; return what it tells."""
    done = subprocess.run(
        [sys.executable, "-P", crowd.__file__], input=json.dumps(asdict(order)),
        env=environment(), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return json.loads(done.stdout or '{"error": "the crowd itself failed"}')
