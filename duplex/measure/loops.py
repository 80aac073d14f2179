"""Loops that poll: by the clock or by the answer, and a crowd whose server went away."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from duplex import wire

Span = tuple[float, float]  # seconds since the loop's start: from a question to its answer
PERIOD, LONGEST_WAIT = 2.0, 30.0  # seconds, as in lab 01


def by_the_clock(address: wire.Address, path: str, count: int, period: float) -> list[Span]:
    """Ask every `period` seconds, whatever became of the questions before: setInterval."""
    start = time.monotonic()
    with ThreadPoolExecutor(count) as pool:
        tasks = []
        for number in range(count):
            time.sleep(max(0.0, start + number * period - time.monotonic()))
            tasks.append(pool.submit(_ask, address, path, start))
        return [task.result() for task in tasks]


def by_the_answer(address: wire.Address, path: str, count: int, period: float) -> list[Span]:
    """Ask, wait for the answer, wait `period` seconds more, and only then ask again."""
    start, spans = time.monotonic(), []
    for _ in range(count):
        spans.append(_ask(address, path, start))
        time.sleep(period)
    return spans


def _ask(address: wire.Address, path: str, start: float) -> Span:
    asked = time.monotonic() - start
    wire.Http(address).get(path)
    return asked, time.monotonic() - start


def most_at_once(spans: list[Span]) -> int:
    """Return how many questions were under way at the same time, at most."""
    return max(sum(begin <= moment < end for begin, end in spans) for moment, _ in spans)


def crowd(growth: float, jitter: float, clients: int = 1000, away: float = 100.0) -> list[float]:
    """Compute when a crowd of clients asks a server that is away for `away` seconds, and then back.

    After a failure a client waits `growth` times as long as before, at most LONGEST_WAIT, less a
    random part of that wait, up to `jitter` of it. Returns seconds, until half a minute after.
    """
    chance, asked = random.Random(6202), []
    for _ in range(clients):
        moment, wait = chance.uniform(0, PERIOD), PERIOD  # people open a page when they like
        while moment < away + LONGEST_WAIT:
            asked.append(moment)
            failed = moment < away
            wait = min(growth * wait, LONGEST_WAIT) if failed else PERIOD
            moment += wait * (1 - jitter * chance.random() if failed else 1)
    return asked


def each_second(asked: list[float]) -> list[int]:
    """Count the requests in each second, from the first second on."""
    counts = Counter(int(moment) for moment in asked)
    return [counts[second] for second in range(max(counts) + 1)]
