"""What notebook 07 measures: the recorded events of a connection, and who waits for whom."""

import threading
import time
from dataclasses import dataclass

from duplex import wire
from duplex.server import Server


@dataclass(frozen=True)
class Turn:
    """How long a client's message was under way: asked and answered, in seconds from the start."""

    name: str
    asked: float
    answered: float

    @property
    def waited(self) -> float:
        """Seconds from the question to the answer."""
        return self.answered - self.asked


def recorded(server: Server, path: str) -> list[dict]:
    """Return the events that a recorder wrote down, of all connections, oldest first."""
    return wire.Http(server.address).get(path).json()["records"]


def life(records: list[dict], connection: int) -> list[dict]:
    """Return the events of one connection."""
    return [one for one in records if one["connection"] == connection]


def asked_at_once(sockets: dict[str, wire.WebSocket], messages: dict[str, str]) -> list[Turn]:
    """Send each client's message in the order of `messages`; return when each was answered."""
    start, turns = time.perf_counter(), {}

    def listen(name: str, asked: float) -> None:
        sockets[name].receive()
        turns[name] = Turn(name, asked, time.perf_counter() - start)

    threads = []
    for name, message in messages.items():
        asked = time.perf_counter() - start
        sockets[name].send_text(message)
        threads.append(threading.Thread(target=listen, args=[name, asked], daemon=True))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return [turns[name] for name in messages]


def told_code(server: Server, path: str, message: str) -> int | None:
    """Connect, say one thing, and return the code of the close frame that comes."""
    with wire.connect(server.address, path) as client:
        client.send_text(message)
        return client.receive().code


def answer_to(server: Server, path: str, *messages: str | bytes) -> wire.Frame:
    """Connect, say some things, and return the first frame that comes after the last."""
    with wire.connect(server.address, path) as client:
        for message in messages:
            send = client.send_text if isinstance(message, str) else client.send_binary
            send(message)
        return client.receive()
