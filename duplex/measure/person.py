"""Somebody in a room of lab 08, for notebook 12: what came, what was acknowledged, how it ended."""

import contextlib
import time
from collections.abc import Callable
from itertools import count
from urllib.parse import quote

from duplex import wire
from duplex.visitor import Visitor

LOST = (wire.WireError, OSError)  # what a client sees when it is cut off
OFTEN = 40  # messages after which one says what one has seen
TOGETHER = 30  # words that one says before one waits for the answers
_keys = count(1)


class Person:
    """A tab in a room; with `patient` it never says what it has seen."""

    def __init__(self, visitor: Visitor, room: str, after: int = 0, patient: bool = False):
        self.name, self.patient, self.welcome = visitor.name, patient, None
        self.ids: list[int] = []
        self.acked: dict[str, float] = {}  # texts, and when they were acknowledged
        self.said: dict[str, float] = {}  # texts, and when they were said
        self.code, self.closed = None, None  # the close frame's code, and when the end came
        self.refused = 0
        path = f"/ws/chat/{quote(room, safe='')}/?after={after}"
        self.socket, self._texts = visitor.connect(path), {}
        self.until(lambda: self.welcome)

    def say(self, *texts: str) -> None:
        """Say something, and do not wait."""
        for text in texts:
            key = f"{self.name}-{next(_keys)}"
            self._texts[key], self.said[text] = text, time.perf_counter()
            self.socket.send_json({"type": "message", "key": key, "text": text})

    def tells(self, count: int) -> "Person":
        """Say so many things, a few at a time, each of which is acknowledged."""
        for first in range(0, count, TOGETHER):
            texts = [f"tale {next(_keys)}" for _ in range(min(TOGETHER, count - first))]
            self.say(*texts)
            self.until(lambda texts=texts: self.acked.keys() >= set(texts))
        return self

    def seen(self, number: int) -> None:
        """Say that one has seen all messages up to this one."""
        self.socket.send_json({"type": "seen", "id": number})

    def until(self, done: Callable[[], object]) -> "Person":
        """Read until something is so; Dropped when the connection ends before."""
        while not done():
            if not self.read():
                raise wire.Dropped(f"the connection of {self.name} was closed with {self.code}")
        return self

    def hears(self, number: int) -> "Person":
        """Read until this message has come."""
        return self.until(lambda: self.ids and self.ids[-1] >= number)

    def hears_itself(self) -> "Person":
        """Say something, and read until it is acknowledged."""
        text = f"hello {next(_keys)}"
        self.say(text)
        return self.until(lambda: text in self.acked)

    def asks(self) -> "Person":
        """Send a frame that is answered by an error: what was due before it has come then."""
        before = self.refused
        self.socket.send_json({"type": "a word that the chat does not know"})
        return self.until(lambda: self.refused > before)

    def read(self) -> bool:
        """Read a frame; False when the connection has ended."""
        try:
            frame = self.socket.receive()
        except wire.TimedOut:
            raise
        except LOST:
            self.closed = time.perf_counter()
            return False
        if frame.kind != "text":
            self.code, self.closed = frame.code, frame.at
            return False
        self._note(frame.json(), frame.at)
        return True

    def _note(self, data: dict, at: float) -> None:
        kind = data["type"]
        if kind == "welcome":
            self.welcome = data
        elif kind == "message":
            self.ids.append(data["id"])
            if not self.patient and len(self.ids) % OFTEN == 0:
                with contextlib.suppress(*LOST):
                    self.seen(data["id"])
        elif kind == "ack":
            self.acked[self._texts[data["key"]]] = at
        elif kind == "error":
            self.refused += 1

    def close(self) -> None:
        """Leave."""
        self.socket.close()

    def __enter__(self) -> "Person":
        return self

    def __exit__(self, *_) -> None:
        self.close()
