"""The project under test during grading: its servers, and how each test on it ended."""

import contextlib
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from duplex import catalog, wire
from duplex.deadline import Deadline, limit, scaled
from duplex.errors import CourseError, Tampered
from duplex.expect import Mismatch, Stalled
from duplex.ground import HERE, Ground
from duplex.nursery import Nursery
from duplex.server import KINDS, START, Server, StartFailed, serve
from duplex.terminal import one_line

if TYPE_CHECKING:
    from duplex.browser import Browsers


@dataclass(frozen=True)
class Finding:
    """How one grader test ended for one task."""

    task: str
    verdict: str
    should: str
    message: str = ""
    cause: str = ""
    evidence: dict[str, str] = field(default_factory=dict)


@dataclass
class Stand:
    """The project under test and the servers that run it, each under a name, such as its kind."""

    folder: Path
    lab: catalog.Lab
    nursery: Nursery | None = None
    browsers: "Browsers | None" = None
    servers: dict[str, Server] = field(default_factory=dict)
    ended: list[tuple[Server, int]] = field(default_factory=list)
    failures: dict[str, StartFailed] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)
    spent: dict[str, float] = field(default_factory=dict)
    started: list[str] = field(default_factory=list)
    coming: dict[str, Server] = field(default_factory=dict)
    task: catalog.Task | None = None
    migrated: bytes | None = None  # a new database of this project, once a chat has one

    @property
    def ground(self) -> Ground:
        """Where the project is put, and where it listens."""
        return self.nursery.ground if self.nursery else HERE

    def start_ahead(self, kinds: Iterable[str]) -> None:
        """Start servers side by side before a test asks; what goes wrong is told to that test."""
        for kind in (one for one in kinds if one in KINDS):
            with contextlib.suppress(CourseError):
                self.coming[kind] = Server(self.folder, kind, self.nursery, self._env())

    def serve(self, kind: str) -> Server:
        """Return the project served this way; a start that failed is not tried twice."""
        return self.keep(kind, lambda: self._serve(kind))

    def keep(self, name: str, make: Callable[[], Server]) -> Server:
        """Return the server of this name, which `make` starts, unless it runs already.

        As with every server of the stand, what it prints explains why a test failed.
        """
        if name in self.failures:
            raise self.failures[name]
        if name in self.servers and not self.servers[name].alive():
            self.servers.pop(name).stop()
        if name not in self.servers:
            self.servers[name] = self._start(name, make)
        self.marks.setdefault(name, self.servers[name].log.printed())
        return self.servers[name]

    def _serve(self, kind: str) -> Server:
        if kind in self.coming:
            return self.coming.pop(kind).wait_ready()
        return serve(self.folder, kind, nursery=self.nursery, env=self._env())

    def _start(self, name: str, make: Callable[[], Server]) -> Server:
        """Start a server: at first within a deadline of its own, later within the task's."""
        again = name in self.started
        self.started += [] if again else [name]
        with self.clock() if again else contextlib.nullcontext():
            whole = Deadline(START).remaining() > 0.9 * scaled(START)
            try:
                return make()
            except StartFailed as failure:
                if whole or failure.verdict != "timeout":  # else another task may have more time
                    self.failures[name] = failure
                raise

    def _env(self) -> dict[str, str]:
        return self.lab.env if self.lab else {}

    @contextlib.contextmanager
    def clock(self) -> Iterator[None]:
        """Run the block within what is left of the current task's deadline; may be nested."""
        if self.task is None:
            yield
            return
        begin, used = time.monotonic(), self.spent.get(self.task.id, 0.0)
        try:
            with limit(max(self.task.deadline - used, 0.1)):
                yield
        finally:
            self.spent[self.task.id] = used + (time.monotonic() - begin) / scaled(1)

    def let_end(self, name: str) -> Server:
        """Return a server that is to end: that is no crash then, but what it prints still counts.

        Whoever lets it end stops it at last, and clears `ended`.
        """
        server = self.servers.pop(name)
        self.ended.append((server, self.marks.pop(name, 0)))
        return server

    def _used(self) -> list[tuple[Server, int]]:
        """Return the servers of the current test, and what each had printed before it."""
        running = [(server, self.marks[name]) for name, server in self.servers.items()
                   if name in self.marks]  # fmt: skip
        return [*self.ended, *running]

    def cause(self) -> str:
        """The last exception that a server printed since the test began."""
        for server, _ in self._used():
            if not server.alive():
                server.log.finish()
        errors = [server.log.last_error(mark) for server, mark in self._used()]
        return next(filter(None, errors), "")

    def printed(self) -> str:
        """What the servers printed since the test began, its middle left out when it is long."""
        told = [server.log.text(mark) for server, mark in self._used()]
        return clipped("\n".join(filter(None, told)))

    def lost(self) -> str | None:
        """Say how the project ended by itself, if it did: crashed or output."""
        for server in self.servers.values():
            if server.log.flooded.is_set():
                return "output"
            if not server.alive():
                return "timeout" if server.child.status == OUT_OF_TIME else "crashed"
        return None

    def breach(self) -> tuple[str, str] | None:
        """Say which limit the project has exceeded since this was asked last: verdict, sentence."""
        return self.nursery.breach() if self.nursery else None

    def close(self) -> None:
        """Stop every server."""
        for servers in (self.servers, self.coming):
            while servers:
                servers.popitem()[1].stop()


def clipped(text: str, most: int = 16_000) -> str:
    """Return a text of at most about `most` characters: its beginning and its end."""
    half = most // 2
    return text if len(text) <= most else f"{text[:half]}\n[…]\n{text[-half:]}"


def evidence(test: str, error: BaseException, printed: str) -> dict[str, str]:
    """Return what a diagnosis needs to know of a test that failed, as texts by name.

    `test` that failed, `error` (the exception's class), what the client `saw`, what was `wanted`
    and `where` (all three empty but for a Mismatch), and the `log` of the servers.
    """
    told = {"test": test, "error": type(error).__name__, "saw": "", "wanted": "", "where": ""}
    if isinstance(error, Mismatch):
        told |= {"saw": error.saw, "wanted": error.should, "where": error.where}
    if isinstance(error, StartFailed):
        printed = clipped(error.log)
    return told | {"log": printed}


OUT_OF_TIME = -getattr(signal, "SIGXCPU", 24)
LOST = {
    "timeout": "The project computed for longer than it may, and was stopped.",
    "crashed": "The project's process ended while a client was waiting.",
    "output": "The project printed without end and was stopped.",
}


EXCEEDED = {  # what a project is told that asks for more than it may have
    "MemoryError": ("memory", "The project asked for more memory than it may use."),
    "OSError: [Errno 27]": ("output", "The project wrote a larger file than it may."),
}


def exceeded(cause: str) -> tuple[str, str] | None:
    """Return verdict and sentence when an exception says that a limit was reached."""
    return next((told for start, told in EXCEEDED.items() if cause.startswith(start)), None)


def judge(error: BaseException) -> tuple[str, str]:
    """Return verdict and sentence, one line, for the exception that ended a test."""
    verdict, sentence = _judge(error)
    return verdict, one_line(sentence)


def _judge(error: BaseException) -> tuple[str, str]:
    if isinstance(error, StartFailed):
        return error.verdict, str(error)
    if isinstance(error, Tampered):
        return "tampered", str(error)
    if isinstance(error, pytest.skip.Exception):
        return "not checked", str(error)
    if isinstance(error, Stalled):
        return "timeout", str(error)
    if isinstance(error, wire.TimedOut):
        return "timeout", "The server did not answer before the deadline."
    if isinstance(error, Mismatch):
        return "wrong", str(error)
    if isinstance(error, wire.WireError):
        return "wrong", str(error)
    if isinstance(error, AssertionError):
        return "wrong", (str(error).splitlines() or ["not so"])[0]
    if type(error).__module__.startswith("playwright."):
        timed_out = type(error).__name__ == "TimeoutError"
        return "timeout" if timed_out else "wrong", f"In the browser: {str(error).splitlines()[0]}"
    return "grader error", f"{type(error).__name__}: {error}"
