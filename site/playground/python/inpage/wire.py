"""Stands in for `duplex.wire`: the same clients, but they speak ASGI in this very interpreter.

`address` is the project that is served here (`inpage.served.Served`).
"""

import asyncio
import json as jsonlib
import time
from collections.abc import Callable
from email.message import Message

from duplex.deadline import Deadline
from duplex.messages import Frame, Response, binary, close, text
from duplex.sockets import Dropped, Malformed, TimedOut, TooMuch, WireError
from inpage import loop
from inpage.patience import HeldUp
from inpage.peer import HOST, RUNNING, Peer, Socket, scope_of
from inpage.served import calm

__all__ = [
    "Dropped", "Frame", "Http", "Malformed", "Refused", "Response", "TimedOut", "TooMuch",
    "WebSocket", "WireError", "binary", "close", "connect", "text",
]  # fmt: skip

TIMEOUT = 10.0  # seconds for one operation, as on the wire
HTML = [(b"Content-Type", b"text/html; charset=utf-8")]
FAILED = (  # Daphne's own page
    "<html> <head> <title>500 Internal Server Error</title> <style> body { font-family: sans-serif;"
    " margin: 0; padding: 0; } h1 { padding: 0.6em 0 0.2em 20px; color: #896868; margin: 0; } p {"
    " padding: 0 0 0.3em 20px; margin: 0; } footer { padding: 1em 0 0.3em 20px; color: #999;"
    " font-size: 80%; font-style: italic; } </style> </head> <body> <h1>500 Internal Server Error"
    "</h1> <p>Exception inside application.</p> <footer>Daphne</footer> </body></html> "
)


class Refused(WireError):
    """The handshake was answered with something other than 101 (status, headers, body)."""

    def __init__(self, status: int, headers: dict, body: bytes):
        super().__init__(f"the server answered the handshake with HTTP {status}")
        self.status, self.headers, self.body = status, headers, body


def _run(served, wanted: Callable, timeout: float):
    """Run a project's loop until what wanted() waits for has come; TimedOut when it does not.

    What one thread cannot do is not judged.
    """
    deadline = Deadline(timeout)

    async def bounded():
        async with asyncio.timeout(deadline.remaining()):
            return await wanted()

    try:
        if not deadline.remaining():  # then not even what is there is read, as on the wire
            raise TimeoutError
        return served.run(bounded, deadline.end)
    except (TimeoutError, HeldUp):
        raise TimedOut("the server did not answer in time", deadline.begin) from None
    finally:
        if loop.missed:
            loop.elsewhere(loop.missed[0])


class _Socket(Socket):
    """A connection whose frames wait until somebody reads them."""

    def __init__(self, loop, *arguments):
        self.answer, self.frames = loop.create_future(), asyncio.Queue()
        super().__init__(loop, *arguments)

    def answered(self, status: int | None) -> None:
        if not self.answer.done():  # nobody may wait for it any more
            self.answer.set_result(status)

    def dropped(self) -> None:
        self.answered(None)

    def framed(self, kind, payload=b"", code=None, reason="") -> None:
        self.frames.put_nowait(Frame(kind, payload, code, reason, time.perf_counter()))


class WebSocket:
    """An open WebSocket connection; `frames` holds (direction, frame) as they happened."""

    def __init__(self, served, peer: _Socket, timeout: float):
        self.served, self.peer, self.timeout = served, peer, timeout
        self.frames, self.sock, self.left = [], _Cut(self), False

    def send_text(self, payload: str) -> None:
        """Send `payload` in one text frame."""
        payload.encode()  # a frame carries UTF-8
        self._send(Frame("text", payload, at=time.perf_counter()), text=payload)

    def send_binary(self, payload: bytes) -> None:
        """Send `payload` in one binary frame."""
        self._send(Frame("binary", payload, at=time.perf_counter()), bytes=payload)

    def send_json(self, value: object) -> None:
        """Send `value` as JSON in one text frame."""
        self.send_text(jsonlib.dumps(value))

    def ping(self, payload: bytes = b"") -> None:
        """Send a ping; its pong comes when the application has nothing to do at the moment."""
        self._demand_connection()
        task = self.served.loop.create_task(self._pong(payload))
        RUNNING.add(task)
        task.add_done_callback(RUNNING.discard)

    async def _pong(self, payload: bytes) -> None:
        await calm(self.served.loop)
        if not self.peer.over:
            self.peer.framed("pong", payload)

    def _send(self, frame: Frame, **event) -> None:
        self._demand_connection()
        if not self.peer.over:
            self.peer.give({"type": "websocket.receive", **event})
        self.frames.append(("out", frame))

    def _demand_connection(self) -> None:
        """Without one there is nowhere to send to; it ends when its close frame has been read."""
        if self.left or self._has_ended():
            raise Dropped("the server dropped the connection")

    def _has_ended(self) -> bool:
        """Tell whether all was read that will ever come."""
        return (self.peer.over or self.served.gone) and self.peer.frames.empty()

    def receive(self, timeout: float | None = None, control: bool = False) -> Frame:
        """Return the next message or close frame (pings and pongs too if `control`)."""
        deadline = Deadline(self.timeout if timeout is None else timeout)
        while True:
            if self._has_ended():
                raise Dropped("the server dropped the connection without a close frame")
            frame = self._next(deadline.remaining())
            self.frames.append(("in", frame))
            if control or frame.kind not in ("ping", "pong"):
                return frame

    def _next(self, timeout: float) -> Frame:
        if self.served.gone:  # what it sent before can still be read
            return self.peer.frames.get_nowait()
        return _run(self.served, self.peer.frames.get, timeout)

    def close(self, code: int = 1000) -> None:
        """Say goodbye with `code`; never raises."""
        self.left = True
        if not self.served.gone:
            self.peer.leave(code)
            self.served.settle()

    def __enter__(self) -> "WebSocket":
        return self

    def __exit__(self, *_) -> None:
        self.close()


class _Cut:
    """What a client takes for its socket when it cuts the connection."""

    def __init__(self, owner: WebSocket):
        self.owner = owner

    def setsockopt(self, *_) -> None:
        """There is nothing to set."""

    def close(self) -> None:
        """Vanish without a close frame."""
        self.owner.close(1006)


def connect(address, path="/", *, origin=None, headers=None, subprotocols=None, timeout=TIMEOUT,
            host=None):  # fmt: skip
    """Open a WebSocket; `origin` defaults to the server's own, "" sends none; or Refused."""
    place = f"{host or HOST[0]}:{HOST[1]}"
    named = {"Host": place} | ({} if origin == "" else {"Origin": origin or f"http://{place}"})
    scope = scope_of("websocket", path, named | (headers or {}), subprotocols=subprotocols or [])
    peer = _Socket(address.loop, address.application, scope, address.tell, address.log)
    status = _run(address, lambda: peer.answer, timeout)
    if status is None:
        raise Dropped("the server dropped the connection")
    if status != 101:
        raise Refused(status, {}, b"")
    return WebSocket(address, peer, timeout)


class _Request(Peer):
    """A request: what the application answers, piece by piece."""

    def __init__(self, loop, *arguments):
        self.start, self.body, self.done = None, b"", loop.create_future()
        super().__init__(loop, *arguments)

    def sent(self, event: dict) -> None:
        if event["type"] == "http.response.start":
            self.start = event
        elif event["type"] == "http.response.body":
            self.body += event.get("body", b"")
            if not event.get("more_body"):
                self.ended()

    def failed(self, error: BaseException) -> None:
        if self.start is None:
            self.start, self.body = {"status": 500, "headers": HTML}, FAILED.encode()

    def ended(self) -> None:
        if not self.done.done():
            self.done.set_result(True)
            self.give({"type": "http.disconnect"})


class Http:
    """An HTTP client for one project."""

    def __init__(self, address, timeout: float = TIMEOUT):
        self.address, self.timeout, self.sent, self.received = address, timeout, 0, 0

    def request(self, method, path, body=None, headers=None) -> Response:
        """Send one request and return the whole answer."""
        body = body.encode() if isinstance(body, str) else body or b""
        named = {"Content-Length": str(len(body))} | (headers or {})
        scope, to = scope_of("http", path, named, method=method), self.address
        peer = _Request(to.loop, to.application, scope, to.tell, to.log)
        peer.give({"type": "http.request", "body": body, "more_body": False})
        _run(to, lambda: peer.done, self.timeout)
        if peer.start is None:
            raise Dropped("the server closed the connection without an answer")
        return Response(peer.start["status"], _told(peer.start["headers"]), peer.body)

    def get(self, path: str, **headers: str) -> Response:
        """GET `path`; keyword names become header names (`_` as `-`)."""
        return self.request("GET", path, headers=_names(headers))

    def post(self, path: str, json=None, body=None, **headers: str) -> Response:
        """POST `json` (encoded, with its content type) or the raw `body`."""
        headers = _names(headers)
        if body is None:
            body = jsonlib.dumps(json).encode()
            headers = {"Content-Type": "application/json"} | headers
        return self.request("POST", path, body, headers)


def _names(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-").title(): value for name, value in headers.items()}


def _told(headers) -> Message:
    told = Message()
    for name, value in headers:
        told[name.decode("latin1").title()] = value.decode("latin1")
    return told
