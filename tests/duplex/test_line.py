"""A line that records and delays, in front of a server that sends everything back."""

import socket
import threading

import pytest

from duplex import frames
from duplex.deadline import wait_until
from duplex.line import Line, label


@pytest.fixture
def echo():
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        peer, _ = listener.accept()
        with peer:
            while data := peer.recv(1000):
                peer.sendall(data)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()
    listener.close()
    thread.join(5)


def test_line_records_both_ways(echo):
    with Line(echo) as line, socket.create_connection(line.address) as client:
        client.sendall(b"hello")
        assert client.recv(100) == b"hello"
        assert line.data(up=True) == line.data(up=False) == b"hello"
        assert line.connections == 1


def test_end_is_passed_on(echo):
    with Line(echo) as line, socket.create_connection(line.address) as client:
        client.sendall(b"hello")
        client.shutdown(socket.SHUT_WR)
        assert client.makefile("rb").read() == b"hello"


def test_cut_loses_what_is_under_way(echo):
    with Line(echo, delay=0.2) as line, socket.create_connection(line.address) as client:
        client.sendall(b"hello")
        assert wait_until(lambda: line.data(up=True))
        line.cut()
        assert ended(client) and line.data(up=False) == b""
        with socket.create_connection(line.address):
            assert wait_until(lambda: line.connections == 2)


def ended(client):
    try:
        return client.recv(100) == b""
    except ConnectionResetError:
        return True


def test_slow_line_delays(echo):
    with Line(echo, delay=0.05) as line, socket.create_connection(line.address) as client:
        client.sendall(frames.encode(frames.TEXT, b"hello"))
        client.recv(100)
        there, back = line.arrows()
    assert (there.label, there.up, back.label, back.up) == ("hello", True, "hello", False)
    assert back.left >= there.arrived >= there.left + 0.05


def again(client, times):
    for _ in range(times):
        client.sendall(b"two")
        client.recv(100)


def test_reading_can_pause(echo):
    with Line(echo) as line, socket.create_connection(line.address) as client:
        client.sendall(b"one")
        assert client.recv(100) == b"one"
        line.reading.clear()
        client.settimeout(0.1)
        with pytest.raises(TimeoutError):  # the first may still pass: the line was reading already
            again(client, 2)
        line.reading.set()
        client.settimeout(5)
        assert client.recv(100) == b"two"


def test_line_outlives_its_target(echo):
    listener = socket.create_server(("127.0.0.1", 0))
    away = listener.getsockname()
    listener.close()
    with Line(away) as line:
        with socket.create_connection(line.address) as client:
            client.settimeout(5)
            assert client.recv(100) == b""
        line.target = echo
        with socket.create_connection(line.address) as client:
            client.sendall(b"hello")
            assert client.recv(100) == b"hello"


def test_close_cuts_connections(echo):
    with Line(echo) as line, socket.create_connection(line.address) as client:
        assert wait_until(lambda: line.connections == 1 and len(line._sockets) == 2)
        line.close()
        client.settimeout(5)
        assert client.recv(100) == b""


def test_labels_are_short():
    assert label(b"GET /ws/ HTTP/1.1\r\n") == "GET … Upgrade"
    assert label(b"HTTP/1.1 101 Switching Protocols\r\n") == "101"
    assert label(frames.encode(frames.TEXT, b'{"text": "hi"}')) == "hi"
    assert label(frames.encode(frames.PING, b"hi")) == "ping b'hi'"
