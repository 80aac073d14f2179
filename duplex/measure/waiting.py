"""Connections that wait: for their own work, for another client's, or for nothing at all."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass

import psutil

from duplex import wire
from duplex.deadline import wait_until
from duplex.measure.interfaces import Job, Span, process_of
from duplex.rawhttp import RawHttp, request
from duplex.rawsocket import RawWebSocket
from duplex.sockets import Address

FILES = 1024  # open files that a process needs for some hundreds of connections


@dataclass(frozen=True)
class Delayed:
    """A client's small questions while another client's work was under way (seconds)."""

    work: Job
    asked: list[Span]  # when each question was asked, and when its answer was there
    answered: list[float]  # when the server dealt with each

    @property
    def during(self) -> int:
        """How many questions the server dealt with while the other's work was under way."""
        return sum(self.work.began < moment < self.work.ended for moment in self.answered)


def disturb(address: Address, way: str, seconds: float) -> Delayed:
    """Let one WebSocket client ask for work done in some `way`, while another asks quickly."""
    path, asked, answered = "/ws/work/", [], []
    with wire.connect(address, path) as busy, wire.connect(address, path) as other:
        done = threading.Event()

        def work() -> Job:
            busy.send_json({"way": way, "seconds": seconds})
            job = Job(**busy.receive(timeout=30).json())
            done.set()
            return job

        with ThreadPoolExecutor(1) as apart:
            _ask(other, asked, answered, 5)
            job = apart.submit(work)
            while not done.is_set():
                _ask(other, asked, answered, 1)
            _ask(other, asked, answered, 5)
            return Delayed(job.result(), asked, answered)


def _ask(client: wire.WebSocket, asked: list[Span], answered: list[float], count: int) -> None:
    for _ in range(count):
        start = time.perf_counter()
        client.send_json({"way": "at_once"})
        answer = client.receive(timeout=30)
        asked.append((start, time.perf_counter()))
        answered.append(answer.json()["ended"])
        time.sleep(0.015)


def queries_at_once(address: Address, count: int, **how) -> list[Job]:
    """Let `count` WebSocket clients ask the database at the same time."""
    clients = [wire.connect(address, "/ws/database/") for _ in range(count)]
    try:
        for client in clients:
            client.send_json(how)
        jobs = [Job(**client.receive(timeout=30).json()) for client in clients]
        return sorted(jobs, key=lambda job: job.began)
    finally:
        for client in clients:
            client.close()


def allow_files() -> None:
    """Let this process, and the servers that it will start, open enough files (macOS: 256)."""
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY and soft < FILES:
            resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, hard))


def hold(address: Address, path: str, count: int) -> dict:
    """Open idle connections; return what each costs the server in memory and threads."""
    server = psutil.Process(process_of(address))
    with ExitStack() as stack:
        _open(stack, address, path, count // 10)  # what is needed once, for the first
        memory, threads = server.memory_info(), server.num_threads()
        _open(stack, address, path, count)
        more = server.memory_info().rss - memory.rss
        return {
            "connections": count, "KiB each": round(more / 1024 / count, 1),
            "more threads": server.num_threads() - threads,
        }  # fmt: skip


def _open(stack: ExitStack, address: Address, path: str, more: int) -> None:
    """Open connections, and return when the server is busy holding them."""
    wanted = _held(address) + more
    _connect(stack, address, path, more)
    if path.startswith("/ws/"):
        return
    if not wait_until(lambda: _held(address) >= wanted, 30):
        raise TimeoutError(f"only {_held(address)} of {wanted} connections are held")


def _held(address: Address) -> int:
    return wire.Http(address, 30).get("/held/").json()["held"]


def _connect(stack: ExitStack, address: Address, path: str, count: int) -> None:
    for _ in range(count):
        if path.startswith("/ws/"):
            stack.enter_context(RawWebSocket(address).open(path))
        else:
            stack.enter_context(RawHttp(address)).send(request("GET", path).encode())


def answers_while_held(address: Address, path: str, count: int, patience: float) -> bool:
    """Hold `count` connections; tell whether a page is answered within `patience` seconds."""
    with ExitStack() as stack:
        _connect(stack, address, path, count)
        try:
            return wire.Http(address, patience).get("/hello/").status == 200
        except wire.TimedOut:
            return False


def slow_steps(log: str) -> list[str]:
    """Return what asyncio's debug mode wrote about steps that took long, places left out."""
    found = re.findall(r"(Executing <\w+).* coro=<([\w.]+\(\)).*( took [\d.]+ seconds)", log)
    return [f"{what} … coro=<{coroutine} …>{took}" for what, coroutine, took in found]
