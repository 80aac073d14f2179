"""Stands in for `duplex.wire`: the same clients, but they speak ASGI in this very interpreter.

`address` is the project that is served here (`inpage.served.Served`).
"""

import asyncio
import json as jsonlib
import time
from email.message import Message

from duplex.deadline import Deadline
from duplex.messages import Frame, Response, binary, close, text
from duplex.sockets import Dropped, Malformed, TimedOut, TooMuch, WireError
from inpage.peer import ORIGIN, Peer, Socket, scope_of

__all__ = [
    "Dropped", "Frame", "Http", "Malformed", "Refused", "Response", "TimedOut", "TooMuch",
    "WebSocket", "WireError", "binary", "close", "connect", "text",
]  # fmt: skip

TIMEOUT = 10.0  # seconds for one operation, as on the wire


class Refused(WireError):
    """The handshake was answered with something other than 101 (status, headers, body)."""

    def __init__(self, status: int, headers: dict, body: bytes):
        super().__init__(f"the server answered the handshake with HTTP {status}")
        self.status, self.headers, self.body = status, headers, body


def _run(served, waited_for, timeout: float):
    """Run a project's loop until something has come; TimedOut when it does not."""
    deadline = Deadline(timeout)

    async def bounded():
        return await asyncio.wait_for(waited_for, max(deadline.remaining(), 0.001))

    try:
        return served.run(bounded())
    except TimeoutError:
        raise TimedOut("the server did not answer in time", deadline.begin) from None


class _Socket(Socket):
    """A connection whose frames wait until somebody reads them."""

    def __init__(self, loop, *arguments):
        self.answer, self.frames = loop.create_future(), asyncio.Queue()
        super().__init__(loop, *arguments)

    def answered(self, status: int) -> None:
        if not self.answer.done():  # nobody may wait for it any more
            self.answer.set_result(status)

    def framed(self, kind, payload=b"", code=None, reason="") -> None:
        self.frames.put_nowait(Frame(kind, payload, code, reason, time.perf_counter()))


class WebSocket:
    """An open WebSocket connection; `frames` holds (direction, frame) as they happened."""

    def __init__(self, served, peer: _Socket, timeout: float):
        self.served, self.peer, self.timeout = served, peer, timeout
        self.frames, self.sock = [], _Cut(self)

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
        self.served.settle()
        self.peer.framed("pong", payload)

    def _send(self, frame: Frame, **event) -> None:
        if self.peer.over:
            raise Dropped("the server dropped the connection")
        self.peer.give({"type": "websocket.receive", **event})
        self.frames.append(("out", frame))

    def receive(self, timeout: float | None = None, control: bool = False) -> Frame:
        """Return the next message or close frame (pings and pongs too if `control`)."""
        deadline = Deadline(self.timeout if timeout is None else timeout)
        while True:
            if self.peer.over and self.peer.frames.empty():
                raise Dropped("the server dropped the connection without a close frame")
            frame = _run(self.served, self.peer.frames.get(), deadline.remaining())
            self.frames.append(("in", frame))
            if control or frame.kind not in ("ping", "pong"):
                return frame

    def close(self, code: int = 1000) -> None:
        """Say goodbye with `code`; never raises."""
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


def connect(address, path="/", *, origin=None, headers=None, subprotocols=None, timeout=TIMEOUT):
    """Open a WebSocket; `origin` defaults to the server's own, "" sends none; or Refused."""
    named = {} if origin == "" else {"Origin": origin or ORIGIN}
    scope = scope_of("websocket", path, named | (headers or {}), subprotocols=subprotocols or [])
    peer = _Socket(address.loop, address.application, scope, address.tell, address.log)
    status = _run(address, peer.answer, timeout)
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
        self.start = self.start or {"status": 500, "headers": []}

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
        _run(to, peer.done, self.timeout)
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
