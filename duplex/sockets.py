"""Sockets that end: each read and write knows a deadline, a byte limit, and counts."""

import socket
import ssl
import time

from duplex.deadline import Deadline, note_in_vain

Address = tuple[str, int] | str  # ("127.0.0.1", port), or the path of a unix socket

AHEAD = 1024  # bytes that are read ahead
MAX_BYTES = 16 * 1024 * 1024  # what one connection may receive
NAMED = "127.0.0.1", 8000  # what a server on a unix socket is told of its host and port


class WireError(Exception):
    """What a client saw instead of an answer."""


class TimedOut(WireError):
    """Nothing came before the deadline."""

    def __init__(self, sentence: str, since: float | None = None):
        super().__init__(sentence)
        note_in_vain(since)


class TooMuch(WireError):
    """More came than one connection may receive."""


class Dropped(WireError):
    """The connection was refused or lost."""


class Malformed(WireError):
    """What came does not follow the protocol."""


class TlsAddress(tuple):
    """A host and a port at which TLS is spoken; clients trust `context`, and connect to `plain`."""

    plain: Address
    context: ssl.SSLContext

    def __new__(cls, plain: Address, context: ssl.SSLContext):
        made = super().__new__(cls, host_and_port(plain))
        made.plain, made.context = getattr(plain, "plain", plain), context
        return made


def host_and_port(address: Address) -> tuple[str, int]:
    """Name a server as in a Host header."""
    return address[:2] if isinstance(address, tuple) else NAMED


class _Bounded:
    """A socket whose operations share one deadline; counts its bytes each way.

    It reads ahead, because the WebSocket library asks for a handshake's answer byte by byte.
    """

    deadline: Deadline
    sent = received = 0
    max_bytes = MAX_BYTES
    _ahead = b""

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Receive up to `size` bytes before the deadline."""
        data = self._ahead or self._in_time(super().recv, max(size, AHEAD), flags)
        if data is not self._ahead:
            self._count(len(data))
        self._ahead = data[size:]
        return data[:size]

    def recv_into(self, buffer, nbytes: int = 0, flags: int = 0) -> int:
        """Receive into `buffer` before the deadline."""
        if self._ahead:
            data = self.recv(nbytes or len(buffer))
            buffer[: len(data)] = data
            return len(data)
        count = self._in_time(super().recv_into, buffer, nbytes, flags)
        self._count(count)
        return count

    def send(self, data, flags: int = 0) -> int:
        """Send some of `data` before the deadline; return how many bytes went."""
        count = self._in_time(super().send, data, flags)
        self.sent += count
        return count

    def sendall(self, data, flags: int = 0) -> None:
        """Send all of `data` before the deadline."""
        view = memoryview(data).cast("B")
        while view:
            view = view[self.send(view, flags) :]

    def host_and_port(self) -> tuple[str, int]:
        """Name the peer as in a Host header; Dropped when it has just gone."""
        try:
            return host_and_port(self.getpeername())
        except OSError:
            self.close()
            raise Dropped("the server dropped the connection") from None

    def _count(self, count: int) -> None:
        self.received += count
        if self.received > self.max_bytes:
            raise TooMuch(f"the server sent more than {self.max_bytes // 2**20} MiB")

    def _in_time(self, operation, *arguments):
        remaining = self.deadline.remaining()
        if not remaining:
            raise TimedOut("the server did not answer in time", self.deadline.begin)
        self.settimeout(remaining)
        try:
            return operation(*arguments)
        except TimeoutError:
            raise TimedOut("the server did not answer in time", self.deadline.begin) from None
        except (ConnectionError, ssl.SSLEOFError):
            raise Dropped("the server dropped the connection") from None


class BoundedSocket(_Bounded, socket.socket):
    """A plain socket that ends."""


class BoundedTlsSocket(_Bounded, ssl.SSLSocket):
    """A socket that ends, and speaks TLS."""


def open_socket(address: Address, deadline: Deadline) -> BoundedSocket | BoundedTlsSocket:
    """Connect to `address`; Dropped when nobody listens, TimedOut at the deadline."""
    if not isinstance(address, TlsAddress):
        return _connected(address, deadline)
    sock = _connected(address.plain, deadline)
    address.context.sslsocket_class = BoundedTlsSocket
    secure = address.context.wrap_socket(
        sock, server_hostname=address[0], do_handshake_on_connect=False
    )
    secure.deadline = deadline
    try:
        secure._in_time(secure.do_handshake)
    except BaseException:
        secure.close()
        raise
    return secure


def _connects(sock: BoundedSocket, address: Address) -> bool:
    """Connect; False when a unix socket has too many who wait to be let in."""
    try:
        sock._in_time(sock.connect, address)
    except BlockingIOError:
        return False
    return True


def _connected(address: Address, deadline: Deadline) -> BoundedSocket:
    family = socket.AF_INET if isinstance(address, tuple) else socket.AF_UNIX
    sock = BoundedSocket(family, socket.SOCK_STREAM)
    sock.deadline = deadline
    try:
        while not _connects(sock, address):
            time.sleep(0.01)
    except (Dropped, FileNotFoundError):
        sock.close()
        raise Dropped("nobody listens: the server is not running") from None
    except BaseException:
        sock.close()
        raise
    if family == socket.AF_INET:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock
