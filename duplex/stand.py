"""The project under test during grading: its servers, and how each test on it ended."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from duplex import catalog, wire
from duplex.expect import Mismatch
from duplex.nursery import Nursery
from duplex.server import Server, StartFailed, serve

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


@dataclass
class Stand:
    """The project under test and the servers that run it, one for each kind."""

    folder: Path
    lab: catalog.Lab
    nursery: Nursery | None = None
    browsers: "Browsers | None" = None
    servers: dict[str, Server] = field(default_factory=dict)
    failures: dict[str, StartFailed] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)
    spent: dict[str, float] = field(default_factory=dict)

    def serve(self, kind: str) -> Server:
        """Return the project served this way; a failed start is not tried twice."""
        if kind in self.failures:
            raise self.failures[kind]
        if kind in self.servers and not self.servers[kind].alive():
            self.servers.pop(kind).stop()
        if kind not in self.servers:
            try:
                self.servers[kind] = serve(self.folder, kind, nursery=self.nursery)
            except StartFailed as failure:
                self.failures[kind] = failure
                raise
        self.marks.setdefault(kind, self.servers[kind].log.total)
        return self.servers[kind]

    def cause(self) -> str:
        """The last exception that a server printed since the test began."""
        used = [server for kind, server in self.servers.items() if kind in self.marks]
        for server in used:
            if not server.alive():
                server.log.finish()
        errors = [server.log.last_error(self.marks[server.kind]) for server in used]
        return next(filter(None, errors), "")

    def lost(self) -> str | None:
        """Say how the project ended by itself, if it did: crashed or output."""
        for server in self.servers.values():
            if server.log.flooded.is_set():
                return "output"
            if not server.alive():
                return "crashed"
        return None

    def close(self) -> None:
        """Stop every server."""
        while self.servers:
            self.servers.popitem()[1].stop()


LOST = {
    "crashed": "The project's process ended while a client was waiting.",
    "output": "The project printed without end and was stopped.",
}


def judge(error: BaseException) -> tuple[str, str]:
    """Return verdict and sentence for the exception that ended a test."""
    if isinstance(error, StartFailed):
        return error.verdict, str(error)
    if isinstance(error, pytest.skip.Exception):
        return "not checked", str(error)
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
