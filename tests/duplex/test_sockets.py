"""Sockets end: at their deadline, at their byte limit, and when the peer is gone."""

import socket
import struct
import sys
import time

import pytest

from duplex.deadline import Deadline, limit
from duplex.sockets import NAMED, Dropped, TimedOut, TooMuch, open_socket


@pytest.fixture
def pair():
    """A bounded socket and the plain one at the other end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = open_socket(listener.getsockname(), Deadline(10))
        theirs, _ = listener.accept()
    with ours, theirs:
        yield ours, theirs


def test_bytes_are_counted(pair):
    ours, theirs = pair
    ours.sendall(b"hello")
    theirs.sendall(b"good morning")
    assert ours.recv(4) == b"good"
    assert ours.recv_into(bytearray(100)) == 8
    assert (ours.sent, ours.received) == (5, 12)


def test_reads_ahead_in_order(pair):
    ours, theirs = pair
    words = bytes(range(256)) * 20
    theirs.sendall(words)
    theirs.close()
    read, buffer = [ours.recv(1), ours.recv(2), ours.recv(5000)], bytearray(7)
    while count := ours.recv_into(buffer):
        read.append(bytes(buffer[:count]))
    assert b"".join(read) == words
    assert (ours.recv(1), ours.received) == (b"", len(words))


def test_all_is_sent(pair):
    ours, theirs = pair
    ours.sendall(b"")
    ours.sendall(memoryview(struct.pack("3I", 1, 2, 3)).cast("I"))
    assert ours.sent == 12
    assert theirs.recv(100) == struct.pack("3I", 1, 2, 3)


def test_silence_ends(pair):
    ours, _ = pair
    ours.deadline = Deadline(0.05)
    with pytest.raises(TimedOut, match="^the server did not answer in time$"):
        ours.recv(1)


def test_drops_do_not_stretch_it(pair):
    ours, theirs = pair
    ours.deadline = Deadline(0.2)
    begin = time.monotonic()

    def read_slowly():
        while True:
            theirs.send(b"x")
            ours.recv(1)
            time.sleep(0.02)

    with pytest.raises(TimedOut):
        read_slowly()
    assert time.monotonic() - begin >= 0.2


def test_past_deadline_reads_nothing(pair):
    ours, theirs = pair
    theirs.sendall(b"x")
    ours.deadline = Deadline(-1)
    with pytest.raises(TimedOut):
        ours.recv(1)
    assert ours.received == 0


def test_full_peer_ends_sending(pair):
    ours, _ = pair
    data = bytes(64 * 2**20)  # more than any system buffers
    ours.deadline = Deadline(0.2)
    with pytest.raises(TimedOut):
        ours.sendall(data)
    assert ours.sent < len(data)


def test_too_much_is_told(pair):
    ours, theirs = pair
    ours.max_bytes = 2**20
    theirs.sendall(b"x" * 1000)
    ours.received = 2**20 - 10
    with pytest.raises(TooMuch, match="^the server sent more than 1 MiB$"):
        ours.recv(1000)


def vanish(theirs):
    """Let a peer go without a goodbye: its connection is reset."""
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    theirs.close()


def test_reset_is_told(pair):
    ours, theirs = pair
    vanish(theirs)
    with pytest.raises(Dropped, match="^the server dropped the connection$"):
        ours.recv(1)


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
    with pytest.raises(Dropped, match="^nobody listens: the server is not running$"):
        open_socket(address, Deadline(10))


def test_connecting_ends_with_the_limit():
    with socket.create_server(("127.0.0.1", 0)) as listener, limit(0), pytest.raises(TimedOut):
        open_socket(listener.getsockname(), Deadline(10))


@pytest.mark.skipif(sys.platform == "win32", reason="Python has no unix sockets on Windows")
def test_unix_socket_is_understood(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the path of a unix socket must be short
    with pytest.raises(Dropped, match="nobody listens"):
        open_socket("gone.sock", Deadline(10))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("a.sock")
        listener.listen()
        with open_socket("a.sock", Deadline(10)) as ours:
            assert ours.host_and_port() == NAMED


def test_peer_is_named(pair):
    ours, _ = pair
    assert ours.host_and_port() == ours.getpeername()


def test_peer_that_has_gone_is_told(pair):
    ours, theirs = pair
    vanish(theirs)
    with pytest.raises(Dropped, match="^the server dropped the connection$"):
        ours.recv(1)
    with pytest.raises(Dropped, match="^the server dropped the connection$"):
        ours.host_and_port()
    assert ours.fileno() == -1
