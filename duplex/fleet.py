"""A chat over several processes, for labs 07 and 08, and people who come back when it says so."""

import contextlib
import time
from collections.abc import Callable, Iterator
from functools import partial

from duplex import wire
from duplex.deadline import wait_until
from duplex.expect import Mismatch, describe, expect
from duplex.member import Member, in_order, new_key
from duplex.memory import FIRST, Chat, Members
from duplex.patience import receive_soon, soon, within
from duplex.redis import Redis
from duplex.server import Server, serve
from duplex.stand import Stand
from duplex.talk import numbers, typed

COME_LATER = 4503
OFTEN = 40  # messages after which a reader says what it has seen


class Fleet(Chat):
    """One database, and the processes that share it, each under a name; `env` is that of all."""

    def __init__(self, stand: Stand, name: str, **env: str):
        super().__init__(stand)
        self.name, self.env = name, env

    def server(self, name: str = FIRST) -> Server:
        """Return a process by its name; it is started when it does not run."""
        if name != FIRST:
            self.server()  # it has made the tables
        how, env = self.stand.lab.server, self.stand.lab.env | self.env
        return self.stand.keep(f"{self.name}, {name}", lambda: self.launch(serve, how, env))

    def kill(self, name: str = FIRST) -> None:
        """Kill a process, as `kill -9` does."""
        self.stand.servers.pop(f"{self.name}, {name}").stop()


@contextlib.contextmanager
def away(redis: Redis) -> Iterator[None]:
    """Let Redis be away while the block lasts; afterwards it is back, and has forgotten all."""
    redis.stop()
    try:
        yield
    finally:
        redis.restart()


class Reader(Member):
    """A member that says what it has seen, and waits for what comes from another process.

    `says_seen` may be set to False: then it reads on, and does not say so. `errors` are those that
    have come.
    """

    says_seen = True

    def __init__(self, socket: wire.WebSocket, name: str):
        self.errors: list[dict] = []
        super().__init__(socket, name)

    def _note(self, data: dict) -> None:
        names = data.get("people")
        once = isinstance(names, list) and len({*map(str, names)}) == len(names)
        expect.that(once, data, "a list that names each person once", "who is here")
        super()._note(data)

    def _keep(self, data: dict) -> None:
        super()._keep(data)
        if data["type"] == "here":
            self._note(data)
        if data["type"] == "error":
            self.errors.append(data)
        often = data["type"] == "message" and len(self.messages) % OFTEN == 0
        if self.says_seen and often:
            with contextlib.suppress(wire.Dropped):
                self.send(type="seen", id=data.get("id"))

    def waits(
        self, done: Callable[[], object], where: str, should: object,
        so_far: Callable[[], str] = str,
    ) -> None:  # fmt: skip
        """Listen until something is so, however long that takes on a slow computer.

        When it never is, `so_far` says what there is instead.
        """
        wanted = should if isinstance(should, str) else describe(should)
        while not done():
            begun = time.monotonic()
            try:
                frame = receive_soon(self.socket)
            except wire.TimedOut:
                saw = f"nothing of it {within(begun)}{so_far()}"
                expect.that(False, saw, wanted, where)
            expect.that(frame.kind == "text", frame, wanted, where)
            self._keep(typed(frame, where))

    def gets(self, text: str, where: str) -> dict:
        """Wait for the message with this text, and return it."""
        self.waits(lambda: self.heard(text), where, {"type": "message", "text": text})
        return self.heard(text)[0]

    def gets_all(self, after: int, last: int, where: str) -> None:
        """Wait for each id from `after` + 1 to `last`, each once and in order."""
        should = f"the messages {after + 1} to {last}, each once and in order"
        self.waits(lambda: self._has_come(last - after, last), where, should, self.newest)
        in_order(self.ids(), after, last, where)

    def newest(self) -> str:
        """Say which message came last."""
        return f"; the newest id is {self.ids()[-1]}" if self.messages else "; no message came"

    def gets_people(self, names: list[str], where: str) -> None:
        """Wait until the newest list of who is here names these people."""
        should = {"type": "here", "people": sorted(names)}
        at = f"{where} (the list before: {self.people})" if self.people else where
        self.waits(lambda: self._lists(sorted(names)), at, should, self.listed)

    def listed(self) -> str:
        """Say which list of who is here came last."""
        return f"; the newest list is {self.people}"


class Crew(Members):
    """The people of a fleet, at whichever process."""

    def enter(self, name: str, room: str, after: object = None, at: str = FIRST) -> Reader:
        """Open a person's tab in a room at one of the processes, and read its welcome."""
        return Reader(self.open(name, room, after, at), name)


class Survivor:
    """A person who comes back when the chat says "later", as its page does.

    What was not acknowledged is then said again with the same key. `acked` are the keys that were.
    """

    def __init__(self, people: Crew, name: str, room: str, at: str = FIRST):
        self.people, self.name, self.room, self.at = people, name, room, at
        self.said: dict[str, str] = {}
        self.acked: set[str] = set()
        self._ids: list = []
        self.reader: Reader | None = None
        self.comes_back(f"{name}, who comes to the room")

    def ids(self) -> list:
        """Return the ids of all messages that have come, over all connections."""
        return self._ids + (self.reader.ids() if self.reader else [])

    def say(self, count: int = 1) -> list[str]:
        """Say so many new messages, whether somebody listens or not; return their keys."""
        keys = [new_key() for _ in range(count)]
        for key in keys:
            self.said[key] = f"message {next(numbers)}"
            self._send(key)
        return keys

    def _send(self, key: str) -> None:
        if self.reader:
            with contextlib.suppress(wire.Dropped):
                self.reader.send(type="message", key=key, text=self.said[key])

    def leaves_for(self, at: str) -> None:
        """Be at another process: the connection to this one is over."""
        self.reader.drain()
        self._lost()
        self.at = at

    def _lost(self) -> None:
        self.acked |= set(self.reader.acks)
        self._ids += self.reader.ids()
        self.reader.close()
        self.reader = None

    def comes_back(self, where: str) -> None:
        """Be there again, after what has come; say again what was not acknowledged."""
        came = wait_until(self._enters, soon(), 0.05)
        expect.that(came, f"no welcome within {soon():.1f} seconds", "a welcome", where)
        self.says_again()

    def says_again(self) -> None:
        """Say again what is not acknowledged, each with its key."""
        for key in self.said:
            if key not in self.acked:
                self._send(key)

    def _enters(self) -> bool:
        after = self._ids[-1] if self._ids else 0
        socket = self.people.open(self.name, self.room, after, self.at)
        try:
            self.reader = Reader(socket, self.name)
        except Mismatch:
            if not is_told_later(socket):
                raise
        return self.reader is not None

    def waits(
        self, done: Callable[[], object], where: str, should: object,
        so_far: Callable[[Reader], str] = lambda reader: "",
    ) -> None:  # fmt: skip
        """Listen until something is so, and come back as often as it is needed."""
        while not done():
            if self.reader is None:
                self.comes_back(where)
                continue
            try:
                told = partial(so_far, self.reader)
                self.reader.waits(lambda: self._notes() or done(), where, should, told)
            except wire.Dropped:  # a close frame may be lost, when one speaks to a server that ends
                self._lost()
            except Mismatch:
                if not is_told_later(self.reader.socket):
                    raise
                self._lost()

    def gets_people(self, names: list[str], where: str) -> None:
        """Wait until the newest list of who is here names these people."""
        should = {"type": "here", "people": names}

        def told() -> bool:
            return bool(self.reader) and self.reader.people == names

        self.waits(told, where, should, Reader.listed)

    def _notes(self) -> bool:
        self.acked |= set(self.reader.acks)
        return False

    def is_acknowledged(self, where: str) -> None:
        """Wait until all is acknowledged that was said."""
        should = "an acknowledgement of each message, or a close with 4503"
        self.waits(lambda: self.said.keys() <= self.acked, where, should)

    def has_all(self, last: int, where: str) -> None:
        """Wait for each id from 1 to `last`, each once and in order, over all connections."""
        should = f"the messages 1 to {last}, each once and in order"
        self.waits(lambda: len(self.ids()) >= last, where, should, Reader.newest)
        in_order(self.ids(), 0, last, where)


def is_told_later(socket: wire.WebSocket) -> bool:
    """Tell whether the last frame of a connection closed it with 4503."""
    frames = [frame for way, frame in socket.frames if way == "in"]
    return bool(frames) and frames[-1].kind == "close" and frames[-1].code == COME_LATER
