"""WebSocket frames by hand, byte by byte: RFC 6455, sections 1.3, 5.2 and 7.4."""

import base64
import contextlib
import hashlib
import os
from dataclasses import dataclass

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3: the same for everybody
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
KINDS = {
    CONTINUATION: "continuation", TEXT: "text", BINARY: "binary",
    CLOSE: "close", PING: "ping", PONG: "pong",
}  # fmt: skip

RFC_EXAMPLES = {  # section 5.7; the last two are printed there as headers only
    "an unmasked text": "81 05 48 65 6c 6c 6f",
    "the same, masked": "81 85 37 fa 21 3d 7f 9f 4d 51 58",
    "the first fragment of a text": "01 03 48 65 6c",
    "its second and last fragment": "80 02 6c 6f",
    "a ping": "89 05 48 65 6c 6c 6f",
    "its pong, masked": "8a 85 37 fa 21 3d 7f 9f 4d 51 58",
    "256 bytes": "82 7e 01 00" + " 00" * 256,
    "64 KiB": "82 7f 00 00 00 00 00 01 00 00" + " 00" * 65536,
}


class Incomplete(ValueError):
    """The bytes end before the frame does."""


def accept_key(key: str) -> str:
    """Return the Sec-WebSocket-Accept that answers a Sec-WebSocket-Key."""
    digest = hashlib.sha1((key + GUID).encode("ascii"), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode("ascii")


def new_key() -> str:
    """Return a fresh Sec-WebSocket-Key: 16 random bytes in base64."""
    return base64.b64encode(os.urandom(16)).decode("ascii")


def mask(data: bytes, masking_key: bytes) -> bytes:
    """XOR `data` with the four bytes of the key, again and again; twice gives `data` back."""
    return bytes(byte ^ masking_key[i % 4] for i, byte in enumerate(data))


def header_size(length: int, masked: bool) -> int:
    """Return how many bytes stand before a payload of `length` bytes."""
    extended = 0 if length <= 125 else 2 if length <= 0xFFFF else 8
    return 2 + extended + 4 * masked


def header(
    opcode: int, length: int, *, fin: bool = True, masking_key: bytes | None = None
) -> bytes:
    """Return the bytes that stand before a payload of `length` bytes."""
    first, mask_bit = 0x80 * fin | opcode, 0x80 * (masking_key is not None)
    if length <= 125:
        start = bytes([first, mask_bit | length])
    elif length <= 0xFFFF:
        start = bytes([first, mask_bit | 126]) + length.to_bytes(2, "big")
    else:
        start = bytes([first, mask_bit | 127]) + length.to_bytes(8, "big")
    return start + (masking_key or b"")


def encode(
    opcode: int, payload: bytes, *, fin: bool = True, masking_key: bytes | None = None
) -> bytes:
    """Return one whole frame; with a `masking_key` the payload is masked, as a client must."""
    start = header(opcode, len(payload), fin=fin, masking_key=masking_key)
    return start + (mask(payload, masking_key) if masking_key else payload)


def close_payload(code: int, reason: str = "") -> bytes:
    """Return the payload of a close frame: two bytes of code, then the reason in UTF-8."""
    return code.to_bytes(2, "big") + reason.encode()


@dataclass(frozen=True)
class RawFrame:
    """One frame as it crosses the wire; `payload` is unmasked already."""

    opcode: int
    payload: bytes
    fin: bool = True
    masking_key: bytes | None = None

    def __bytes__(self) -> bytes:
        return encode(self.opcode, self.payload, fin=self.fin, masking_key=self.masking_key)

    @property
    def kind(self) -> str:
        """The opcode's name, such as text, ping or close."""
        return KINDS.get(self.opcode, f"opcode {self.opcode}")

    @property
    def header_size(self) -> int:
        """Bytes before the payload."""
        return header_size(len(self.payload), self.masking_key is not None)

    @property
    def code(self) -> int | None:
        """A close frame's code; None when it has none, or for other frames."""
        given = self.opcode == CLOSE and len(self.payload) >= 2
        return int.from_bytes(self.payload[:2], "big") if given else None

    @property
    def reason(self) -> str:
        """A close frame's reason in words; often empty."""
        return self.payload[2:].decode("utf-8", "replace") if self.code else ""

    def __str__(self) -> str:
        marks = ("" if self.fin else ", more to come") + (", masked" if self.masking_key else "")
        if self.opcode == CLOSE:
            reason = f" {self.reason!r}" if self.reason else ""
            return f"close {self.code or 'without a code'}{reason}{marks}"
        return f"{self.kind} {self._shown()}{marks}"

    def _shown(self) -> str:
        if len(self.payload) > 40:
            return f"of {len(self.payload)} bytes"
        if self.opcode == TEXT and self.fin:
            with contextlib.suppress(UnicodeDecodeError):
                return repr(self.payload.decode())
        return repr(self.payload)


def decode(data: bytes) -> tuple[RawFrame, bytes]:
    """Read one frame from the start of `data`; return it with the bytes after it.

    Incomplete is raised when `data` ends before the frame does.
    """
    size = _header_size_at(data)
    if len(data) < size:
        raise Incomplete(f"the header has {size} bytes, only {len(data)} came")
    masked, length = data[1] & 0x80, _length(data)
    if len(data) < size + length:
        raise Incomplete(f"the payload has {length} bytes, only {len(data) - size} came")
    key = data[size - 4 : size] if masked else None
    payload = data[size : size + length]
    frame = RawFrame(data[0] & 0x0F, mask(payload, key) if key else payload, data[0] >= 0x80, key)
    return frame, data[size + length :]


def _header_size_at(data: bytes) -> int:
    if len(data) < 2:
        return 2
    short = data[1] & 0x7F
    return {126: 4, 127: 10}.get(short, 2) + (4 if data[1] & 0x80 else 0)


def _length(data: bytes) -> int:
    short = data[1] & 0x7F
    extended = {126: 2, 127: 8}.get(short)
    return int.from_bytes(data[2 : 2 + extended], "big") if extended else short


def decode_all(data: bytes) -> list[RawFrame]:
    """Read every frame in `data`, which must end with the last one."""
    found = []
    while data:
        frame, data = decode(data)
        found.append(frame)
    return found


def anatomy(data: bytes) -> list[tuple[str, bytes]]:
    """Cut one frame into its named parts: first byte, length, masking key, payload."""
    frame, rest = decode(data)
    size, key = frame.header_size, 4 * (frame.masking_key is not None)
    parts = [
        ("FIN and opcode", data[:1]),
        ("MASK and length", data[1 : size - key]),
        ("masking key", data[size - key : size]),
        ("payload", data[size : len(data) - len(rest)]),
    ]
    return [(name, part) for name, part in parts if part]
