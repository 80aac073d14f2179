"""A crowd of WebSocket clients in one lean process: it speaks in turn, and times each delivery.

Run as a script, it reads an Order in JSON from its input, and prints what it measured.
It counts frames by their length and looks for a mark, and it is a process of its own, so that
it is not itself what is measured; `busy` tells how much of a core it used.
"""

import json
import math
import selectors
import socket
import sys
import time
from array import array
from dataclasses import asdict, dataclass

import psutil

from duplex import frames, rawsocket
from duplex.bench.limits import allow_files

MARK, DIGITS = b"~~", 6  # a message's text begins with the mark and its number
TOGETHER = 10  # handshakes at a time: Daphne gives each five seconds
KEY = bytes(4)  # a client must mask; with zeros the payload stays as it is
WORDS = "Who comes along to the cinema tonight?"


class Lost(Exception):
    """Something did not arrive, or a connection ended; in a sentence."""


@dataclass
class Order:
    """What to do, and with whom: `pid` is the server's process."""

    port: int
    path: str
    clients: int
    pid: int
    in_flight: int = 20  # messages that not everybody has heard yet
    least: int = 20  # messages of a phase, at least
    seconds: float = 2.0  # that a phase goes on, at least
    patience: float = 60.0  # seconds without any delivery, after which some are lost
    cookies: list[str] | None = None  # one for each client
    welcome: bool = False  # whether the server says when a client is in
    seen_every: int = 0  # after how many messages a client says what it has seen


@dataclass
class Phase:
    """What one phase measured; times in seconds."""

    messages: int
    deliveries: int
    seconds: float
    busy: float  # the crowd's own share of a core
    cpu: float  # seconds of a core that the server took
    p50: float
    p99: float


class Client:
    """One connection: what it has not read to the end, and how much it has heard."""

    __slots__ = ("heard", "sock", "unread", "welcomed")

    def __init__(self, sock: socket.socket):
        self.sock, self.unread, self.heard, self.welcomed = sock, b"", 0, False

    def say(self, **data) -> None:
        """Send a JSON object."""
        payload = json.dumps(data).encode()
        self.sock.send(frames.header(frames.TEXT, len(payload), masking_key=KEY) + payload)


def frame_at(data: bytes, at: int) -> tuple[int, int] | None:
    """Return where the payload of the frame at `at` begins and ends; None while it is not whole."""
    left = len(data) - at
    if left < 2:
        return None
    length, start = data[at + 1], at + 2
    if length >= 126:
        start = at + (4 if length == 126 else 10)
        length = int.from_bytes(data[at + 2 : start], "big")
    return (start, start + length) if start + length <= len(data) else None


class Crowd:
    """All the clients, and what is known of the messages that are on their way."""

    def __init__(self, order: Order):
        self.order, self.clients, self.said = order, [], 0
        self.sent, self.missing, self.delays = {}, {}, array("d")
        self.selector = selectors.DefaultSelector()
        self.server = psutil.Process(order.pid)

    def connect(self) -> None:
        """Open every connection, and wait until all are in the room."""
        for first in range(0, self.order.clients, TOGETHER):
            numbers = range(first, min(first + TOGETHER, self.order.clients))
            fresh = [(number, self._ask(number)) for number in numbers]
            self.clients += [self._answered(number, sock) for number, sock in fresh]
            self.hear(0)
        while self.order.welcome and not all(one.welcomed for one in self.clients):
            self.hear(self.order.patience) or self._give_up("nobody was welcomed any more")

    def _ask(self, number: int) -> socket.socket:
        sock = socket.create_connection(("127.0.0.1", self.order.port), self.order.patience)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        host, cookies = f"127.0.0.1:{self.order.port}", self.order.cookies
        more = {"Cookie": cookies[number] if cookies else None, "Origin": f"http://{host}"}
        sock.sendall(rawsocket.request(self.order.path, host, **more).encode())
        return sock

    def _answered(self, number: int, sock: socket.socket) -> Client:
        client, data = Client(sock), b""
        while b"\r\n\r\n" not in data:
            data += (got := sock.recv(4096))
            got or self._give_up(
                f"the server hung up on client {number}, who asked for a WebSocket"
            )
        if not data.startswith(b"HTTP/1.1 101 "):
            self._give_up(f"client {number} was refused: {data.splitlines()[0].decode()}")
        sock.setblocking(False)
        self.selector.register(sock, selectors.EVENT_READ, client)
        self._read(client, data.partition(b"\r\n\r\n")[2], time.perf_counter())
        return client

    def phase(self, in_flight: int, least: int, seconds: float) -> Phase:
        """Keep so many messages in flight, for so long; return when all have heard all."""
        first, self.delays = self.said, array("d")
        begin, own, theirs = time.perf_counter(), time.process_time(), self.server.cpu_times()
        while self.said - first < least or time.perf_counter() < begin + seconds:
            self._until_fewer_than(in_flight)
            self.speak()
        self._until_fewer_than(1)
        took, cpu = time.perf_counter() - begin, self.server.cpu_times()
        delays = sorted(self.delays)
        return Phase(
            self.said - first, len(delays), took, (time.process_time() - own) / took,
            cpu.user + cpu.system - theirs.user - theirs.system,
            rank(delays, 0.5), rank(delays, 0.99),
        )  # fmt: skip

    def _until_fewer_than(self, in_flight: int) -> None:
        while len(self.missing) >= in_flight:
            if not self.hear(self.order.patience):
                self._give_up(f"{sum(self.missing.values())} deliveries are missing")

    def speak(self) -> None:
        """Let the next client say something."""
        text = f"{MARK.decode()}{self.said:0{DIGITS}d} {WORDS}"
        speaker = self.clients[self.said % len(self.clients)]
        speaker.say(type="message", key=f"k{self.said}", text=text, message=text)
        self.sent[self.said], self.missing[self.said] = time.perf_counter(), len(self.clients)
        self.said += 1

    def hear(self, seconds: float) -> bool:
        """Read what has come, and wait so long if nothing has; tell whether something came."""
        ready = self.selector.select(seconds)
        for key, _ in ready:
            data = key.data.sock.recv(262_144)
            self._read(
                key.data, data or self._give_up("a connection was lost"), time.perf_counter()
            )
        return bool(ready)

    def _read(self, client: Client, data: bytes, now: float) -> None:
        data, at = client.unread + data if client.unread else data, 0
        while spot := frame_at(data, at):
            start, stop = spot
            mark = data.find(MARK, start, stop) if data[at] == 0x81 else -1
            if mark >= 0:
                self._delivered(int(data[mark + 2 : mark + 2 + DIGITS]), now)
                client.heard += 1
                if self.order.seen_every and client.heard % self.order.seen_every == 0:
                    client.say(type="seen", id=json.loads(data[start:stop])["id"])
            else:
                self._other(client, data[at] & 0x0F, data[start:stop])
            at = stop
        client.unread = data[at:]

    def _delivered(self, number: int, now: float) -> None:
        self.delays.append(now - self.sent[number])
        self.missing[number] -= 1
        if not self.missing[number]:
            del self.missing[number], self.sent[number]

    def _other(self, client: Client, opcode: int, payload: bytes) -> None:
        if opcode == frames.PING:
            client.sock.send(frames.header(frames.PONG, len(payload), masking_key=KEY) + payload)
        elif opcode == frames.CLOSE:
            self._give_up(f"a connection was closed with {int.from_bytes(payload[:2], 'big')}")
        elif b'"welcome"' in payload:
            client.welcomed = True
        elif b'"error"' in payload:
            self._give_up(f"the server said {payload.decode()}")

    def _give_up(self, why: str):
        raise Lost(why)


def rank(ordered: list[float], share: float) -> float:
    """Return the value below which (or at which) that share of the values lies."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def work(order: Order) -> dict:
    """Connect, warm up, measure under load and then one message at a time."""
    crowd = Crowd(order)
    before = crowd.server.memory_info().rss
    crowd.connect()
    crowd.phase(order.in_flight, 5, 0)
    full = crowd.phase(order.in_flight, order.least, order.seconds)
    alone = crowd.phase(1, 10, order.seconds / 2)
    memory = crowd.server.memory_info().rss
    return {
        "full": asdict(full), "alone": asdict(alone),
        "memory": memory, "per_client": (memory - before) / order.clients,
    }  # fmt: skip


def main() -> None:
    """Read the order, do it, print the result or the reason why there is none."""
    order = Order(**json.load(sys.stdin))
    allow_files(order.clients)
    try:
        result = work(order)
    except (Lost, OSError) as error:
        result = {"error": str(error)}
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
