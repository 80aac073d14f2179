"""The clients, against servers that say anything at all: every wait ends, with one sentence."""

import re
import socket

import pytest

from duplex import frames, wire
from duplex.deadline import limit
from duplex.frames import BINARY, CLOSE, CONTINUATION, PING, TEXT
from duplex.wire import Dropped, Malformed, Refused, TimedOut, TooMuch, binary, close

SWITCH = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"


@pytest.fixture
def saying(peer):
    """A server that says some bytes, then drops the connection, or holds it."""

    def listen(*said: bytes, hold=False):
        def talk(connection, request):
            for data in said:
                connection.sendall(data)
            while hold and connection.recv(65536):
                pass

        return peer(talk)

    return listen


@pytest.fixture
def framing(peer):
    """A WebSocket to a server that sends some bytes after a good handshake."""
    opened = []

    def connect(*said: bytes, hold=True):
        def talk(connection, request):
            accept_handshake(connection, request)
            for data in said:
                connection.sendall(data)
            while hold and connection.recv(65536):
                pass

        opened.append(wire.connect(peer(talk), "/ws/"))
        return opened[-1]

    yield connect
    for ws in opened:
        ws.close()


def accept_handshake(connection, request: bytes) -> None:
    """Answer a handshake as RFC 6455 wants it."""
    key = re.search(rb"(?i)Sec-WebSocket-Key: (\S+)", request)[1].decode()
    answer = f"{SWITCH}Sec-WebSocket-Accept: {frames.accept_key(key)}\r\n\r\n"
    connection.sendall(answer.encode())


def endless(connection, data: bytes, before: bytes = b"") -> None:
    """Send the same bytes until the client has had enough."""
    connection.sendall(before)
    while True:
        connection.sendall(data)


def test_redirects_are_not_followed(saying):
    http = wire.Http(saying(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"))
    answer = http.get("/")
    assert (answer.status, answer.headers["Location"]) == (302, "/")


@pytest.mark.parametrize(
    ("said", "error", "told"),
    [
        (b"", Dropped, "the server closed the connection without an answer"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", Malformed, "the server's answer is not HTTP (BadStatusLine"),
        (b"HTTP/1.1 many OK\r\n\r\n", Malformed, "the server's answer is not HTTP (BadStatusLine"),
        (b"\x00" * 70_000, Malformed, "the server's answer is not HTTP (LineTooLong"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
            Dropped,
            "ended its answer too early",
        ),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200, Malformed, "got more than 100 headers"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", Dropped, "too early"),
    ],
)
def test_wrong_answer_is_told(saying, said, error, told):
    with pytest.raises(error) as caught:
        wire.Http(saying(said)).get("/")
    assert told in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "begun", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"]
)
def test_late_answer_is_told(saying, begun):
    with pytest.raises(TimedOut, match="^the server did not answer in time$"):
        wire.Http(saying(begun, hold=True), timeout=0.1).get("/")


def test_limit_bounds_the_answer(saying):
    with limit(0.1), pytest.raises(TimedOut):
        wire.Http(saying(hold=True), timeout=3600).get("/")


@pytest.mark.parametrize("chunked", [False, True])
def test_endless_body_is_cut(peer, chunked, monkeypatch):
    monkeypatch.setattr("duplex.sockets.BoundedSocket.max_bytes", 2**20)
    head = (
        b"HTTP/1.1 200 OK\r\n" + (b"Transfer-Encoding: chunked\r\n" if chunked else b"") + b"\r\n"
    )
    data = b"400\r\n" + b"x" * 1024 + b"\r\n"
    http = wire.Http(peer(lambda connection, _: endless(connection, data, head)))
    with pytest.raises(TooMuch, match="^the server sent more than 1 MiB$"):
        http.get("/")
    assert http.received > 2**20


def test_endless_interim_answers_are_cut(peer, monkeypatch):
    monkeypatch.setattr("duplex.sockets.BoundedSocket.max_bytes", 2**16)
    address = peer(lambda connection, _: endless(connection, b"HTTP/1.1 100 Continue\r\n\r\n"))
    with pytest.raises(TooMuch):
        wire.Http(address).get("/")


def test_refusal_has_its_parts(saying):
    body = b"not you" * 3000
    head = f"HTTP/1.1 403 Forbidden\r\nX-Why: so\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with pytest.raises(
        Refused, match="^the server answered the handshake with HTTP 403$"
    ) as caught:
        wire.connect(saying(head, body), "/ws/")
    refusal = caught.value
    assert (refusal.status, refusal.headers["x-why"], refusal.body) == (403, "so", body)


@pytest.mark.parametrize("status", [200, 302, 500])
def test_other_answers_are_refusals(saying, status):
    said = f"HTTP/1.1 {status} x\r\nLocation: /ws/\r\nContent-Length: 0\r\n\r\n".encode()
    with pytest.raises(Refused) as caught:
        wire.connect(saying(said), "/ws/")
    assert (caught.value.status, caught.value.headers["location"]) == (status, "/ws/")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"SSH-2.0-OpenSSH\r\n\r\n", "Invalid status line"),
        (b"HTTP/1.1 101 x\r\nno header\r\n\r\n", "Invalid header"),
        (b"HTTP/1.1 403 x\r\nContent-Length: many\r\n\r\n", "Invalid content-length"),
        (SWITCH.encode() + b"\r\n", "Invalid WebSocket Header"),
        (SWITCH.encode() + b"Sec-WebSocket-Accept: bm8=\r\n\r\n", "Invalid WebSocket Header"),
    ],
)
def test_wrong_handshake_is_told(saying, said, told):
    with pytest.raises(Malformed, match=r"^the handshake's answer is not valid \(") as caught:
        wire.connect(saying(said), "/ws/")
    assert told in str(caught.value)


def test_silent_handshake_ends(saying):
    with pytest.raises(TimedOut, match="^the server did not answer in time$"):
        wire.connect(saying(b"HTTP/1.1 101 Switching Protocols\r\n", hold=True), timeout=0.1)


def test_endless_handshake_is_cut(peer, monkeypatch):
    monkeypatch.setattr("duplex.sockets.BoundedSocket.max_bytes", 2**14)
    address = peer(lambda connection, _: endless(connection, b"A: b\r\n", SWITCH.encode()))
    with pytest.raises(TooMuch):
        wire.connect(address, "/ws/")


def test_huge_refusal_is_cut(peer, monkeypatch):
    monkeypatch.setattr("duplex.sockets.BoundedSocket.max_bytes", 2**20)
    head = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 999999999999\r\n\r\n"
    with pytest.raises(TooMuch):
        wire.connect(peer(lambda connection, _: endless(connection, b"x" * 2**14, head)), "/ws/")


WRONG_FRAMES = {
    "reserved bit": b"\xc1\x01a",
    "unknown opcode": b"\x83\x00",
    "text that is no UTF-8": frames.encode(TEXT, b"\xff\xfe"),
    "continuation of nothing": frames.encode(CONTINUATION, b"a"),
    "text inside a fragmented text": frames.encode(TEXT, b"a", fin=False)
    + frames.encode(TEXT, b"b"),
    "fragmented ping": frames.encode(PING, b"a", fin=False),
    "long ping": frames.encode(PING, b"a" * 126),
    "close code 1005": frames.encode(CLOSE, frames.close_payload(1005)),
    "close code of one byte": frames.encode(CLOSE, b"\x03"),
    "close reason that is no UTF-8": frames.encode(CLOSE, b"\x03\xe8\xff"),
}


@pytest.mark.parametrize("wrong", WRONG_FRAMES)
def test_wrong_frame_is_told(framing, wrong):
    with pytest.raises(Malformed, match=r"^what came is not a valid frame \(.+\)$"):
        framing(WRONG_FRAMES[wrong]).receive()


def test_fragments_are_joined(framing):
    said = [frames.encode(BINARY, b"a", fin=False), frames.encode(PING, b"?"),
            frames.encode(CONTINUATION, b"b")]  # fmt: skip
    assert framing(*said).receive() == binary(b"ab")


def test_huge_frame_is_cut(peer, monkeypatch):
    monkeypatch.setattr("duplex.sockets.BoundedSocket.max_bytes", 2**20)

    def talk(connection, request):
        accept_handshake(connection, request)
        endless(connection, b"x" * 2**14, frames.header(TEXT, 2**62))

    with wire.connect(peer(talk), "/ws/") as ws, pytest.raises(TooMuch):
        ws.receive()


@pytest.mark.parametrize("said", [b"", frames.encode(TEXT, b"hello")[:4]])
def test_drop_is_told(framing, said):
    with pytest.raises(Dropped, match="^the server dropped the connection without a close frame$"):
        framing(said, hold=False).receive()


@pytest.mark.parametrize("said", [b"", frames.encode(TEXT, b"hello")[:4]])
def test_silence_is_told(framing, said):
    with pytest.raises(TimedOut):
        framing(said).receive(timeout=0.1)


def test_pings_do_not_stretch_it(framing):
    ws = framing(*[frames.encode(PING, b"?")] * 100)
    with pytest.raises(TimedOut):
        ws.receive(timeout=0.2)
    assert {frame.kind for _, frame in ws.frames} == {"ping"}


def test_close_is_heard_before_reset(peer):
    def talk(connection, request):
        accept_handshake(connection, request)
        connection.sendall(frames.encode(CLOSE, frames.close_payload(4001, "out")))

    with wire.connect(peer(talk), "/ws/") as ws:
        ws.sock.shutdown(socket.SHUT_WR)  # so that the answer to the close cannot be sent
        heard = ws.receive()
        assert (heard, heard.reason) == (close(4001), "out")
        with pytest.raises(Dropped):
            ws.send_text("too late")
