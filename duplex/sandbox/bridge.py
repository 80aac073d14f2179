"""The way of a browser to servers in a sandbox: a SOCKS proxy that leads nowhere else.

The pages of a submission run in the kit's own browser. All that they ask for goes through this
proxy, and it knows only the servers of the submission that is being judged: no other submission's,
and nothing else on this computer.
"""

import contextlib
import itertools
import socket
import struct
import threading

VERSION, CONNECT, GRANTED, REFUSED = 5, 1, 0, 2
LENGTHS = {1: 4, 4: 16}  # of an address, by its kind; a name (3) tells its own length
PATIENCE = 30.0  # seconds for the few bytes of a greeting
EMPTY_ADDRESS = b"\x00\x01" + bytes(6)


class Bridge:
    """Listens on a TCP port of this computer, once it is asked for; gives each server a number."""

    def __init__(self):
        self._paths: dict[int, str] = {}
        self._numbers, self._lock = itertools.count(), threading.Lock()
        self._listener, self._ends = None, set()

    def port_of(self, path: str) -> int:
        """Return the port under which a browser reaches the server on this unix socket."""
        with self._lock:
            for port, known in self._paths.items():
                if known == path:
                    return port
            port = 20_000 + next(self._numbers) % 40_000
            self._paths[port] = path
            return port

    def flags(self) -> list[str]:
        """Return Chromium's words for "go through this bridge, whatever the address"; listen."""
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", 0))
            threading.Thread(target=self._accept, args=[self._listener], daemon=True).start()
        port = self._listener.getsockname()[1]
        return [f"--proxy-server=socks5://127.0.0.1:{port}", "--proxy-bypass-list=<-loopback>"]

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=self._meet, args=[client], daemon=True).start()

    def _meet(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        with client, server, contextlib.suppress(OSError, KeyError, EOFError, struct.error):
            client.settimeout(PATIENCE)
            port = asked_port(client)
            try:
                server.connect(self._paths[port])
            except (OSError, KeyError):
                client.sendall(bytes([VERSION, REFUSED]) + EMPTY_ADDRESS)
                return
            client.sendall(bytes([VERSION, GRANTED]) + EMPTY_ADDRESS)
            self._join(client, server)

    def _join(self, client: socket.socket, server: socket.socket) -> None:
        client.settimeout(None)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._ends |= {client, server}
        back = threading.Thread(target=_pass_on, args=[server, client], daemon=True)
        back.start()
        _pass_on(client, server)
        back.join()
        with self._lock:
            self._ends -= {client, server}

    def forget(self) -> None:
        """Cut all connections, and know no server any more."""
        with self._lock:
            self._paths.clear()
            ends, self._ends = self._ends, set()
        _cut(*ends)

    def close(self) -> None:
        """Stop listening, and cut what is connected."""
        self.forget()
        if self._listener is not None:
            _cut(self._listener)


def asked_port(client: socket.socket) -> int:
    """Read a SOCKS greeting and its request; return the port that is asked for."""
    _, count = _read(client, 2)
    _read(client, count)
    client.sendall(bytes([VERSION, 0]))
    _, command, _, kind = _read(client, 4)
    _read(client, LENGTHS[kind] if kind in LENGTHS else _read(client, 1)[0])
    (port,) = struct.unpack("!H", _read(client, 2))
    return port if command == CONNECT else 0


def _read(client: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = client.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end, how in ((sink, socket.SHUT_WR), (source, socket.SHUT_RD)):
        with contextlib.suppress(OSError):
            end.shutdown(how)


def _cut(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
