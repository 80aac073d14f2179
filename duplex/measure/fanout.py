"""What it costs to hand one message to many: step by step without sockets, then as a contest."""

import json
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from channels.layers import InMemoryChannelLayer

from duplex import server as servers
from duplex.bench import crowd
from duplex.bench.chat import PROJECTS, SEEN, send_crowd
from duplex.bench.contest import Run
from duplex.deadline import scaled
from duplex.errors import CourseError
from duplex.server import Server

GROUP = "cinema"
EVENT = {"type": "chat.message", "author": "ada", "text": "Who comes along to the cinema tonight?"}
COPY, TAKE, ENCODE, HAND = "copy", "take out", "encode", "put into queues"


async def costs(members: int = 100, messages: int = 20) -> dict[str, dict[str, float]]:
    """Return microseconds for each delivery, by step: for a channel each, and for one channel."""
    return {
        "a channel for each client": await _steps(members, members, messages),
        "one channel for the room": await _steps(1, members, messages),
    }


async def _steps(channels: int, members: int, messages: int) -> dict[str, float]:
    layer, queues = InMemoryChannelLayer(), [deque(maxlen=200) for _ in range(members)]
    names = [await layer.new_channel() for _ in range(channels)]
    for name in names:
        await layer.group_add(GROUP, name)
    spent = dict.fromkeys((COPY, TAKE, ENCODE, HAND), 0.0)
    for _ in range(messages):
        marks = [time.perf_counter()]
        await layer.group_send(GROUP, EVENT)
        marks.append(time.perf_counter())
        events = [await layer.receive(name) for name in names]
        marks.append(time.perf_counter())
        frames = [json.dumps(event) for event in events]
        marks.append(time.perf_counter())
        for place, queue in enumerate(queues):
            queue.append(frames[place % channels])
        marks.append(time.perf_counter())
        for step, begin, end in zip(spent, marks, marks[1:], strict=False):
            spent[step] += end - begin
    return {step: 1e6 * seconds / messages / members for step, seconds in spent.items()}


@dataclass(frozen=True)
class Round:
    """What one chat did with so many clients: deliveries a second, microseconds of CPU for each."""

    chat: str
    clients: int
    rate: float
    cpu: float
    p99: float  # milliseconds from saying to hearing

    def row(self) -> dict[str, object]:
        """Return it as a row of a table."""
        return {"chat": self.chat, "clients": self.clients, "deliveries a second": round(self.rate),
                "CPU for each (µs)": round(self.cpu), "p99 (ms)": round(self.p99)}  # fmt: skip


def usual(nursery) -> Server:
    """Serve the usual chat of the benchmark: a group for each room, a handler for each member."""
    return servers.serve(PROJECTS / "usual", "daphne", nursery=nursery)


def contest(
    chats: dict[str, tuple[Server, str | None]], sizes: Iterable[int], seconds: float = 0.3
) -> list[Round]:
    """Send crowds to each chat (its server, and the cookies of who may come in), and measure."""
    return [
        _round(name, server, clients, cookie, seconds)
        for clients in sizes
        for name, (server, cookie) in chats.items()
    ]


def _round(name: str, server: Server, clients: int, cookie: str | None, seconds: float) -> Round:
    manners = {"least": 15, "seconds": seconds, "patience": scaled(60)}
    if cookie:
        manners |= {"cookies": [cookie] * clients, "welcome": True, "seen_every": SEEN}
    where = server.address[1], f"/ws/chat/cinema-{clients}/", clients, server.child.pid
    told = send_crowd(crowd.Order(*where, **manners))
    if "error" in told:
        raise CourseError(f"{name} with {clients} clients: {told['error']}; run the cell again.")
    run = Run.of(told)
    return Round(name, clients, run.deliveries, 1e6 * run.cpu, 1e3 * run.p99)


def times(rounds: list[Round], clients: int, what: str = "rate") -> float:
    """Return how many times as much the last chat did as the first; by `cpu`, how much less."""
    first, *_, last = (getattr(one, what) for one in rounds if one.clients == clients)
    return first / last if what == "cpu" else last / first
