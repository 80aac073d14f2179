"""How a chat ends: asked by SIGTERM or killed by SIGKILL, while people write; what became of it."""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from duplex import wire
from duplex.deadline import wait_until
from duplex.measure.person import LOST, Person
from duplex.server import Server
from duplex.visitor import Visitor

ENDS = 30  # seconds, scaled, in which a process that was asked to end has ended
PAUSE = 0.01  # seconds between two words of a person


@dataclass
class Ending:
    """Seconds after `start`; `stored` are the texts that are there when it is served again."""

    people: list[Person]
    start: float
    asked: float
    ended: float
    status: int | None
    stored: list[str]

    @property
    def codes(self) -> set[int | None]:
        """The codes of the close frames; None: there was none."""
        return {one.code for one in self.people}

    @property
    def lost(self) -> list[str]:
        """What was acknowledged, and is not stored exactly once."""
        return [text for one in self.people for text in one.acked if self.stored.count(text) != 1]

    @property
    def in_doubt(self) -> list[str]:
        """What is stored, and its writer has not been told."""
        told = {text for one in self.people for text in one.acked}
        return [text for text in self.stored if text not in told]

    def row(self) -> dict[str, object]:
        """Count what became of the words."""
        said = sum(len(one.said) for one in self.people)
        acked = sum(len(one.acked) for one in self.people)
        codes = ", ".join(sorted("no close frame" if code is None else str(code)
                                 for code in self.codes))  # fmt: skip
        return {"said": said, "acknowledged": acked, "acknowledged, and lost": len(self.lost),
                "stored, never acknowledged": len(self.in_doubt), "clients see": codes,
                "exit status": self.status}  # fmt: skip


def end(
    serve: Callable[[], Server], visitors: list[Visitor], room: str, how: str, after: int = 40
) -> Ending:
    """Let people write, end their server (`terminate` or `kill`), and look at what is stored.

    It ends after so many acknowledgements; `serve` starts it, and again on the same database.
    """
    start = time.perf_counter()
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(serve())
        people = [stack.enter_context(Person(at(one, server), room)) for one in visitors]
        asked = threading.Event()
        threads = [threading.Thread(target=work, args=(one, asked))
                   for one in people for work in (_write, _listen)]  # fmt: skip
        for thread in threads:
            thread.start()
        wait_until(lambda: sum(len(one.acked) for one in people) >= after, ENDS)
        at_once = time.perf_counter()
        getattr(server.child, how)()
        status, ended = server.child.wait(ENDS), time.perf_counter()
        asked.set()
        for thread in threads:
            thread.join()
    return Ending(people, start, at_once - start, ended - start, status,
                  _stored(serve, visitors[0], room))  # fmt: skip


def at(visitor: Visitor, server: Server) -> Visitor:
    """Return a visitor's browser, with its cookies, at another address."""
    other = Visitor(server.address)
    other.name, other.cookies = visitor.name, dict(visitor.cookies)
    return other


def _write(person: Person, asked: threading.Event) -> None:
    """Say something again and again, until nobody takes it any more."""
    with contextlib.suppress(*LOST):
        for number in range(2000):
            if person.closed or asked.wait(PAUSE):
                return
            person.say(f"{person.name} {number}")


def _listen(person: Person, _: threading.Event) -> None:
    with contextlib.suppress(wire.TimedOut):
        while person.read():
            pass


def _stored(serve: Callable[[], Server], visitor: Visitor, room: str) -> list[str]:
    """Start the server again, and return the texts of the room's history."""
    with serve() as server, Person(at(visitor, server), room) as reader:
        reader.hears(reader.welcome["last"])
        frames = [frame for way, frame in reader.socket.frames if way == "in"]
    said = [frame.json() for frame in frames if frame.kind == "text"]
    return [one["text"] for one in said if one["type"] == "message"]
