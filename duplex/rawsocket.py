"""Clients that hide nothing: they send the bytes that they are given; WebSocket's also records."""

import time
from typing import Self

from duplex import frames
from duplex.deadline import Deadline
from duplex.frames import RawFrame
from duplex.sockets import Address, Dropped, open_socket

TIMEOUT = 10.0  # seconds for one operation, scaled by DUPLEX_TIMEOUT_FACTOR
KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # the example key of RFC 6455, so that answers repeat


def request(path: str, host: str, *, key: str = KEY, version: str = "13", **headers: str) -> str:
    """Return the lines that ask for a WebSocket; a keyword with None leaves a header out."""
    lines = {
        "Host": host, "Upgrade": "websocket", "Connection": "Upgrade",
        "Sec-WebSocket-Key": key, "Sec-WebSocket-Version": version,
    } | {name.replace("_", "-"): value for name, value in headers.items()}  # fmt: skip
    shown = [f"{name}: {value}" for name, value in lines.items() if value is not None]
    return "\r\n".join([f"GET {path} HTTP/1.1", *shown, "", ""])


class RawConnection:
    """A plain TCP connection: it sends what it is given, and keeps what it read too much."""

    def __init__(self, address: Address, timeout: float = TIMEOUT):
        self.timeout = timeout
        self.sock = open_socket(address, Deadline(timeout))
        self.host = "{}:{}".format(*self.sock.host_and_port())
        self._unread = b""

    def send(self, data: bytes) -> None:
        """Send bytes exactly as they are."""
        self.sock.deadline = Deadline(self.timeout)
        self.sock.sendall(data)

    def _read(self) -> bool:
        self.sock.deadline = Deadline(self.timeout)
        try:
            data = self.sock.recv(65536)
        except Dropped:  # a reset: the server ended, and did not want the rest
            data = b""
        self._unread += data
        return bool(data)

    def close(self) -> None:
        """Let go of the socket without a word."""
        self.sock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_) -> None:
        self.close()


class RawWebSocket(RawConnection):
    """A WebSocket by hand; `frames` holds (seconds, direction, frame) as they happened."""

    def __init__(self, address: Address, timeout: float = TIMEOUT):
        super().__init__(address, timeout)
        self.frames = []

    def ask(self, text: str) -> str:
        """Send the text of an HTTP request; return the head of the answer."""
        self.send(text.encode("latin-1"))
        while b"\r\n\r\n" not in self._unread:
            if not self._read():
                break
        head, _, self._unread = self._unread.partition(b"\r\n\r\n")
        return head.decode("latin-1")

    def open(self, path: str, **changes: str) -> "RawWebSocket":
        """Do the whole handshake; Dropped when the answer is not 101."""
        head = self.ask(request(path, self.host, **changes))
        if " 101 " not in head.partition("\r\n")[0]:
            self.close()
            raise Dropped(f"the handshake was refused: {head.partition(chr(13))[0]}")
        return self

    def send_frame(
        self, opcode: int, payload: bytes = b"", *, fin: bool = True, masking_key: bytes = b"mask"
    ) -> None:
        """Send one masked frame."""
        data = frames.encode(opcode, payload, fin=fin, masking_key=masking_key)
        self.frames.append((time.perf_counter(), "out", frames.decode(data)[0]))
        self.send(data)

    def receive(self) -> RawFrame | None:
        """Return the next frame, or None when the server has ended the connection."""
        data = self.receive_bytes()
        return frames.decode(data)[0] if data else None

    def receive_bytes(self) -> bytes:
        """Return the next frame's bytes as they came; none when the connection has ended."""
        while True:
            try:
                frame, rest = frames.decode(self._unread)
            except frames.Incomplete:
                if not self._read():
                    return b""
                continue
            self.frames.append((time.perf_counter(), "in", frame))
            data, self._unread = self._unread[: len(self._unread) - len(rest)], rest
            return data
