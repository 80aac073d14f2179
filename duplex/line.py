"""A line between clients and a server: it records what passes, and can be slow."""

import contextlib
import json
import queue
import socket
import threading
import time
from dataclasses import dataclass

from duplex import frames
from duplex.figures.wire import Arrow
from duplex.sockets import Address


@dataclass(frozen=True)
class Passage:
    """Bytes that entered the line at one moment: `up` is from the client to the server."""

    at: float  # seconds, time.perf_counter()
    up: bool
    data: bytes
    connection: int = 1  # the first one through the line is 1


class Line:
    """A proxy in front of `target`; `delay` is how long each byte travels, in seconds.

    `reading` may be cleared and set: while it is clear, nobody reads what the client sends.
    `target` may change: while nobody listens there, clients are hung up on.
    """

    def __init__(self, target: Address, delay: float = 0.0):
        self.target, self.delay = target, delay
        self.reading = threading.Event()
        self.reading.set()
        self.connections, self.passages = 0, []
        self._sockets: list[socket.socket] = []
        self._lock, self._closed = threading.Lock(), False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = self._listener.getsockname()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.connections += 1
                try:
                    server = socket.create_connection(self.target)
                except OSError:
                    client.close()
                else:
                    self.before_first_byte()
                    self._join(client, server, self.connections)

    def before_first_byte(self) -> None:
        """Called for each new connection; nothing passes on it until this returns."""

    def _join(self, client: socket.socket, server: socket.socket, number: int) -> None:
        with self._lock:
            if self._closed:  # while this connection was on its way
                _cut(client, server)
                return
            self._sockets += [client, server]
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for source, sink, up in ((client, server, True), (server, client, False)):
            waiting = queue.Queue()
            for task in (self._take, source, up, number, waiting), (self._give, sink, waiting):
                threading.Thread(target=task[0], args=task[1:], daemon=True).start()

    def _take(self, source: socket.socket, up: bool, number: int, waiting: queue.Queue) -> None:
        data = b"-"
        while data:
            if up:
                self.reading.wait()
            try:
                data = source.recv(65536)
            except OSError:
                data = b""
            passage = Passage(time.perf_counter(), up, data, number)
            if data:
                self.passages.append(passage)
            waiting.put(passage)

    def _give(self, sink: socket.socket, waiting: queue.Queue) -> None:
        with contextlib.suppress(OSError):
            while (passage := waiting.get()).data:
                time.sleep(max(0.0, passage.at + self.delay - time.perf_counter()))
                sink.sendall(passage.data)
            sink.shutdown(socket.SHUT_WR)

    def data(self, *, up: bool) -> bytes:
        """Return all that passed one way."""
        return b"".join(passage.data for passage in list(self.passages) if passage.up == up)

    def arrows(self) -> list[Arrow]:
        """Return what passed as arrows: a handshake's lines, or a frame's text."""
        return [
            Arrow(passage.at, passage.at + self.delay, passage.up, label(passage.data))
            for passage in list(self.passages)
        ]

    def cut(self) -> None:
        """Cut what is connected, with all that is under way; go on listening."""
        with self._lock:
            cut, self._sockets = self._sockets, []
        _cut(*cut)

    def close(self) -> None:
        """Stop listening, and cut what is still connected."""
        self.reading.set()
        with self._lock:
            self._closed = True
        _cut(self._listener, *self._sockets)

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_) -> None:
        self.close()


def _cut(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):  # wakes a waiting thread where close() does not
            end.shutdown(socket.SHUT_RDWR)
        end.close()


def label(data: bytes) -> str:
    """Name what passes in a few words: GET …, 101, or what a frame says."""
    if data.startswith(b"GET"):
        return "GET … Upgrade"
    if data.startswith(b"HTTP/"):
        return data.split(b" ")[1].decode()
    frame, _ = frames.decode(data)
    with contextlib.suppress(ValueError, KeyError, TypeError):
        return json.loads(frame.payload)["text"]
    return frame.payload.decode() if frame.opcode == frames.TEXT else str(frame)
