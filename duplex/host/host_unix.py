"""Servers on a unix socket, as those in a sandbox are: a project sees them as if on TCP."""

import itertools

PORT, NUMBERS = 8000, itertools.count(1)  # of a unix socket, and of its clients
BACKLOG = 512


def listening_port(sock):
    """The port of a TCP socket; one that is made up for a unix socket, which has none."""
    name = sock.getsockname()
    return name[1] if isinstance(name, tuple) else PORT


def pretended():
    """The address of one more client of a unix socket, as if it came by TCP."""
    return "127.0.0.1", 20_000 + next(NUMBERS) % 40_000


def look_like_tcp():
    """Let Twisted's unix sockets have a host and a port: a project may ask for its client's."""
    from twisted.internet import unix
    from twisted.internet.address import IPv4Address

    def peer(self):
        if not hasattr(self, "pretended"):
            self.pretended = IPv4Address("TCP", *pretended())
        return self.pretended

    def start_listening(self, start=unix.Port.startListening):
        self.backlog = BACKLOG
        start(self)

    unix.Server.getPeer = peer
    unix.Server.getHost = lambda self: IPv4Address("TCP", "127.0.0.1", PORT)
    unix.Port.startListening = start_listening
    unix._inFilesystemNamespace = lambda path: False  # its path is not ours to change or remove
