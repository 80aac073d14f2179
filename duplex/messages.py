"""What crosses the wire: frames of a WebSocket and answers of HTTP."""

import json as jsonlib
import time
from dataclasses import dataclass, field
from email.message import Message

from duplex.sockets import Malformed


def _shorten(value: str | bytes, length: int = 60) -> str:
    shown = repr(value if len(value) <= length else value[:length])
    return shown if len(value) <= length else f"{shown}… ({len(value)} long)"


@dataclass(frozen=True)
class Frame:
    """One message or control frame: kind is text, binary, ping, pong or close."""

    kind: str
    payload: str | bytes = b""
    code: int | None = None
    reason: str = field(default="", compare=False)
    at: float = field(default=0.0, compare=False)  # seconds, time.perf_counter()

    def __str__(self) -> str:
        if self.kind == "close":
            return f"a close frame with code {self.code}" if self.code else "a close frame"
        return f"the {self.kind} frame {_shorten(self.payload)}"

    def json(self) -> object:
        """Decode a text frame's payload as JSON; Malformed when it is not."""
        try:
            return jsonlib.loads(self.payload)
        except ValueError:
            raise Malformed(f"{self} is not JSON") from None


def text(payload: str) -> Frame:
    """Return the text frame that carries `payload`."""
    return Frame("text", payload)


def binary(payload: bytes) -> Frame:
    """Return the binary frame that carries `payload`."""
    return Frame("binary", payload)


def close(code: int | None = None) -> Frame:
    """Return the close frame with `code`."""
    return Frame("close", b"", code)


@dataclass(frozen=True)
class Response:
    """An HTTP answer: status, headers (case-insensitive), body in bytes."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        """The body as UTF-8 text, undecodable bytes replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> object:
        """Decode the body as JSON; Malformed when it is not."""
        try:
            return jsonlib.loads(self.body)
        except ValueError:
            kind = self.headers.get("Content-Type", "no content type")
            raise Malformed(
                f"HTTP {self.status} with a body that is not JSON ({kind}: {_shorten(self.text)})"
            ) from None


_KINDS = {1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}


def read_frame(opcode: int, data: bytes) -> Frame:
    """Make a frame of what the library read."""
    kind, now = _KINDS.get(opcode, f"opcode {opcode}"), time.perf_counter()
    if kind == "text":
        return Frame(kind, data if isinstance(data, str) else data.decode("utf-8"), at=now)
    if kind == "close":
        code = int.from_bytes(data[:2], "big") if len(data) >= 2 else None
        return Frame(kind, b"", code, data[2:].decode("utf-8", "replace"), now)
    return Frame(kind, data, at=now)
