"""What WebSocket costs: bytes of header for each message, and a race against polling."""

import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from duplex import wire
from duplex.deadline import Deadline, scaled

PATH, SOCKET_PATH = "/feed/", "/ws/feed/"
BROWSER = {  # what a browser adds to each request of a page that is logged in
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Accept": "*/*",
    "Accept-Language": "en-GB,en;q=0.5",
    "Accept-Encoding": "gzip, deflate",
    "Referer": "http://127.0.0.1:8000/rooms/lobby/",
    "Sec-Fetch-Dest": "empty",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Site": "same-origin",
    "Cookie": "csrftoken=" + "c" * 32 + "; sessionid=" + "s" * 32,
}


def header_costs(address: wire.Address, path: str, sizes: list[int]) -> list[dict[str, int]]:
    """Echo a payload of each size; return the bytes on the wire beyond it, each way."""
    with wire.connect(address, path) as socket:
        socket.receive()  # the greeting
        return [_header_cost(socket, size) for size in sizes]


def _header_cost(socket: wire.WebSocket, size: int) -> dict[str, int]:
    sent, received = socket.sock.sent, socket.sock.received
    socket.send_binary(bytes(size))
    socket.receive()
    return {
        "payload": size,
        "server to client": socket.sock.received - received - size,
        "client to server": socket.sock.sent - sent - size,
    }


@dataclass
class Follower:
    """What one client saw of the feed: (moment of publication, delay), in seconds."""

    name: str
    requests: int = 0
    empty: int = 0  # requests that brought nothing
    cursor: int = 0  # the id of the newest message that it knows
    seen: list[tuple[float, float]] = field(default_factory=list)

    def note(self, message: dict, came: float | None = None) -> None:
        """Keep a message's moment, and how long it took to come here (now, or at `came`)."""
        self.cursor = message["id"]
        came = time.time() if came is None else came
        self.seen.append((message["at"], max(0.0, came - message["at"])))

    @property
    def delays(self) -> list[float]:
        """The delay of each message, in seconds."""
        return [delay for _, delay in self.seen]


def moments(count: int, seconds: float, seed: int = 6455) -> list[float]:
    """Return `count` moments within `seconds`, irregular as people are, the same each time."""
    chance = random.Random(seed)
    return sorted(chance.uniform(0, seconds) for _ in range(count))


def poll(follower: Follower, address: wire.Address, count: int, start: float, period: float):
    """Ask again every `period` seconds on one kept-alive connection, until all has come."""
    connection = http.client.HTTPConnection(*address, timeout=scaled(10))
    deadline = Deadline(60)
    try:
        while len(follower.seen) < count and not deadline.expired():
            _sleep_until(start + follower.requests * period)
            connection.request("GET", f"{PATH}?after={follower.cursor}", headers=BROWSER)
            follower.requests += 1
            messages = json.load(connection.getresponse())["messages"]
            follower.empty += not messages
            for message in messages:
                follower.note(message)
    finally:
        connection.close()


def listen(follower: Follower, socket: wire.WebSocket, count: int):
    """Read from the open WebSocket until all has come."""
    while len(follower.seen) < count:
        follower.note(socket.receive(timeout=60).json())


def publish(address: wire.Address, start: float, when: list[float]) -> None:
    """Post one message at each moment, as a third client would."""
    http_client = wire.Http(address)
    for number, moment in enumerate(when, 1):
        _sleep_until(start + moment)
        http_client.post(PATH, body=f"message {number}".encode())


def race(
    server: wire.Address,
    polled: wire.Address,
    listened: wire.Address,
    when: list[float],
    period: float,
) -> tuple[Follower, Follower]:
    """Publish to `server` at the moments `when`; follow by polling and by WebSocket.

    The two followers may go through taps: `polled` and `listened` are their addresses.
    """
    known = len(wire.Http(server).get(PATH).json()["messages"])
    polling = Follower("polling", cursor=known)
    pushed = Follower("WebSocket", requests=1)  # the handshake
    with wire.connect(listened, SOCKET_PATH, headers=BROWSER) as socket:
        start = time.monotonic()
        tasks = [
            _start(lambda: poll(polling, polled, len(when), start, period)),
            _start(lambda: listen(pushed, socket, len(when))),
        ]
        publish(server, start, when)
        for task in tasks:
            task.join(scaled(60))
    return polling, pushed


def _start(task: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=task, daemon=True)
    thread.start()
    return thread


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def cost_row(follower: Follower, line) -> dict:
    """Sum up what a follower cost on its recorded line: connections, bytes, milliseconds."""
    up, down = len(line.data(up=True)), len(line.data(up=False))
    return {
        "client": follower.name, "connections": line.connections, "requests": follower.requests,
        "bytes up": up, "bytes down": down, "bytes": up + down,
        "mean delay (ms)": round(1000 * sum(follower.delays) / len(follower.delays), 1),
        "longest (ms)": round(1000 * max(follower.delays), 1),
    }  # fmt: skip
