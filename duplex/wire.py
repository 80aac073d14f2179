"""The clients that speak to a server under test: HTTP, WebSocket, and frames.

Each operation ends at a deadline and reads a bounded number of bytes, whatever the server does.
"""

import contextlib
import http.client
import json as jsonlib
import time

import websocket

from duplex.deadline import Deadline
from duplex.messages import Frame, Response, binary, close, read_frame, text
from duplex.sockets import (
    Address,
    BoundedSocket,
    Dropped,
    Malformed,
    TimedOut,
    TlsAddress,
    TooMuch,
    WireError,
    open_socket,
)

__all__ = [
    "Dropped", "Frame", "Http", "Malformed", "Refused", "Response", "TimedOut", "TooMuch",
    "WebSocket", "WireError", "binary", "close", "connect", "text",
]  # fmt: skip

TIMEOUT = 10.0  # seconds for one operation, scaled by DUPLEX_TIMEOUT_FACTOR


class Refused(WireError):
    """The handshake was answered with something other than 101 (status, headers, body)."""

    def __init__(self, status: int, headers: dict, body: bytes):
        super().__init__(f"the server answered the handshake with HTTP {status}")
        self.status, self.headers, self.body = status, headers, body


class Http:
    """An HTTP client for one server; a new connection for each request."""

    def __init__(self, address: Address, timeout: float = TIMEOUT):
        self.address, self.timeout = address, timeout
        self.sent = self.received = 0  # bytes on the wire, all requests together

    def request(self, method, path, body=None, headers=None) -> Response:
        """Send one request and return the whole answer."""
        sock = open_socket(self.address, Deadline(self.timeout))
        try:
            return self._exchange(sock, method, path, body, headers or {})
        except http.client.IncompleteRead:
            raise Dropped("the server ended its answer too early") from None
        except http.client.HTTPException as error:
            if isinstance(error, ConnectionError):
                raise Dropped("the server closed the connection without an answer") from None
            raise Malformed(f"the server's answer is not HTTP ({error!r:.80})") from None
        finally:
            self.sent += sock.sent
            self.received += sock.received
            sock.close()

    def _exchange(self, sock, method, path, body, headers) -> Response:
        connection = http.client.HTTPConnection(*sock.host_and_port())
        connection.sock = sock
        try:
            connection.request(method, path, body, {"Connection": "close"} | headers)
            answer = connection.getresponse()
            return Response(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Response:
        """GET `path`; keyword names become header names (`_` as `-`)."""
        return self.request("GET", path, headers=_header_names(headers))

    def post(self, path: str, json=None, body=None, **headers: str) -> Response:
        """POST `json` (encoded, with its content type) or the raw `body`."""
        headers = _header_names(headers)
        if body is None:
            body = jsonlib.dumps(json).encode()
            headers = {"Content-Type": "application/json"} | headers
        return self.request("POST", path, body, headers)


def _header_names(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-").title(): value for name, value in headers.items()}


class _Raw(websocket.WebSocket):
    """The library's client; it answers pings and closes, even if nobody is left to hear it."""

    def pong(self, payload: str | bytes = "") -> None:
        with contextlib.suppress(WireError, OSError):
            super().pong(payload)

    def send_close(self, status: int = 1000, reason: str | bytes = b"") -> None:
        with contextlib.suppress(WireError, OSError):
            super().send_close(status, reason)


class WebSocket:
    """An open WebSocket connection; `frames` holds (direction, frame) as they happened.

    What the library answers by itself (a pong to a ping, a close to a close) is not among them.
    """

    def __init__(self, raw: websocket.WebSocket, sock: BoundedSocket, timeout: float):
        self.raw, self.sock, self.timeout = raw, sock, timeout
        self.frames: list[tuple[str, Frame]] = []

    def send_text(self, payload: str) -> None:
        """Send `payload` in one text frame."""
        self._send(Frame("text", payload, at=time.perf_counter()), websocket.ABNF.OPCODE_TEXT)

    def send_binary(self, payload: bytes) -> None:
        """Send `payload` in one binary frame."""
        self._send(Frame("binary", payload, at=time.perf_counter()), websocket.ABNF.OPCODE_BINARY)

    def send_json(self, value: object) -> None:
        """Send `value` as JSON in one text frame."""
        self.send_text(jsonlib.dumps(value))

    def ping(self, payload: bytes = b"") -> None:
        """Send a ping; its pong is among the frames that `receive(control=True)` returns."""
        self._send(Frame("ping", payload, at=time.perf_counter()), websocket.ABNF.OPCODE_PING)

    def _send(self, frame: Frame, opcode: int) -> None:
        self.sock.deadline = Deadline(self.timeout)
        with _translated():
            self.raw.send(frame.payload, opcode)
        self.frames.append(("out", frame))

    def receive(self, timeout: float | None = None, control: bool = False) -> Frame:
        """Return the next message or close frame (pings and pongs too if `control`)."""
        self.sock.deadline = Deadline(self.timeout if timeout is None else timeout)
        while True:
            with _translated():
                opcode, raw = self.raw.recv_data_frame(control_frame=True)
                _demand_utf8(opcode, raw.data)
            frame = read_frame(opcode, raw.data)
            self.frames.append(("in", frame))
            if control or frame.kind not in ("ping", "pong"):
                return frame

    def close(self, code: int = 1000) -> None:
        """Say goodbye with `code` and let go of the socket; never raises."""
        try:
            self.sock.deadline = Deadline(1)
            if self.raw.connected:
                self.raw.send_close(code)
                self.frames.append(("out", Frame("close", code=code, at=time.perf_counter())))
        except (WireError, websocket.WebSocketException, OSError):
            pass
        finally:
            self.sock.close()

    def __enter__(self) -> "WebSocket":
        return self

    def __exit__(self, *_) -> None:
        self.close()


def _demand_utf8(opcode: int, data: bytes) -> None:
    """Refuse a text, or a close frame's reason, that is no UTF-8; the library would be slow."""
    if opcode == websocket.ABNF.OPCODE_TEXT:
        data.decode()
    elif opcode == websocket.ABNF.OPCODE_CLOSE:
        data[2:].decode()


class _translated:
    """Turn the library's exceptions into the wire's own."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind, error, _) -> None:
        if error is None or isinstance(error, WireError):
            return
        if isinstance(error, websocket.WebSocketTimeoutException | TimeoutError):
            raise TimedOut("the server did not answer in time") from error
        if isinstance(error, websocket.WebSocketConnectionClosedException | OSError):
            raise Dropped("the server dropped the connection without a close frame") from error
        if isinstance(error, websocket.WebSocketException | UnicodeDecodeError):
            raise Malformed(f"what came is not a valid frame ({error})") from error


def connect(
    address: Address,
    path: str = "/",
    *,
    origin: str | None = None,
    headers: dict[str, str] | None = None,
    subprotocols: list[str] | None = None,
    timeout: float = TIMEOUT,
    host: str | None = None,
) -> WebSocket:
    """Open a WebSocket; `origin` defaults to the server's own, "" sends none; or Refused.

    `host` is another name under which the server is asked for.
    """
    sock = open_socket(address, Deadline(timeout))
    known, port = sock.host_and_port()
    host = host or known
    secure = "s" if isinstance(address, TlsAddress) else ""
    raw = _Raw(enable_multithread=True, skip_utf8_validation=True)
    try:
        with _translated():
            raw.connect(
                f"ws{secure}://{host}:{port}{path}",
                socket=sock,
                origin=f"http{secure}://{host}:{port}" if origin is None else origin,
                suppress_origin=origin == "",
                header=headers or {},
                subprotocols=subprotocols,
                redirect_limit=0,
            )
    except Malformed as error:
        sock.close()
        _raise_refusal(raw, error.__cause__)
    except BaseException:
        sock.close()
        raise
    return WebSocket(raw, sock, timeout)


def _raise_refusal(raw: websocket.WebSocket, cause: Exception):
    if isinstance(cause, websocket.WebSocketBadStatusException):
        headers = {name.lower(): value for name, value in (cause.resp_headers or {}).items()}
        raise Refused(cause.status_code, headers, cause.resp_body or b"") from None
    if raw.handshake_response is not None and raw.handshake_response.status != 101:
        answer = raw.handshake_response
        raise Refused(answer.status, dict(answer.headers or {}), b"") from None
    raise Malformed(f"the handshake's answer is not valid ({cause})") from cause
