"""HTTP by hand: requests as text, answers as the bytes that came."""

import re
from dataclasses import dataclass

from duplex.deadline import Deadline
from duplex.rawsocket import RawConnection
from duplex.sockets import Dropped, TimedOut

END = b"\r\n\r\n"  # the empty line that ends a head


def request(method: str, path: str, *lines: str, body: str = "", version: str = "1.1") -> str:
    """Return a request as text: its first line, Host, the other header lines, and the body."""
    length = [f"Content-Length: {len(body.encode())}"] if body else []
    head = [f"{method} {path} HTTP/{version}", "Host: localhost", *lines, *length]
    return "\r\n".join([*head, "", body])


@dataclass(frozen=True)
class Message:
    """A request or an answer as it crossed the wire: head (with its empty line) and body."""

    head: bytes
    body: bytes = b""

    @property
    def lines(self) -> list[str]:
        """The lines of the head, first the request or status line."""
        return self.head.decode("latin-1").rstrip().split("\r\n")

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace").rstrip()

    def header(self, name: str) -> str | None:
        """Return a header's value, whatever the case of its name."""
        return _header(self.head, name)

    def __str__(self) -> str:
        return "\n".join([*self.lines, "", self.text]).rstrip()


def _header(head: bytes, name: str) -> str | None:
    found = re.search(rf"(?im)^{re.escape(name)}:[ \t]*(.*?)\r$", head.decode("latin-1"))
    return found[1] if found else None


def split(data: bytes) -> list[Message]:
    """Take recorded bytes of one direction apart, by the lengths that the heads give."""
    messages = []
    while data:
        head, _, rest = data.partition(END)
        size = int(_header(head + END, "Content-Length") or 0)
        messages.append(Message(head + END, rest[:size]))
        data = rest[size:]
    return messages


class RawHttp(RawConnection):
    """A TCP connection to an HTTP server, for requests that are written by hand."""

    def ask(self, text: str) -> Message:
        """Send the text of a request; return the answer."""
        self.send(text.encode())
        return self.read()

    def read(self) -> Message:
        """Return the next answer; Dropped when the connection ends before one begins."""
        while END not in self._unread:
            if not self._read():
                raise Dropped("the server has ended the connection")
        head, _, self._unread = self._unread.partition(END)
        length = _header(head + END, "Content-Length")
        size = None if length is None else int(length)  # without one, the end is the end
        while size is None or len(self._unread) < size:
            if not self._read():
                break
        body, self._unread = self._unread[:size], self._unread[len(self._unread[:size]) :]
        return Message(head + END, body)

    def takes_another(self, text: str) -> bool:
        """Tell whether the server answers one more request on this connection."""
        try:
            self.ask(text)
        except Dropped:
            return False
        return True

    def unasked(self, seconds: float) -> bytes:
        """Return what the server says by itself within `seconds`."""
        self.sock.deadline = Deadline(seconds)
        try:
            return self.sock.recv(65536)
        except TimedOut:
            return b""
