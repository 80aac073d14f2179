"""Serve a project in its own process and keep what it says as evidence."""

import contextlib
import os
import shutil
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from duplex import project
from duplex.deadline import Deadline, wait_until
from duplex.ground import HERE
from duplex.log import Log
from duplex.nursery import Child, Nursery, start_alone

START = 15.0  # seconds that a project may take to start, scaled by DUPLEX_TIMEOUT_FACTOR
KINDS = {"runserver": "wsgi", "daphne": "asgi"}
CAN_FORK = hasattr(os, "fork") and sys.platform != "win32"


class StartFailed(Exception):
    """The project did not come up; `verdict` is crashed, timeout or output."""

    def __init__(self, verdict: str, message: str, log: str = ""):
        super().__init__(message)
        self.verdict, self.log = verdict, log


class Server:
    """A served project: where it listens, whether it lives, what it printed."""

    forks = CAN_FORK

    def __init__(
        self,
        folder: Path | str,
        kind: str,
        nursery: Nursery | None = None,
        env: dict[str, str] | None = None,
        options: Sequence[str] = (),
        database: Path | None = None,
    ):
        self.kind, self._own, self._nursery = kind, None, nursery
        self._env, self._options, self._database = env or {}, list(options), database
        self.ground = nursery.ground if nursery else HERE
        self.folder = project.copy(folder, self.ground, self._fill)
        self._ready, self.child = None, None
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _fill(self, folder: Path) -> None:
        """Add to the project's copy, before it lies where projects see it."""
        if self._database:
            shutil.copy(self._database, folder)

    def _start(self) -> None:
        if self._nursery is None and self.forks:
            self._nursery = self._own = Nursery(KINDS[self.kind])
        output_in, output = os.pipe()
        self.log = Log(output_in, str(self.folder), self._kill)
        try:
            self.child = self._fork(output) if self.forks else self._spawn(output)
        finally:
            os.close(output)

    def _order(self, **more) -> dict:
        remove = str(self.folder.parent)
        return {"do": "serve", "kind": self.kind, "folder": str(self.folder), "remove": remove,
                "env": self._env, "options": self._options, "migrated": self._database is not None
                } | more  # fmt: skip

    def _fork(self, output: int) -> Child:
        self._ready, ready = os.pipe()
        os.set_blocking(self._ready, False)
        with self.ground.listen() as listener:
            self.address = listener.getsockname()
            try:
                return self._nursery.start(self._order(), [listener.fileno(), output, ready])
            finally:
                os.close(ready)

    def _spawn(self, output: int) -> Child:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.address = listener.getsockname()
        return start_alone(self._order(port=self.address[1]), output)

    @property
    def url(self) -> str:
        """The server's address as a browser wants it."""
        return self.ground.url(self.address)

    @property
    def ws_url(self) -> str:
        """The same for WebSockets."""
        return "ws" + self.url.removeprefix("http")

    def alive(self) -> bool:
        """Tell whether the project's process still runs."""
        return self.child is not None and self.child.running()

    def wait_ready(self, seconds: float = START) -> "Server":
        """Wait until the project serves; StartFailed says why it does not."""
        try:
            patience = Deadline(seconds).remaining()
            came_up = wait_until(lambda: self._is_ready() or self._is_lost(), seconds, 0.002)
            if came_up and not self._is_lost():
                return self
            raise self._failure(patience)
        except BaseException:
            self.stop()
            raise

    def _is_lost(self) -> bool:
        return self.log.flooded.is_set() or not self.alive()

    def _is_ready(self) -> bool:
        if self._ready is not None:
            with contextlib.suppress(BlockingIOError):
                return os.read(self._ready, 1) == b"R"
            return False
        with socket.socket() as probe:
            probe.settimeout(0.2)
            return probe.connect_ex(self.address) == 0

    def _failure(self, patience: float) -> StartFailed:
        if self.log.flooded.is_set():
            return StartFailed("output", "The project printed without end while it started.")
        if self.alive():
            return StartFailed(
                "timeout", f"The project did not start within {round(patience, 1):g} seconds."
            )
        self.log.finish()
        cause = self.log.last_error() or self._last_words()
        message = f"The project did not start: {cause.rstrip('.:')}."
        return StartFailed(self._verdict(cause), message, self.log.text())

    def _verdict(self, cause: str) -> str:
        return "memory" if cause.startswith("MemoryError") else "crashed"

    def _last_words(self) -> str:
        ended = f"its process ended with status {self.child.status}"
        if self.child.status < 0:
            ended = f"its process was ended by {_signal_name(-self.child.status)}"
        line = self.log.last_line()
        return f"{ended}, and the last line that it printed is {line!r}" if line else ended

    def _kill(self) -> None:
        if self.child is not None:
            self.child.kill()

    def terminate(self, seconds: float = START) -> int | None:
        """Ask the project to end (SIGTERM); return its exit status, None when it runs on."""
        self.child.terminate()
        return self.child.wait(seconds)

    def stop(self) -> None:
        """Kill the server with all it started, and remove its copy of the project."""
        with contextlib.ExitStack() as steps:
            steps.callback(self.ground.remove, self.folder.parent)
            if self._ready is not None:
                steps.callback(os.close, self._ready)
                self._ready = None
            if self._own is not None:
                steps.callback(self._own.close)
            self._kill()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_) -> None:
        self.stop()


def _signal_name(number: int) -> str:
    try:
        return f"the signal {signal.Signals(number).name}"
    except ValueError:
        return f"signal {number}"


def serve(
    folder: Path | str,
    kind: str = "runserver",
    *,
    nursery: Nursery | None = None,
    env: dict[str, str] | None = None,
    options: Sequence[str] = (),
    database: Path | None = None,
) -> Server:
    """Serve a private copy of a Django project and return when it is ready.

    `kind` is "runserver" (manage.py's own server) or "daphne". With a `nursery` the process is
    forked from that warm parent, which is several times faster than a cold start. `env` holds
    environment variables for the project (too late for those that Python reads when it starts).
    `options` are those of the command `daphne`. A `database` is a file that is migrated already,
    of which the project gets a copy.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is runserver or daphne, not {kind!r}")
    return Server(folder, kind, nursery, env, options, database).wait_ready()
