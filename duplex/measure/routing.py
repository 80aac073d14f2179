"""What notebook 06 asks of a served project: its commands, its handshakes, its scope."""

import subprocess
import sys
from collections.abc import Iterable
from http.cookies import SimpleCookie
from pathlib import Path

from duplex import wire
from duplex.deadline import scaled
from duplex.nursery import child_environment
from duplex.server import Server


def manage(project: Path, *words: str, **variables: str) -> str:
    """Run a command of a project's manage.py, and return what it printed."""
    environment = child_environment() | {"DJANGO_COLORS": "nocolor"} | variables
    done = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=project, env=environment, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=scaled(60),
    )  # fmt: skip
    return done.stdout


def knock(server: Server, path: str) -> int:
    """Ask for a WebSocket, and return the status of the answer; 101 means yes."""
    try:
        with wire.connect(server.address, path):
            return 101
    except wire.Refused as refusal:
        return refusal.status


def scope_at(server: Server, path: str, cookie: str = "") -> dict:
    """Return the scope that a consumer at `path` was given, as it tells it."""
    headers = {"Cookie": cookie} if cookie else None
    with wire.connect(server.address, path, headers=headers) as client:
        return client.receive().json()


def cookie_of(answer: wire.Response) -> str:
    """Return the cookies that an answer sets, as a client sends them back."""
    jar = SimpleCookie()
    for line in answer.headers.get_all("Set-Cookie", []):
        jar.load(line)
    return "; ".join(f"{name}={one.value}" for name, one in jar.items())


def added(stations: Iterable[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """Return which keys of the scope each station found that the one before had not."""
    known, found = {"stations"}, []
    for name, keys in stations:
        found.append((name, [key for key in keys if key not in known]))
        known |= set(keys)
    return found
