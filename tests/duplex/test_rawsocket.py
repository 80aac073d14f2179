"""The raw client, against the echo project of notebook 03 under a real Daphne."""

from pathlib import Path

import pytest

from duplex import frames
from duplex.frames import CLOSE, CONTINUATION, PING, TEXT
from duplex.rawsocket import RawWebSocket, request
from duplex.server import serve
from duplex.sockets import Dropped

ECHO = Path(__file__).parents[2] / "notebooks/projects/echo"


@pytest.fixture(scope="module")
def server():
    with serve(ECHO, "daphne") as server:
        yield server


@pytest.fixture
def echo(server):
    with RawWebSocket(server.address).open("/ws/echo/") as raw:
        assert str(raw.receive()) == "text 'Connected!'"
        yield raw


def test_request_has_its_lines():
    lines = request("/ws/", "site.example", Origin="http://a.example", Upgrade=None).split("\r\n")
    assert lines[:2] == ["GET /ws/ HTTP/1.1", "Host: site.example"]
    assert "Origin: http://a.example" in lines
    assert not [line for line in lines if line.startswith("Upgrade")]
    assert lines[-2:] == ["", ""]


def test_handshake_answers_the_key(server):
    with RawWebSocket(server.address) as raw:
        head = raw.ask(request("/ws/echo/", raw.host))
    assert head.startswith("HTTP/1.1 101 ")
    assert f"Sec-WebSocket-Accept: {frames.accept_key('dGhlIHNhbXBsZSBub25jZQ==')}" in head


@pytest.mark.parametrize("changes", [{"key": "short"}, {"version": "12"}])
def test_bad_handshake_is_refused(server, changes):
    with pytest.raises(Dropped, match="400"):
        RawWebSocket(server.address).open("/ws/echo/", **changes)


def test_fragments_arrive_as_one(echo):
    echo.send_frame(TEXT, b"Hel", fin=False)
    echo.send_frame(PING, b"between")
    echo.send_frame(CONTINUATION, b"lo")
    assert [str(echo.receive()) for _ in range(2)] == ["pong b'between'", "text 'Hello'"]


def test_close_is_answered(echo):
    echo.send_frame(CLOSE, frames.close_payload(1000))
    assert (echo.receive().code, echo.receive()) == (1000, None)


def test_unmasked_frame_ends_it(echo):
    echo.send(frames.encode(TEXT, b"Hello"))
    assert echo.receive() is None


def test_events_are_recorded(echo):
    echo.send_frame(TEXT, b"Hi")
    echo.receive()
    assert [(direction, str(frame)) for _, direction, frame in echo.frames] == [
        ("in", "text 'Connected!'"), ("out", "text 'Hi', masked"), ("in", "text 'Hi'")
    ]  # fmt: skip
    times = [at for at, *_ in echo.frames]
    assert times == sorted(times)
