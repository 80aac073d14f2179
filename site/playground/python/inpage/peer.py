"""Connections that speak ASGI to an application in this very interpreter, as Daphne does."""

import asyncio
import itertools
import sys
import traceback
from collections.abc import Callable
from urllib.parse import unquote

HOST = "127.0.0.1", 8137  # as what a project is served here; whose port nobody has written down
HANDSHAKE = 5.0  # seconds, after which Daphne drops a connection whose handshake has no answer
ORIGIN = "http://{}:{}".format(*HOST)
PORTS = itertools.count(50_000)
RUNNING = set()  # asyncio itself does not keep a task from being collected


def scope_of(kind: str, path: str, headers: dict[str, str], **more) -> dict:
    """Return the scope of a request ("http") or of a handshake ("websocket")."""
    where, _, query = path.partition("?")
    named = {"host": "{}:{}".format(*HOST)} | {name.lower(): it for name, it in headers.items()}
    return {
        "type": kind, "path": unquote(where), "raw_path": where.encode(), "root_path": "",
        "query_string": query.encode(), "http_version": "1.1", "asgi": {"version": "3.0"},
        "scheme": "http" if kind == "http" else "ws", "server": HOST,
        "client": ("127.0.0.1", next(PORTS)),
        "headers": [(name.encode("latin1"), it.encode("latin1")) for name, it in named.items()],
    } | more  # fmt: skip


class Peer:
    """One connection: what a client does becomes events, and the application's events are heard.

    `tell(way, event)` hears of each of them, "in" to the application and "out" of it.
    """

    def __init__(self, loop, application, scope: dict, tell: Callable, log=None):
        self.inbox, self.tell, self.scope, self.log = asyncio.Queue(), tell, scope, log
        self.over = False
        self.task = loop.create_task(self._serve(application))
        RUNNING.add(self.task)
        self.task.add_done_callback(RUNNING.discard)

    async def _serve(self, application) -> None:
        try:
            await application(self.scope, self._receive, self._send)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            traceback.print_exc(file=self.log or sys.stderr)
            self.failed(error)
        finally:
            self.ended()

    async def _receive(self) -> dict:
        event = await self.inbox.get()
        self.tell("in", event)
        return event

    async def _send(self, event: dict) -> None:
        self.tell("out", event)
        self.sent(event)

    def give(self, event: dict) -> None:
        """Hand an event to the application."""
        self.inbox.put_nowait(event)

    def sent(self, event: dict) -> None:
        """Hear what the application sent."""

    def failed(self, error: BaseException) -> None:
        """Hear that the application raised an exception."""

    def ended(self) -> None:
        """Hear that the application has returned."""


class Socket(Peer):
    """A WebSocket: `answered(status)` once, then `framed(kind, payload, code, reason)`."""

    status = None  # of the answer to the handshake

    def __init__(self, loop, *arguments, **more):
        super().__init__(loop, *arguments, **more)
        self.give({"type": "websocket.connect"})
        loop.call_later(HANDSHAKE, self._give_up)

    def _give_up(self) -> None:
        if self.status is None and not self.over:
            self.leave(1006)
            self.dropped()

    def dropped(self) -> None:
        """Hear that the connection is gone, because nobody has answered the handshake."""

    def answered(self, status: int) -> None:
        """Hear how the handshake was answered."""

    def framed(self, kind: str, payload: str | bytes = b"", code=None, reason: str = "") -> None:
        """Hear of a frame from the server."""

    def sent(self, event: dict) -> None:
        if event["type"] == "websocket.accept":
            self._answer(101)
        elif event["type"] == "websocket.close":
            self._end(event.get("code") or 1000, event.get("reason") or "")
        elif event["type"] == "websocket.send" and not self.over:
            if self.status is None:
                raise ValueError("Socket has not been accepted, so cannot send over it")
            text = event.get("text")
            if text is not None:
                text.encode()  # as Daphne does: anything else than a text is an error
            kind = "binary" if text is None else "text"
            self.framed(kind, event.get("bytes") or b"" if text is None else text)

    def _answer(self, status: int) -> None:
        if self.status is None and not self.over:
            self.status = status
            self.over = status != 101
            self.answered(status)

    def _end(self, code: int, reason: str) -> None:
        """Close: before the handshake was answered, that is HTTP 403."""
        self._answer(403)
        if not self.over:
            self.framed("close", b"", code, reason)
            self.leave(code)

    def leave(self, code: int) -> None:
        """End the connection; the application hears of it once."""
        if not self.over:
            self.over = True
            self.give({"type": "websocket.disconnect", "code": code})

    def failed(self, error: BaseException) -> None:
        self._answer(500)
        if not self.over:
            self.framed("close", b"", 1011, "")
            self.over = True

    def ended(self) -> None:
        self._answer(500)
