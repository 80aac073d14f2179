"""What WSGI and ASGI do with the same work: who did it, when, and what it took."""

import http.client
import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median

import psutil

from duplex.deadline import Deadline, scaled
from duplex.sockets import Address

TOGETHER = 0.001  # seconds that are no accident
Span = tuple[float, float]  # from and to, in seconds of time.perf_counter()


@dataclass(frozen=True)
class Job:
    """What one answer tells: the process and thread of the work, and when it began and ended."""

    process: int
    thread: str
    began: float  # seconds, time.perf_counter()
    ended: float
    query: str = ""  # the thread in which the database was asked
    moments: list[float] = field(default_factory=list, repr=False)

    @property
    def span(self) -> Span:
        """From the beginning to the end."""
        return self.began, self.ended

    @property
    def place(self) -> tuple[int, str]:
        """The process and the thread."""
        return self.process, self.thread

    @property
    def worker(self) -> tuple[int, str]:
        """The thread that did the waiting: the query's, if there was one."""
        return self.process, self.query or self.thread

    @property
    def running(self) -> list[Span]:
        """When the work was on a core: the pieces of it, cut where one took much too long."""
        ends = self.moments
        pieces = [later - earlier for earlier, later in zip(ends, ends[1:], strict=False)]
        longest = 4 * median(pieces)
        spans, start = [], ends[0]
        for number, took in enumerate(pieces):
            if took > longest:
                spans.append((start, ends[number]))
                start = ends[number + 1]
        return [span for span in (*spans, (start, ends[-1])) if span[0] < span[1]]


def ask_at_once(address: Address, path: str, count: int) -> list[Job]:
    """Send `count` requests at the same time; return what the answers tell, in order of time."""
    with ThreadPoolExecutor(count) as clients:
        jobs = clients.map(lambda _: Job(**_get(address, path)), range(count))
        return sorted(jobs, key=lambda job: job.began)


def _get(address: Address, path: str) -> dict:
    connection = http.client.HTTPConnection(*address, timeout=scaled(60))
    try:
        connection.request("GET", path)
        return json.load(connection.getresponse())
    finally:
        connection.close()


def process_of(address: Address) -> int:
    """Return the id of the process that answers."""
    return ask_at_once(address, "/service/?seconds=0", 1)[0].process


def most_at_once(spans: Iterable[Span]) -> int:
    """Return how many of the spans were under way at the same time, at most."""
    now = most = 0
    for _, change in sorted(_changes(spans)):
        now += change
        most = max(most, now)
    return most


def seconds_of_two(spans: Iterable[Span]) -> float:
    """Return for how long at least two of the spans were under way."""
    now, since, total = 0, 0.0, 0.0
    for moment, change in sorted(_changes(spans)):
        if now >= 2:
            total += moment - since
        now, since = now + change, moment
    return total


def _changes(spans: Iterable[Span]) -> Iterator[tuple[float, int]]:
    for began, ended in spans:
        yield began, 1
        yield ended, -1  # at the same moment, an end sorts before a beginning


def job_row(served: str, jobs: list[Job]) -> dict:
    """Sum up who did some work, and how much of it was under way at once."""
    return {
        "served by": served, "requests": len(jobs),
        "processes": len({job.process for job in jobs}),
        "threads": len({job.place for job in jobs}),
        "in progress at once": most_at_once(job.span for job in jobs),
        "all done after (s)": round(whole(jobs), 2),
    }  # fmt: skip


def whole(jobs: list[Job]) -> float:
    """Return the seconds from the first beginning to the last end."""
    return max(job.ended for job in jobs) - min(job.began for job in jobs)


def computing_row(served: str, jobs: list[Job]) -> dict:
    """Sum up work that computes: how fast it went, and for how long two did it at once."""
    spans = [span for job in jobs for span in job.running]
    busy = sum(end - start for start, end in spans)
    return {
        "served by": served, "processes": len({job.process for job in jobs}),
        "threads": len({job.place for job in jobs}),
        "requests per second": round(len(jobs) / whole(jobs), 1),
        "cores in use": round(busy / whole(jobs), 2),
        "two at once (% of the time)": round(100 * seconds_of_two(spans) / whole(jobs)),
    }  # fmt: skip


def query_row(asked: str, jobs: list[Job]) -> dict:
    """Sum up in which threads some code ran, and in which its queries did."""
    return {
        "asked by": asked, "queries": len(jobs),
        "threads of the code": len({job.place for job in jobs}),
        "threads of the queries": len({job.worker for job in jobs}),
        "all done after (s)": round(whole(jobs), 2),
    }  # fmt: skip


def fastest(ask: Callable[[], list[Job]], rounds: int = 5, seconds: float = 30) -> list[Job]:
    """Do the same work several times, and return the best: a busy computer only takes away.

    Several processes go on, for `seconds` at most, until two of them were seen at work at once.
    """
    deadline, tries, good = Deadline(seconds), [], []
    while len(tries) < rounds or not (good or cores() == 1 or deadline.expired()):
        jobs = ask()
        tries.append(jobs)
        alone = len({job.process for job in jobs}) == 1
        if alone or seconds_of_two(span for job in jobs for span in job.running) > TOGETHER:
            good.append(jobs)
    return min(good or tries, key=whole)


def cores() -> int:
    """Return how many cores this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count()


def cost_row(served: str, address: Address, path: str, count: int) -> dict:
    """Ask `count` times, one after the other; return what one answer cost the server's process."""
    process = process_of(address)
    seconds = processor_seconds(process, lambda: ask_in_turn(address, path, count))
    return {
        "served by": served, "path": path.partition("?")[0], "requests": count,
        "processor time each (ms)": round(1000 * seconds / count, 2),
    }  # fmt: skip


def processor_seconds(pid: int, work: Callable[[], object]) -> float:
    """Return how long a process was on a core while `work` ran."""
    before = psutil.Process(pid).cpu_times()
    work()
    after = psutil.Process(pid).cpu_times()
    return after.user + after.system - before.user - before.system


def ask_in_turn(address: Address, path: str, count: int) -> None:
    """Send requests one after the other, each on a new connection."""
    for _ in range(count):
        connection = http.client.HTTPConnection(*address, timeout=scaled(30))
        connection.request("GET", path)
        connection.getresponse().read()
        connection.close()
