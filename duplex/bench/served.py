"""Serve a project for measuring, each time with a process of its own; it ends with the kit."""

import contextlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import psutil

from duplex import project
from duplex.deadline import wait_until
from duplex.errors import CourseError
from duplex.nursery import HOST

START = 30  # seconds that a server may take to listen, scaled
LOG = 65_536  # bytes of its log that are read
LISTENS = re.compile(r"(?:Listening on TCP address|Uvicorn running on http://) ?([\d.]+):(\d+)")
BECOME = "import os, sys; os.chdir(sys.argv[1]); os.execv(sys.executable, sys.argv[2:])"
HERE = Path(__file__).resolve().parent
APPLICATION = "config.asgi:application"
DAPHNE_WORDS = ("-b", "127.0.0.1", "-p", "0", "--access-log", os.devnull, APPLICATION)
DAPHNE = ("-m", "daphne", *DAPHNE_WORDS)
KEPT_FRAMES = ("-P", str(HERE / "kept_frames.py"), *DAPHNE_WORDS)
UVICORN = ("-m", "uvicorn", "--port", "0", "--no-access-log", APPLICATION)
BROADCAST = ("-P", str(HERE / "broadcast.py"))


@dataclass(frozen=True)
class Served:
    """A server that listens: its port, and its process."""

    port: int
    pid: int


@contextlib.contextmanager
def serving(folder: Path, words: tuple[str, ...], env: dict[str, str]) -> Iterator[Served]:
    """Run `python WORDS` in a private copy of a project, which is removed in the end."""
    command = [sys.executable, "-c", BECOME, str(folder), sys.executable, *words]
    with (
        tempfile.TemporaryFile("a+b") as log,
        subprocess.Popen(
            [sys.executable, "-P", str(HOST / "guard.py"), str(folder.parent), *command],
            stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True,
            env=environment() | env,
        ) as guard,
    ):  # fmt: skip
        try:
            yield Served(_port(guard, log, words), _child(guard))
        finally:
            guard.stdin.close()  # the guard kills the server, and removes its folder
            guard.wait()
            project.remove(folder)


def environment() -> dict[str, str]:
    """Return this process's environment, in which the kit itself can be found as well."""
    kit = str(HERE.parents[1])
    return os.environ | {"PYTHONPATH": kit, "PYTHONUNBUFFERED": "1"}


def _port(guard: subprocess.Popen, log: BinaryIO, words: tuple[str, ...]) -> int:
    """Return the port, once the server's log says it."""

    def said() -> str:
        return os.pread(log.fileno(), LOG, 0).decode("utf-8", "replace")

    wait_until(lambda: LISTENS.search(said()) or guard.poll() is not None, START)
    listens = LISTENS.search(said())
    if listens and guard.poll() is None:
        return int(listens[2])
    last = (said().strip().splitlines() or ["it said nothing"])[-1]
    raise CourseError(f"`python {' '.join(words[:2])}` did not listen; its last words: {last}")


def _child(guard: subprocess.Popen) -> int:
    """Return the process that the guard watches: the server's."""
    return psutil.Process(guard.pid).children()[0].pid
