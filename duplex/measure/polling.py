"""What polling costs, in three ways: asking often, a held answer, and an answer without end."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from duplex import wire
from duplex.deadline import Deadline, scaled, wait_until
from duplex.line import Line
from duplex.measure.wire import BROWSER, PATH, Follower, cost_row, poll, publish
from duplex.rawhttp import END
from duplex.server import Server

LEAD = 0.2  # seconds from the followers' start to the first moment: all have asked by then
TOGETHER = 0.002  # seconds; what arrives within them came in one piece
Way = Callable[[Follower, wire.Address, int, float], None]  # follower, address, count, start


@dataclass
class Followed:
    """One way to follow the feed: what the client saw, on a line that recorded it."""

    follower: Follower
    line: Line
    period: float | None  # seconds; None when there is none

    def row(self) -> dict:
        """Sum up what it cost, and how many requests brought nothing."""
        row = cost_row(self.follower, self.line)
        return {"client": row.pop("client"), "connections": row.pop("connections"),
                "requests": row.pop("requests"), "empty": self.follower.empty} | row  # fmt: skip

    @property
    def published(self) -> list[float]:
        """When each message was published, on the clock of the line's passages."""
        ahead = time.perf_counter() - time.time()
        return [moment + ahead for moment, _ in self.follower.seen]

    @property
    def bytes(self) -> int:
        """All bytes on the line, both ways."""
        return sum(len(passage.data) for passage in self.line.passages)


def follow(
    server: wire.Address, ways: dict[str, float | Way], when: list[float], delay: float = 0.0
) -> list[Followed]:
    """Publish messages at the moments `when`; follow them in several ways at the same time.

    A way is a period, in seconds, or one of this module's followers. `delay` is how long each byte
    travels on the followers' lines, one way, in seconds.
    """
    known = len(wire.Http(server).get(PATH).json()["messages"])
    with ThreadPoolExecutor(len(ways)) as pool, ExitStack() as lines:  # no line, no follower
        start = time.monotonic()
        followed, tasks = [], []
        for name, way in ways.items():
            line = lines.enter_context(Line(server, delay))
            follower = Follower(name, cursor=known)
            tasks.append(pool.submit(_go, way, follower, line.address, len(when), start + LEAD))
            followed.append(Followed(follower, line, None if callable(way) else way))
        publish(server, start + LEAD, when)
        for task in tasks:
            task.result()
    return followed


def _go(way: float | Way, follower: Follower, address: wire.Address, count: int, start: float):
    if callable(way):
        way(follower, address, count, start)
    else:
        poll(follower, address, count, start, way)


def long_poll(follower: Follower, address: wire.Address, count: int, start: float) -> None:
    """Ask, and ask again as soon as an answer is there; the server holds it until it has news."""
    deadline = Deadline(60)
    with _connection(address) as connection:
        while len(follower.seen) < count and not deadline.expired():
            connection.request("GET", f"{PATH}wait/?after={follower.cursor}", headers=BROWSER)
            follower.requests += 1
            messages = json.load(connection.getresponse())["messages"]
            follower.empty += not messages
            came = time.time()  # one answer comes at one moment
            for message in messages:
                follower.note(message, came)


def stream(follower: Follower, address: wire.Address, count: int, start: float) -> None:
    """Ask once, and read events for as long as the answer lasts."""
    with _connection(address) as connection:
        connection.request("GET", f"{PATH}stream/?after={follower.cursor}", headers=BROWSER)
        follower.requests += 1
        answer = connection.getresponse()
        while len(follower.seen) < count:
            line = answer.readline().decode()
            if not line:
                raise wire.Dropped("the stream ended before all had come")
            name, _, value = line.partition(": ")
            if name == "data":
                follower.note(json.loads(value))


@contextmanager
def _connection(address: wire.Address) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(*address, timeout=scaled(60))
    try:
        yield connection
    finally:
        connection.close()


def pairs(gaps: list[float], rest: float) -> list[float]:
    """Return moments for pairs of messages with these gaps, and a `rest` after each pair."""
    moments, now = [], 0.0
    for gap in gaps:
        moments += [now, now + gap]
        now += gap + rest
    return moments


def seconds_of_pairs(follower: Follower) -> list[tuple[float, float]]:
    """Return, of each pair, how long after the first the second was published, and its delay.

    A pair that came together is left out: it was published before the first could leave.
    """
    apart = []
    for one, two in zip(follower.seen[::2], follower.seen[1::2], strict=True):
        if sum(two) - sum(one) > TOGETHER:
            apart.append((two[0] - one[0], two[1]))
    return apart


def weigh(address: wire.Address, headers: dict[str, str]) -> dict[str, int]:
    """Poll once with these headers; return the bytes of both heads, and of the answer's body."""
    known = len(wire.Http(address).get(PATH).json()["messages"])
    with Line(address) as line, _connection(line.address) as connection:
        connection.putrequest("GET", f"{PATH}?after={known}", skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        connection.getresponse().read()
    head, _, body = line.data(up=False).partition(END)
    return {"request": len(line.data(up=True)), "response": len(head + END), "body": len(body)}


def held(server: Server, path: str, count: int, feed: str = PATH) -> dict[str, int]:
    """Let `count` readers wait at `path`, then publish; return what the server spent on them.

    `feed` is where to publish, and `feed` + "readers/" tells how many wait and what threads run.
    """
    http_client = wire.Http(server.address)

    def readers() -> dict[str, int]:
        return http_client.get(f"{feed}readers/").json()

    before = readers()
    with ExitStack() as opened:
        connections = [opened.enter_context(_connection(server.address)) for _ in range(count)]
        for connection in connections:
            connection.request("GET", f"{path}?after={before['last']}")
        wait_until(lambda: readers()["waiting"] == before["waiting"] + count)
        meanwhile = readers()
        http_client.post(feed, body=b"at last")
        answers = [connection.getresponse().read() for connection in connections]
    return {"readers held": meanwhile["waiting"] - before["waiting"],
            "threads before": before["threads"], "threads meanwhile": meanwhile["threads"],
            "answered": sum(b"at last" in answer for answer in answers)}  # fmt: skip


def believed(server: Server, path: str, bodies: dict[str, bytes]) -> list[dict]:
    """POST bodies to a view that believes them; return each answer, and the error in the log."""
    rows, http_client = [], wire.Http(server.address)
    for name, body in bodies.items():
        mark = server.log.total
        answer = http_client.post(path, body=body)
        if answer.status == 500:
            wait_until(lambda since=mark: server.log.last_error(since))
        kind = answer.headers["Content-Type"].partition(";")[0]
        error = (server.log.last_error(mark) or "").partition(":")[0]
        rows.append({"body": name, "status": answer.status, "answer": kind,
                     "bytes": len(answer.body), "error in the log": error})  # fmt: skip
    return rows
