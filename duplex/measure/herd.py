"""A crowd that loses its server, and comes back: all at once, or spread by chance."""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from duplex.deadline import scaled
from duplex.measure.delivery import Boards
from duplex.rawsocket import request

FIRST, LONGEST = 0.1, 5.0  # seconds
Wait = Callable[[int], float]  # how long to wait after so many failures, in seconds


def together(failures: int) -> float:
    """Wait twice as long after each failure, up to a limit."""
    return min(FIRST * 2**failures, LONGEST)


def spread(failures: int) -> float:
    """The same, less a random part of it, up to a half."""
    return together(failures) * random.uniform(0.5, 1)


@dataclass(frozen=True)
class Attempt:
    """One attempt to connect: when it was due after the kill, and until it was let in (seconds)."""

    at: float
    took: float | None  # None: nobody was there


@dataclass(frozen=True)
class Herd:
    """All attempts of a crowd, and when a server was there again."""

    attempts: list[Attempt]
    back: float

    def busiest(self, width: float = 0.05) -> int:
        """Return the most attempts within `width` seconds that a living server had to answer."""
        moments = sorted(one.at for one in self.attempts if one.took is not None)
        return max(sum(at <= other < at + width for other in moments) for at in moments)

    @property
    def slowest(self) -> float:
        """How long the last one was kept waiting at the door, in seconds."""
        return max(attempt.took for attempt in self.attempts if attempt.took is not None)


def come_back(boards: Boards, wait: Wait, clients: int = 200, away: float = 0.25) -> Herd:
    """Let a crowd connect, kill the server, and start one again after `away` seconds."""
    with ThreadPoolExecutor(1) as apart:  # the caller may have an event loop of its own
        return apart.submit(asyncio.run, _come_back(boards, wait, clients, away)).result()


async def _come_back(boards: Boards, wait: Wait, clients: int, away: float) -> Herd:
    attempts: list[Attempt] = []
    inside = [await _enter(boards) for _ in range(clients)]
    killed = await asyncio.to_thread(boards.kill)
    crowd = [asyncio.create_task(_return(boards, wait, one, killed, attempts)) for one in inside]
    await asyncio.sleep(away)
    await asyncio.to_thread(boards.start)
    back = time.perf_counter() - killed
    async with asyncio.timeout(scaled(60)):
        await asyncio.gather(*crowd)
    return Herd(attempts, back)


async def _return(boards: Boards, wait: Wait, line, killed: float, attempts: list) -> None:
    """Notice that the line is dead, and try again until somebody answers."""
    reader, writer = line
    with contextlib.suppress(ConnectionError):
        await reader.read()
    writer.close()
    for failures in range(100):
        start = time.perf_counter() + wait(failures)
        await asyncio.sleep(start - time.perf_counter())
        try:
            _, writer = await _enter(boards)
        except (ConnectionError, asyncio.IncompleteReadError):
            attempts.append(Attempt(start - killed, None))
            continue
        attempts.append(Attempt(start - killed, time.perf_counter() - start))
        writer.close()
        return


async def _enter(boards: Boards):
    """Connect, and wait for the answer to the handshake."""
    host, port = boards.server.address[:2]
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(request("/ws/plain/herd/ada/", f"{host}:{port}").encode())
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer
