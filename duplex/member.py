"""A person's tab in a chat that remembers, for labs 06 to 08: it notes what it is sent."""

import contextlib
import itertools
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from duplex import wire
from duplex.deadline import Deadline
from duplex.expect import describe, expect
from duplex.people import Tab
from duplex.talk import numbers, typed

_keys = itertools.count(1)


def new_key() -> str:
    """Return a key that no message has had yet."""
    return f"key {next(_keys)}"


class Member(Tab):
    """A tab that keeps what it said, what was acknowledged, and what it heard.

    `said` maps keys to texts, `acks` keys to acknowledgements; `messages` are those that have come
    since the last welcome.
    """

    def __init__(self, socket: wire.WebSocket, name: str):
        self.said: dict[str, str] = {}
        self.acks: dict[str, dict] = {}
        self.messages: list[dict] = []
        super().__init__(socket, name)

    def listen(self, where: str = "the next frame", should: object = "a text frame") -> dict:
        """Return the next object that is neither a list of who is here nor an acknowledgement."""
        while (data := self._next(where, should))["type"] == "ack":
            pass
        return data

    def _next(self, where: str, should: object) -> dict:
        data = super().listen(where, should)
        self._keep(data)
        return data

    def _keep(self, data: dict) -> None:
        if data["type"] == "welcome":
            self.messages = []
        elif data["type"] == "message":
            self.messages.append(data)
        elif data["type"] == "ack":
            self.acks[str(data.get("key"))] = data

    def say(self, text: str | None = None, author: str = "", key: str | None = None) -> dict:
        """Send a message under a key (a new one, without), and return what must be heard."""
        text = f"message {next(numbers)}" if text is None else text
        key = key or new_key()
        self.said.setdefault(key, text)
        self.send(type="message", key=key, text=text)
        room = {"room": self.welcome["room"]} if "room" in self.welcome else {}
        return {"type": "message", "author": self.name, "text": text} | room

    def say_many(self, count: int) -> list[str]:
        """Send so many messages in one go; return their texts."""
        return [self.say()["text"] for _ in range(count)]

    def until(self, done: Callable[[], object], where: str, should: object) -> None:
        """Listen until something is so."""
        while not done():
            self._next(where, should)

    def is_acknowledged(self, key: str, where: str) -> dict:
        """Demand an acknowledgement of this key, and return it; messages may come before it."""
        should = {"type": "ack", "key": key}
        self.acks.pop(key, None)
        self.until(lambda: key in self.acks, where, should)
        return self.acks[key]

    def is_refused(self, what: str, key: str | None = None) -> dict:
        """Demand that the next frame holds an error, which names the key of what it is about."""
        answer = super().is_refused(what)
        if key is not None:
            expect(answer.get("key"), key, f"the key in {what}")
        return answer

    def hears_text(self, text: str, where: str) -> dict:
        """Listen until a message with this text comes, and return it."""
        should = {"type": "message", "text": text}
        self.until(lambda: self.heard(text), where, should)
        return self.heard(text)[0]

    def heard(self, text: str) -> list[dict]:
        """Return the messages with this text that have come."""
        return [message for message in self.messages if message.get("text") == text]

    def ids(self) -> list:
        """Return the ids that have come since the last welcome."""
        return [message.get("id") for message in self.messages]

    def has_all(self, after: int, last: int, where: str) -> None:
        """Demand that each id from `after` + 1 to `last` comes, once and in order."""
        should = f"the messages {after + 1} to {last}, each once and in order"
        self.until(lambda: self._has_come(last - after, last), where, should)
        in_order(self.ids(), after, last, where)

    def _has_come(self, count: int, last: int) -> bool:
        return len(self.messages) >= count or self.ids()[-1:] == [last]

    def has_all_and_no_more(self, after: int, where: str) -> int:
        """Say something, demand each id from `after` + 1 to that message's; return its id."""
        text = self.say()["text"]
        last = self.hears_text(text, where)["id"]
        in_order(self.ids(), after, last, where)
        return last

    def hears_itself(self, when: str) -> None:
        """Say something and hear it; others may be heard before."""
        self.hears_text(self.say()["text"], f"what a client hears of itself, {when}")

    def leaves_while_speaking(self, count: int, where: str) -> None:
        """Say so many things and leave, in one go; what was said may still come before `left`."""
        self.say_many(count)
        self.send(type="leave")
        while (data := self.listen(where, {"type": "left"}))["type"] != "left":
            expect.that(data["type"] == "message", data, describe({"type": "left"}), where)

    def hears_welcome(self, where: str) -> dict:
        """Listen until a welcome comes; of the messages, only those after it are kept."""
        while (data := self.listen(where, {"type": "welcome"}))["type"] != "welcome":
            pass
        return data

    def listen_for(self, seconds: float, done: Callable[[], object] = lambda: False) -> bool:
        """Note what comes in so many seconds, or until something is so; tell whether it is."""
        patience = Deadline(seconds)
        with contextlib.suppress(wire.WireError):
            while not done() and not patience.expired():
                frame = self.socket.receive(timeout=seconds)
                if frame.kind != "text":
                    break
                self._keep(typed(frame, "what comes meanwhile"))
        return bool(done())

    def drain(self) -> None:
        """Note what came before the server was gone."""
        with contextlib.suppress(wire.WireError):
            while (frame := self.socket.receive()).kind == "text":
                self._keep(typed(frame, "what came before the server was gone"))
        self.socket.close()


def said_lately(message: dict, where: str) -> None:
    """Demand that a message says when it was said, with its offset from UTC, and that this fits."""
    sent_at = message.get("sent_at")
    should = 'the time in ISO 8601, such as "2026-01-31T12:00:00+00:00"'
    try:
        ago = abs(datetime.now(UTC) - datetime.fromisoformat(sent_at))
    except (TypeError, ValueError):  # no text, no time, or a time without its offset
        expect.that(False, sent_at, should, where)
    expect.that(ago < timedelta(hours=1), sent_at, f"{should}, and of this moment", where)


def in_order(ids: Iterable, after: int, last: int, where: str) -> None:
    """Demand the ids from `after` + 1 to `last`, each once and in order."""
    ids, before, first = list(ids), after, True
    should = f"each id from {after + 1} to {last} once, in order"
    for one in ids:
        what = f"the id {describe(one)}" + (" first" if first else f" after {before}")
        expect.that(one == before + 1, f"{what}, {_slip(one, before)}", should, where)
        before, first = one, False
    expect.that(before == last, f"no id after {before}", should, where)


def _slip(one: object, before: int) -> str:
    if not isinstance(one, int) or isinstance(one, bool):
        return "which is no whole number"
    return "a gap" if one > before + 1 else "a message twice, or out of order"
