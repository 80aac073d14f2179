"""A visit to a served chat of the clinic: who enters, says, hears, and what they are told."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from duplex import wire
from duplex.deadline import Deadline

_rooms = count(1)


@dataclass
class Visit:
    """A chat to be visited: where it is served, and how long to wait for what may never come."""

    servers: list
    patience: float = 0.4
    options: dict = field(default_factory=dict)
    redis: object = None
    manage: Callable[..., str] | None = None  # types a command of the served project's manage.py
    room: str = field(default_factory=lambda: f"room{next(_rooms)}")

    @property
    def address(self):
        """Where the first process listens."""
        return self.servers[0].address

    @property
    def path(self) -> str:
        """The path of the room, unless the case asks for another."""
        return self.options.get("path", f"/ws/chat/{self.room}/")

    def enter(self, server: int = 0, **how) -> wire.WebSocket:
        """Connect to the room, at the first process or another."""
        return wire.connect(self.servers[server].address, self.path, **how)

    def page(self, path: str) -> dict:
        """Return what a page of the project says, as JSON."""
        return wire.Http(self.address).get(path).json()


def say(text: str) -> dict:
    """Return the frame that says something in the room."""
    return {"do": "say", "text": text}


def told(frame: wire.Frame) -> str:
    """Say what came, in short."""
    with contextlib.suppress(wire.Malformed):
        data = frame.json() if frame.kind == "text" else None
        if isinstance(data, dict) and len(data) == 1:
            return " ".join(f"{key}: {value}" for key, value in data.items())
    return str(frame)


def send(client: wire.WebSocket, frame: dict | str | bytes) -> None:
    """Send a dict as JSON, a text as text, bytes as bytes."""
    if isinstance(frame, dict):
        client.send_json(frame)
    elif isinstance(frame, str):
        client.send_text(frame)
    else:
        client.send_binary(frame)


def answer(client: wire.WebSocket, frame: dict | str | bytes, patience: float = 10) -> str:
    """Send a frame; return what comes back."""
    with contextlib.suppress(wire.Dropped):  # it may be closed already: then that is read
        send(client, frame)
    return comes(client, patience)


def comes(client: wire.WebSocket, patience: float) -> str:
    """Return the next thing that comes to a client, or "nothing"."""
    try:
        return told(client.receive(timeout=patience))
    except wire.TimedOut:
        return "nothing"


def hears(client: wire.WebSocket, deadline: Deadline) -> str:
    """Return the next thing that a client hears; it pings meanwhile, and may hear nothing."""
    pongs = 0
    while pongs < 3 or not deadline.expired():
        with contextlib.suppress(wire.WireError):  # it may be closed: then that is what is heard
            client.send_json({"do": "ping"})
        heard = comes(client, 10)
        if heard != "pong: None":
            return heard
        pongs += 1
        time.sleep(0.01)
    return "nothing"
