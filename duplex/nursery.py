"""Processes that serve projects: forked from a warm parent, or started alone on Windows."""

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

from duplex.deadline import Deadline, note_in_vain, scaled
from duplex.errors import KitFault
from duplex.ground import HERE, Ground

HOST = Path(__file__).with_name("host")


class Child:
    """One served project's process; `status` is its exit status once it ended."""

    def __init__(self, kill, terminate, pid: int):
        self._kill, self._terminate, self.pid = kill, terminate, pid
        self._ended, self.status = threading.Event(), None

    def end(self, status: int) -> None:
        """Note that the process ended with `status` (negative: the signal that killed it)."""
        self.status = status
        self._ended.set()

    def running(self) -> bool:
        """Tell whether the process still runs."""
        return not self._ended.is_set()

    def kill(self) -> None:
        """Kill the process with everything it started, and wait until it is gone."""
        if self.running():
            self._kill()
            self._ended.wait(scaled(10))

    def terminate(self) -> None:
        """Ask the process to end (SIGTERM); it need not obey. On Windows this kills it."""
        if self.running():
            self._terminate()

    def wait(self, seconds: float) -> int | None:
        """Wait until the process has ended; return its status, or None when it runs on."""
        deadline = Deadline(seconds)
        if not self._ended.wait(deadline.remaining()):
            note_in_vain(deadline.begin)
        return self.status


class Nursery:
    """A warm parent; `start` forks a child from it that serves a project (not on Windows).

    `ground` is where its projects lie and listen.
    """

    ground: Ground = HERE

    def __init__(self, kind: str = "asgi"):
        self.kind, self._lock = kind, threading.Lock()
        self._begin()
        atexit.register(self.close)

    def _begin(self) -> None:
        self._line, theirs = socket.socketpair()
        self._children: dict[int, Child] = {}
        self._started: list[Child] = []
        self._ready, self._gone = threading.Condition(), False
        with theirs:
            self._process = self._launch(theirs.fileno())
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _launch(self, line: int) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-P", str(HOST), str(line), self.kind], pass_fds=[line],
            stdin=subprocess.DEVNULL, start_new_session=True, env=child_environment(),
        )  # fmt: skip

    def start(self, order: dict, descriptors: list[int]) -> Child:
        """Fork a child that obeys `order`, with listener, output and ready descriptors."""
        with self._lock:
            known = len(self._started)
            self._send(order, descriptors)
            with self._ready:
                self._ready.wait_for(lambda: len(self._started) > known or self._gone, scaled(30))
            if len(self._started) == known:
                raise KitFault("The process that starts servers ended unexpectedly; try again.")
            return self._started[known]

    def _send(self, order: dict, descriptors: list[int]) -> None:
        try:
            socket.send_fds(self._line, [json.dumps(order).encode() + b"\n"], descriptors)
        except OSError:
            raise KitFault("The process that starts servers is gone; try again.") from None

    def breach(self) -> tuple[str, str] | None:
        """Say which limit was exceeded; here there is none."""

    def locked(self, database: Path) -> contextlib.AbstractContextManager:
        """Lock a database that a project uses, as long as the block lasts."""
        return self.ground.locked(database)

    def _order(self, do: str, pid: int) -> None:
        with contextlib.suppress(KitFault):  # a warm parent that is gone has left nothing running
            self._send({"do": do, "pid": pid}, [])

    def _read(self) -> None:
        with contextlib.suppress(OSError), self._line.makefile("rb") as news:
            for line in news:
                self._note(json.loads(line))
        for pid, child in self._children.items():
            if child.running():  # the warm parent was killed, so it killed nobody itself
                self._orphaned(pid)
                child.end(-9)
        with self._ready:
            self._gone = True
            self._ready.notify_all()

    def _orphaned(self, pid: int) -> None:
        kill_group(pid)

    def _note(self, news: dict) -> None:
        if "ended" in news:
            self._children[news["ended"]].end(news["status"])
            return
        pid = news["started"]
        kill, terminate = (partial(self._order, do, pid) for do in ("kill", "terminate"))
        child = Child(kill, terminate, pid)
        with self._ready:
            self._children[pid] = child
            self._started.append(child)
            self._ready.notify_all()

    def close(self) -> None:
        """Cut the line: the warm parent kills its children, removes their folders and ends."""
        atexit.unregister(self.close)
        self._end()

    def _end(self) -> None:
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(scaled(5))
        self._process.kill()
        self._process.wait()
        self._reader.join(scaled(5))
        self._line.close()

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, *_) -> None:
        self.close()


def child_environment() -> dict[str, str]:
    """The environment of a served project: the caller's, without what could change it."""
    dropped = ("DJANGO_", "PYTHON", "PYTEST_", "COV_", "DUPLEX_")
    needed = ("PYTHONHOME", "PYTHONUSERBASE", "PYTHONNOUSERSITE")  # where packages are
    kept = {name: value for name, value in os.environ.items()
            if name in needed or not name.startswith(dropped)}  # fmt: skip
    extra = {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1",
             "PYTHONHASHSEED": "0", "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES"}  # fmt: skip
    return kept | extra


def kill_group(pid: int) -> None:
    """Kill a process that leads a process group, with the whole group (on Windows, its tree)."""
    if sys.platform == "win32":
        words = ["taskkill", "/F", "/T", "/PID", str(pid)]
        subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def start_alone(order: dict, output: int) -> Child:
    """Start one project's server without fork or inherited sockets (Windows, and TLS)."""
    process = subprocess.Popen(
        [sys.executable, "-P", str(HOST), json.dumps(order)], start_new_session=True,
        stdin=subprocess.PIPE, stdout=output, stderr=output, env=child_environment(),
    )  # fmt: skip
    child = Child(lambda: kill_group(process.pid), process.terminate, process.pid)

    def watch() -> None:
        status = process.wait()
        kill_group(process.pid)  # whatever it left behind
        process.stdin.close()
        child.end(status)

    threading.Thread(target=watch, daemon=True).start()
    return child
