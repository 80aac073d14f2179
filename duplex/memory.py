"""A chat over one database, for labs 06 to 08: served, killed, served again, or served twice."""

import contextlib
from collections.abc import Callable, Iterator
from urllib.parse import quote

from duplex import wire
from duplex.ground import HERE
from duplex.member import Member
from duplex.people import People
from duplex.server import Server, serve
from duplex.stand import Stand
from duplex.visitor import Visitor

FIRST, SECOND = "first", "second"


class Chat:
    """One database, its people, and the servers that share it; a killed one is served anew."""

    def __init__(self, stand: Stand, env: dict[str, str] | None = None):
        self.stand, self.env = stand, stand.lab.env | (env or {})
        self.cookies: dict[str, dict[str, str]] = {}
        self._make()

    def _make(self) -> None:
        folder, self._remove = self.stand.ground.kept()
        self.database = folder / "chat.sqlite3"

    def server(self, name: str = FIRST) -> Server:
        """Return a server by its name; it is started when it does not run."""
        if name != FIRST:
            self.server()  # it has made the tables
        return self.stand.keep(name, lambda: self.start(name))

    def start(self, name: str) -> Server:
        """Start a server on the chat's database."""
        return self.launch(serve, self.stand.lab.server, self.env)

    def launch(self, start: Callable[..., Server], how: object, env: dict[str, str]) -> Server:
        """Start a server on the chat's database; a project needs to migrate only once."""
        ground, known = self.stand.ground, self.stand.migrated
        if not self.database.parent.exists():  # it was in a sandbox, and had to be given up
            self._make()
        if known:
            ground.write(self.database, known)
        there = ground.lent(self.database, known) if known else None
        env = env | {"CHAT_DATABASE": str(self.database)}
        where = {"nursery": self.stand.nursery, "env": env, "database": there}
        server = start(self.stand.folder, how, **where)
        if not known:
            self.stand.migrated = ground.read(self.database)
        return server

    def kill(self, name: str = FIRST) -> None:
        """Kill a server, as `kill -9` does: it learns nothing of it, and has no time to tidy up."""
        self.stand.servers.pop(name).stop()

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Be somebody else who writes to the database: nobody can commit while the block lasts."""
        with (self.stand.nursery or HERE).locked(self.database):
            yield

    def close(self) -> None:
        """Remove the database; however the kit ends, its guard does so."""
        self._remove()


class Members(People):
    """The people of a chat during a test; they stay logged in, whoever serves it."""

    def __init__(self, chat: Chat):
        super().__init__(chat.server())
        self.chat = chat

    def visitor(self, name: str, server: Server | None = None) -> Visitor:
        """Return the browser of a person who has logged in; each signs up once for a chat."""
        visitor = Visitor((server or self.chat.server()).address)
        if name not in self.chat.cookies:
            self.chat.cookies[name] = visitor.sign_up(name).cookies
        visitor.name, visitor.cookies = name, dict(self.chat.cookies[name])
        return visitor

    def enter(self, name: str, room: str, after: object = None, at: str = FIRST) -> Member:
        """Open a person's tab in a room at one of the servers, and read its welcome."""
        return Member(self.open(name, room, after, at), name)

    def open(self, name: str, room: str, after: object = None, at: str = FIRST) -> wire.WebSocket:
        """Open a person's connection to a room at one of the servers."""
        query = "" if after is None else f"?after={quote(str(after))}"
        return self.connect(self.visitor(name, self.chat.server(at)), room, query)
