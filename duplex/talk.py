"""A client of the chat in labs 03 to 08: it speaks JSON over a WebSocket and says what it heard."""

import itertools
import socket
import struct

from duplex import wire
from duplex.expect import describe, expect

numbers = itertools.count(1)  # of the messages that need no text of their own
PATIENCE = 2.0  # seconds for a frame that must come, scaled by DUPLEX_TIMEOUT_FACTOR


def holds(heard: dict, wanted: dict) -> bool:
    """Tell whether an object says all that is wanted; it may say more."""
    return all(name in heard and heard[name] == value for name, value in wanted.items())


def has_sentence(error: dict) -> bool:
    """Tell whether an error says what is wrong."""
    return isinstance(error.get("error"), str) and bool(error["error"].strip())


def next_frame(socket: wire.WebSocket) -> wire.Frame | None:
    """Return the next frame; None when the server, asked at last by a ping, has none."""
    try:
        return socket.receive(timeout=PATIENCE)
    except wire.TimedOut:  # is nothing to come, or is the whole computer slow?
        socket.ping(b"anything?")
        frame = socket.receive(control=True)
        return None if frame.kind == "pong" else frame


def typed(frame: wire.Frame, where: str) -> dict:
    """Return the object in a text frame, which must have a type."""
    data = frame.json()
    fine = isinstance(data, dict) and isinstance(data.get("type"), str)
    expect.that(fine, frame, "an object with a `type`", where)
    return data


class Talker:
    """One client; `welcome` is the first object that it was sent."""

    def __init__(self, socket: wire.WebSocket, where: str = "the first frame"):
        self.socket = socket
        self.welcome = self.listen(where)
        expect(self.welcome["type"], "welcome", "the type of the first frame")

    def send(self, **data: object) -> None:
        """Send an object."""
        self.socket.send_json(data)

    def listen(self, where: str = "the next frame", should: object = "a text frame") -> dict:
        """Return the object in the next frame, which must have a type."""
        frame = next_frame(self.socket)
        wanted = should if isinstance(should, str) else describe(should)
        expect.that(frame, f"nothing for {PATIENCE:g} seconds", wanted, where)
        expect.that(frame.kind == "text", frame, "a text frame with JSON", where)
        return typed(frame, where)

    def hears(self, message: dict, where: str = "what a client hears") -> dict:
        """Demand that the next frame holds this object, and return it with what else it says."""
        heard = self.listen(where, message)
        expect.that(holds(heard, message), heard, describe(message), where)
        return heard

    def say(self, text: str | None = None, author: str = "Ada") -> dict:
        """Send a message (a new one, without a text), and return what everybody must hear."""
        text = f"message {next(numbers)}" if text is None else text
        message = {"type": "message", "author": author, "text": text}
        self.send(**message)
        room = {"room": self.welcome["room"]} if "room" in self.welcome else {}
        return message | room

    def hears_itself(self, when: str) -> None:
        """Say something and hear it; others may be heard before, but nothing that is no message."""
        message, where = self.say(), f"what a client hears of itself, {when}"
        while not holds(heard := self.listen(where, message), message):
            expect.that(heard["type"] == "message", heard, describe(message), where)

    def is_refused(self, what: str) -> dict:
        """Demand that the next frame holds an error, and return it."""
        answer = self.listen(what, "an error")
        fine = (
            answer["type"] == "error" and isinstance(answer.get("error"), str) and answer["error"]
        )
        expect.that(fine, answer, 'an object {"type": "error", "error": "a sentence"}', what)
        return answer

    def settle(self) -> None:
        """Return when the server has read everything that this client has sent so far."""
        self.socket.ping(b"so far")
        while (heard := self.socket.receive(control=True)).kind != "pong":
            expect.that(heard.kind == "text", heard, "the answer to a ping", "meanwhile")

    def close(self) -> None:
        """Say goodbye."""
        self.socket.close()

    def vanish(self) -> None:
        """Cut the connection, without a close frame or any other word."""
        raw = self.socket.sock
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.close()
