"""What every abuse meets: a lab's chat, two people who talk in it all the while, and an intruder.

A lab is added to LABS by its number. It is served as its graders serve it, once for all tests, and
what it must answer stands in the tests. Where a later lab promises more, such as a close code where
an earlier one cuts the line, the test takes both.
"""

import contextlib
import json
from dataclasses import replace
from itertools import count
from urllib.parse import quote, urlsplit

import pytest

from duplex import catalog
from duplex.frames import CLOSE
from duplex.grader import nursery  # noqa: F401
from duplex.people import People, Tab
from duplex.rawsocket import RawWebSocket, request
from duplex.server import Server
from duplex.stand import Stand

LABS = (5, 6, 7, 8)
# Limits are graded; here, eve may go on.
ENV = dict.fromkeys((7, 8), {"CHAT_BURST": "10000", "CHAT_RATE": "10000"})
ROOM = "tea"  # where ada is all the while
NUMBERS = count(1)


class Chat:
    """A lab's chat: ada sits in ROOM from beginning to end, eve is the one who means harm."""

    def __init__(self, lab: catalog.Lab, server: Server, ends: contextlib.ExitStack):
        self.lab, self.server, self._ends = lab, server, ends
        self.people = ends.enter_context(People(server))
        self.ada, self.eve = self.people.enter("ada", ROOM), self.people.visitor("eve")

    def words(self, text: str, **fields) -> dict:
        """Return the frame that says something; from lab 06 on it needs a key."""
        key = {"key": f"key {next(NUMBERS)}"} if self.lab.number >= 6 else {}
        return {"type": "message", "text": text} | key | fields

    def goes_on(self) -> None:
        """Demand that ada and somebody who has just come hear each other, and nobody else."""
        grace = self.people.enter("grace", ROOM)
        for speaker in (self.ada, grace):
            text = f"message {next(NUMBERS)}"
            speaker.send(**self.words(text))
            for listener in (self.ada, grace):
                assert self.hears(listener, text)["author"] == speaker.name
        assert self.ada.met | grace.met <= {"ada", "grace"}
        grace.close()

    def hears(self, tab: Tab, text: str) -> dict:
        """Demand that a tab hears this; of messages before it, all must be of ada and grace."""
        while (heard := tab.listen(f"the message {text!r}")).get("text") != text:
            ours = heard["type"] == "message" and heard["author"] in ("ada", "grace")
            assert ours or heard["type"] == "ack", heard
        if self.lab.number >= 7:
            tab.send(type="seen", id=heard["id"])  # or it would be sent a hundred, and no more
        return heard

    def tab(self, name: str, room: str | None = None) -> Tab:
        """Return a person's connection to a room (a new one, without), for JSON."""
        return self.people.enter(name, self.room() if room is None else room)

    def room(self) -> str:
        """Return the name of a room in which nothing has been said."""
        return f"room {next(NUMBERS)}"

    def knock(self, path: str) -> tuple[RawWebSocket, str]:
        """Ask for a WebSocket at a path as eve, byte for byte; return the socket and the status."""
        raw = self.line()
        head = raw.ask(self.request(path))
        return raw, head.partition("\r\n")[0].partition(" ")[2][:3]

    def request(self, path: str, **changes) -> str:
        """Return the lines with which eve's browser asks for a WebSocket, some of them changed."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.eve.cookies.items())
        lines = {"Origin": self.server.url, "Cookie": cookie} | changes
        return request(path, urlsplit(self.server.url).netloc, **lines)

    def line(self) -> RawWebSocket:
        """Return a connection on which nothing has been said."""
        raw = RawWebSocket(self.server.address)
        self._ends.callback(raw.close)
        return raw

    def intruder(self) -> RawWebSocket:
        """Return eve's connection to a room, for frames made by hand; its welcome is read."""
        raw, status = self.knock(f"/ws/chat/{quote(self.room())}/")
        assert status == "101" and b'"welcome"' in raw.receive().payload
        return raw

    def said(self, payload: bytes) -> dict:
        """Return the object in a text frame."""
        return json.loads(payload)

    def end_of(self, raw: RawWebSocket) -> int | None:
        """Return the close code with which the server ends a connection; None: it cuts the line."""
        while (frame := raw.receive()) is not None:
            if frame.opcode == CLOSE:
                return int.from_bytes(frame.payload[:2], "big")
        return None


@pytest.fixture(scope="session", params=LABS, ids=lambda number: f"lab{number:02d}")
def served(request, nursery):  # noqa: F811
    """Each lab's chat, served once."""
    lab = catalog.lab(request.param)
    with contextlib.ExitStack() as ends:
        lab = replace(lab, env=lab.env | ENV.get(lab.number, {}))
        stand = Stand(lab.folder("solutions"), lab, nursery)
        ends.callback(stand.close)
        yield Chat(lab, stand.serve(lab.server), ends)


@pytest.fixture
def chat(served):
    """The chat; after each abuse it lives, has no error in its log, and everybody talks on."""
    before = served.server.log.printed()
    yield served
    served.goes_on()
    assert served.server.alive()
    assert served.server.log.last_error(before) is None
