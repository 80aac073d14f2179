"""A crowd in one room over one process or several: how late it hears, and how much in a second."""

import asyncio
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

from duplex import frames
from duplex.deadline import scaled
from duplex.sockets import Address

PATIENCE = 60  # seconds for a round, scaled
PACE, PACED, BURST = 0.05, 10, 12  # seconds between two messages, messages, messages at once
QUIET = 3  # seconds after which nothing more comes
AT_ONCE = 50  # handshakes that are under way together
HELLO = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
)


class Client(asyncio.Protocol):
    """A client that notes when each text comes; it can do nothing else, so many fit anywhere."""

    def __init__(self, path: str):
        self.path, self.heard, self._data = path, [], b""
        self.open, self.gone = asyncio.get_running_loop().create_future(), asyncio.Event()

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Ask for the WebSocket."""
        self.transport = transport
        transport.write(HELLO.format(path=self.path, key=frames.new_key()).encode())

    def data_received(self, data: bytes) -> None:
        """Read the handshake's answer, and then frames."""
        self._data += data
        if not self.open.done():
            head, found, rest = self._data.partition(b"\r\n\r\n")
            if not found:
                return
            self._opened(head, rest)
        now = time.perf_counter()
        with suppress(frames.Incomplete):
            while self._data:
                frame, self._data = frames.decode(self._data)
                self._take(frame, now)

    def _opened(self, head: bytes, rest: bytes) -> None:
        self._data = rest
        if head.startswith(b"HTTP/1.1 101"):
            self.open.set_result(None)
        else:
            self.open.set_exception(ConnectionError(head.partition(b"\r\n")[0].decode()))

    def _take(self, frame: frames.RawFrame, now: float) -> None:
        if frame.opcode == frames.TEXT:
            self.heard.append((int(frame.payload), now))
        elif frame.opcode == frames.PING:
            self._send(frames.PONG, frame.payload)

    def connection_lost(self, error: Exception | None) -> None:
        """Tell whoever waits for the handshake, or for the end."""
        self.gone.set()
        if not self.open.done():
            self.open.set_exception(ConnectionError("hung up on during the handshake"))

    def say(self, number: int) -> None:
        """Send a number, as a text."""
        self._send(frames.TEXT, str(number).encode())

    def bye(self) -> None:
        """Say goodbye; whoever never came in just hangs up."""
        if self.open.exception() is None:
            self._send(frames.CLOSE, frames.close_payload(1000))
        else:
            self.transport.abort()

    def _send(self, opcode: int, payload: bytes) -> None:
        self.transport.write(frames.encode(opcode, payload, masking_key=os.urandom(4)))


@dataclass
class Load:
    """What a crowd found: seconds from a word to each ear, and deliveries in a second."""

    clients: int
    processes: int
    seconds: list[float] = field(default_factory=list)
    rate: float = 0.0
    heard: int = 0  # deliveries in all

    @property
    def lost(self) -> int:
        """How many deliveries did not come."""
        return self.clients * (PACED + BURST) - self.heard

    def after(self, percent: float) -> float:
        """Return after how many milliseconds so many per cent of the deliveries had come."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def load(addresses: Sequence[Address], clients: int) -> Load:
    """Bring clients into one room, spread over the processes; one of them speaks, all listen."""
    return apart(_load(addresses, clients, f"/ws/room/{clients}-over-{len(addresses)}/"))


def apart(coroutine):
    """Run a coroutine to its end in a thread with an event loop of its own (a kernel has one)."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, asyncio.wait_for(coroutine, scaled(PATIENCE))).result()


async def _load(addresses: Sequence[Address], clients: int, path: str) -> Load:
    crowd = await enter(addresses, clients, path)
    found = Load(clients, len(addresses))
    try:
        found.seconds = await _paced(crowd)
        found.rate = await _burst(crowd)
        found.heard = sum(len(one.heard) for one in crowd)
    finally:
        await leave(crowd)
    return found


async def enter(addresses: Sequence[Address], clients: int, path: str) -> list[Client]:
    """Connect clients, in turn to each process; return when all of them are open."""
    loop, crowd = asyncio.get_running_loop(), []
    for start in range(0, clients, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, clients))
        made = [loop.create_connection(lambda: Client(path), *addresses[one % len(addresses)])
                for one in numbers]  # fmt: skip
        new = [client for _, client in await asyncio.gather(*made)]
        crowd += new
        opened = await asyncio.gather(*(one.open for one in new), return_exceptions=True)
        if failed := [error for error in opened if error]:
            await leave(crowd)
            raise failed[0]
    return crowd


async def leave(crowd: Sequence[Client]) -> None:
    """Say goodbye, and wait until the server has hung up."""
    for one in crowd:
        one.bye()
    await asyncio.gather(*(one.gone.wait() for one in crowd))


async def _paced(crowd: list[Client]) -> list[float]:
    """Speak once in a while; return the seconds from each word to each ear."""
    start, said = time.perf_counter(), []
    for number in range(PACED):
        await asyncio.sleep(max(0.0, start + PACE * number - time.perf_counter()))
        said.append(time.perf_counter())
        crowd[0].say(number)
    await _all_heard(crowd, PACED)
    return [at - said[number] for one in crowd for number, at in one.heard]


async def _burst(crowd: list[Client]) -> float:
    """Speak without a pause; return the deliveries in a second, until the last one."""
    start = time.perf_counter()
    for number in range(BURST):
        crowd[0].say(PACED + number)
    await _all_heard(crowd, PACED + BURST)
    came = [at for one in crowd for number, at in one.heard if number >= PACED]
    return len(came) / (max(came, default=time.perf_counter()) - start)


async def _all_heard(crowd: list[Client], count: int) -> None:
    """Wait until all have heard so much, or nothing more comes: a layer delivers at most once."""
    heard, since = 0, time.perf_counter()
    while any(len(one.heard) < count for one in crowd):
        await asyncio.sleep(0.005)
        if (now := sum(len(one.heard) for one in crowd)) != heard:
            heard, since = now, time.perf_counter()
        if time.perf_counter() - since > scaled(QUIET):
            return
