"""People at a chat with log-in, for labs 05 to 08: their browsers, and their tabs in its rooms."""

import contextlib
import time
from collections.abc import Iterable, Iterator
from urllib.parse import quote
from weakref import WeakKeyDictionary

from duplex import wire
from duplex.deadline import Deadline, wait_until
from duplex.expect import expect
from duplex.server import Server, serve
from duplex.sockets import host_and_port
from duplex.stand import Stand
from duplex.talk import PATIENCE, Talker, holds, next_frame, typed
from duplex.visitor import Visitor

INTRUDERS = 3  # so many lists of who is here come from them, and not only late
INTRUSION = '{"type": "join"}', '{"type": "message", "author": "ada", "text": "let me in"}'
FOREIGN = (  # Origins of pages that are none of the server's; the last is that of no page
    "https://evil.example", "http://127.0.0.1.evil.example", "http://evil-127.0.0.1", "null",
    "http://localhost.evil.example", "https://evil.example:{port}", "http://evil.example#127.0.0.1",
    "http://127.0.0.1@evil.example", "",
)  # fmt: skip
SOON = 10  # seconds, scaled, for what is quick on any computer


class Tab(Talker):
    """A person's connection to a room.

    `people` is the newest list of who is here, `lists` how many there have been, and `met` are
    all who have ever been in one.
    """

    def __init__(self, socket: wire.WebSocket, name: str, where: str = "the first frame"):
        self.name, self.people, self.lists, self.met = name, None, 0, set()
        super().__init__(socket, where)

    def listen(self, where: str = "the next frame", should: object = "a text frame") -> dict:
        """Return the next object that is no list of who is here."""
        while (data := super().listen(where, should))["type"] == "here":
            self._note(data)
        return data

    def _note(self, data: dict) -> None:
        self.people, self.lists = data.get("people"), self.lists + 1
        self.met |= set(map(str, self.people)) if isinstance(self.people, list) else set()

    def say(self, text: str | None = None, author: str = "") -> dict:
        """Send a message, signed with the person's own name, and return what must be heard."""
        return super().say(text, author or self.name)

    def sees(self, names: Iterable[str], where: str) -> None:
        """Demand that a list of who is here names these people, each once."""
        wanted = {"type": "here", "people": sorted(names)}
        while not self._lists(wanted["people"]):
            before = f"{where} (the list before: {self.people})" if self.people else where
            data = super().listen(before, wanted)
            if data["type"] == "here":
                self._note(data)

    def goes_on_seeing(self, names: Iterable[str], where: str) -> None:
        """Demand that the newest list is this one, when all that was to come has come."""
        self.hears_itself(where)
        should = f"the people {sorted(names)}"
        expect.that(self._lists(sorted(names)), f"the people {self.people}", should, where)

    def _lists(self, names: list[str]) -> bool:
        return isinstance(self.people, list) and sorted(map(str, self.people)) == names

    def hears_nothing_of(self, text: str, where: str) -> None:
        """Demand that, up to a message of its own, nothing is heard that says this."""
        message = self.say()
        while not holds(heard := self.listen(where, message), message):
            expect.that(heard.get("text") != text, heard, "nothing of her", where)

    def leaves(self) -> None:
        """Leave the room, and stay connected."""
        self.send(type="leave")
        self.hears({"type": "left"}, "the answer to `leave`")

    def comes_back(self) -> None:
        """Join the room again."""
        self.send(type="join")
        self.hears({"type": "welcome"}, "the answer to `join`")


class People:
    """Who comes to one server during a test; their connections end with the block."""

    signed_up: WeakKeyDictionary[Server, dict[str, Visitor]] = WeakKeyDictionary()

    def __init__(self, server: Server):
        self.server, self._open = server, contextlib.ExitStack()

    def visitor(self, name: str) -> Visitor:
        """Return the browser of a person who has logged in; each signs up once for a server."""
        known = self.signed_up.setdefault(self.server, {})
        if name not in known:
            known[name] = Visitor(self.server.address).sign_up(name)
        return known[name]

    def stranger(self, origin: str = "", **cookies: str) -> Visitor:
        """Return a browser that has not logged in, with cookies of its own making."""
        browser = Visitor(self.server.address, origin)
        browser.cookies.update(cookies)
        return browser

    def connect(self, visitor: Visitor, room: str, query: str = "", **options) -> wire.WebSocket:
        """Open a WebSocket to a room, with a visitor's cookies."""
        socket = visitor.connect(f"/ws/chat/{quote(room, safe='')}/{query}", **options)
        self._open.callback(socket.close)
        return socket

    def enter(self, name: str, room: str) -> Tab:
        """Open a person's tab in a room, and read its welcome."""
        where = f"the first frame for {name} in the room {room!r:.40}"
        return Tab(self.connect(self.visitor(name), room), name, where)

    def turned_away(self, visitor: Visitor, room: str, code: int, where: str, query="") -> None:
        """Demand that a client is accepted, then closed with this code before anything else."""
        try:
            socket = self.connect(visitor, room, query)
        except wire.Refused as refusal:
            saw = f"HTTP {refusal.status} at the handshake, which carries no close code"
            expect.that(False, saw, f"a connection, then a close frame with code {code}", where)
        is_closed(socket, code, where)

    def intrudes(self, visitor: Visitor, tab: Tab, room: str, code: int, where: str) -> None:
        """Demand that a client is closed with this code, though it joins and speaks at once.

        It tries several times; meanwhile `tab`, which is in that room, must notice nothing.
        """
        tab.hears_itself("before anybody else has come")
        before = tab.lists
        for _ in range(INTRUDERS):
            socket = self.connect(visitor, room)
            speak_at_once(socket, *INTRUSION)
            is_closed(socket, code, where)
        tab.hears(tab.say(), f"what {tab.name} hears first of all: itself, and nobody else")
        expect.that(tab.met <= {tab.name}, sorted(tab.met), "one name", "who has been in that room")
        told, where = tab.lists - before, f"what {tab.name} is told while others are turned away"
        expect.that(told < INTRUDERS, f"{told} lists of who is here", "none", where)

    def let_in(self, visitor: Visitor, room: str, where: str, **options) -> Tab:
        """Demand that a handshake with a visitor's cookies is accepted, and return the tab."""
        return Tab(self.accepted(visitor, room, where, **options), visitor.name)

    def accepted(self, visitor: Visitor, room: str, where: str, **options) -> wire.WebSocket:
        """Demand HTTP 101 for a handshake."""
        try:
            return self.connect(visitor, room, **options)
        except wire.Refused as refusal:
            expect.that(False, f"HTTP {refusal.status}", "HTTP 101", where)

    def foreign_origins(self) -> list[str]:
        """Return Origins that must be refused; one of them has the server's port."""
        return [origin.format(port=host_and_port(self.server.address)[1]) for origin in FOREIGN]

    def refused(self, visitor: Visitor, origin: str, what: str) -> None:
        """Demand HTTP 403 for a handshake with this Origin; an empty one is none."""
        where = f"{what} with the Origin {origin}" if origin else f"{what} without an Origin"
        self.shut_out(visitor, "lobby", where, (403,), origin=origin)

    def shut_out(self, visitor: Visitor, room: str, where: str, by=(403, 404), **options) -> None:
        """Demand for a handshake one of the HTTP statuses `by`."""
        should = " or ".join(f"HTTP {status}" for status in by)
        try:
            self.connect(visitor, room, **options)
        except wire.Refused as refusal:
            expect.that(refusal.status in by, f"HTTP {refusal.status}", should, where)
        else:
            expect.that(False, "HTTP 101, the connection is open", should, where)

    def outlive(self, name: str, seconds: float) -> wire.WebSocket:
        """Return a person's connection whose session, which lasts so long, is over by now."""
        visitor, patience = self.visitor(name), Deadline(SOON)
        while True:
            socket, since = self.connect(visitor, "lobby"), time.monotonic()
            if next_frame(socket).kind == "text" or patience.expired():
                break
            visitor.log_in(name)  # this computer is slow: it was over before the handshake
        wait_until(lambda: time.monotonic() > since + 1.1 * seconds, SOON)
        return socket

    def __enter__(self) -> "People":
        return self

    def __exit__(self, *_) -> None:
        self._open.close()


@contextlib.contextmanager
def people_of(stand: Stand, **env: str) -> Iterator[People]:
    """Serve the project once more, with these environment variables, for people of its own."""

    def start() -> Server:
        return serve(stand.folder, "daphne", nursery=stand.nursery, env=env)

    with People(stand.keep(f"with {' '.join(sorted(env))}", start)) as people:
        yield people


def speak_at_once(socket: wire.WebSocket, *words: str) -> None:
    """Send texts without waiting for anything; the server may have closed already."""
    with contextlib.suppress(wire.Dropped):
        for text in words:
            socket.send_text(text)


def is_closed(socket: wire.WebSocket, code: int, where: str, after: Iterable[str] = ()) -> None:
    """Demand a close frame with this code; before it may come only objects of these types."""
    should = f"a close frame with code {code}"
    while True:
        frame = next_frame(socket)
        expect.that(frame, f"nothing for {PATIENCE:g} seconds", should, where)
        if frame.kind != "text" or typed(frame, where)["type"] not in after:
            break
    expect.that(frame.kind == "close" and frame.code == code, frame, should, where)
