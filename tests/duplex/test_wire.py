"""The clients, against a real Daphne: they say what they are told, and hear what comes."""

import json
import time
from pathlib import Path

import pytest

from duplex import wire
from duplex.server import serve
from duplex.wire import Dropped, Frame, binary, close, text

ECHO = Path(__file__).parents[2] / "notebooks/projects/echo"


@pytest.fixture(scope="module")
def server(nursery):
    with serve(ECHO, "daphne", nursery=nursery) as server:
        yield server


@pytest.fixture
def echo(server):
    with wire.connect(server.address, "/ws/echo/") as ws:
        assert ws.receive() == text("Connected!")
        yield ws


def test_http_asks_and_hears(server):
    http = wire.Http(server.address)
    answer = http.post("/feed/", body=b"hello")
    assert (answer.status, answer.json()["text"]) == (201, "hello")
    assert http.get("/feed/").headers["content-type"] == "application/json"
    assert http.get("/nowhere/").status == 404


def test_http_counts_every_byte(peer):
    said, heard = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", []

    def talk(connection, request):
        heard.append(request)
        connection.sendall(said)

    http = wire.Http(peer(talk))
    assert http.get("/a", x_count="1", accept="text/html").body == b"hi"
    assert (http.sent, http.received) == (len(heard[0]), len(said))
    assert b"GET /a HTTP/1.1\r\n" in heard[0]
    assert b"X-Count: 1\r\n" in heard[0] and b"Accept: text/html\r\n" in heard[0]


def test_http_posts_json(peer):
    heard = []

    def talk(connection, request):
        heard.append(request)
        while b"}" not in heard[-1]:
            heard[-1] += connection.recv(65536)
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    assert wire.Http(peer(talk)).post("/", {"a": "è"}).status == 204
    assert b"Content-Type: application/json\r\n" in heard[0]
    assert json.loads(heard[0].partition(b"\r\n\r\n")[2]) == {"a": "è"}


@pytest.mark.parametrize("payload", ["hello è 🙂", "x" * 70_000])
def test_text_goes_both_ways(echo, payload):
    echo.send_text(payload)
    assert echo.receive() == text(payload)


@pytest.mark.parametrize("payload", [b"\x00\xff", b"x" * 70_000])
def test_bytes_go_both_ways(echo, payload):
    echo.send_binary(payload)
    assert echo.receive() == binary(payload)


def test_empty_messages_arrive(server):
    with wire.connect(server.address, "/ws/length/") as ws:  # Daphne itself never sends one
        ws.send_text("")
        assert ws.receive() == text("0 characters")
        ws.send_binary(b"")
        assert ws.receive() == binary(bytes(4))


def test_json_goes_both_ways(echo):
    echo.send_json({"text": "è"})
    assert echo.receive().json() == {"text": "è"}


def test_frames_are_recorded(echo):
    echo.ping(b"?")
    assert echo.receive(control=True) == Frame("pong", b"?")
    echo.send_text("a")
    assert echo.receive() == text("a")
    echo.close(4000)
    assert echo.frames == [
        ("in", text("Connected!")), ("out", Frame("ping", b"?")), ("in", Frame("pong", b"?")),
        ("out", text("a")), ("in", text("a")), ("out", close(4000)),
    ]  # fmt: skip
    times = [frame.at for _, frame in echo.frames]
    assert times == sorted(times) and 0 < times[0] <= times[-1] <= time.perf_counter()


def test_pong_is_passed_over(echo):
    echo.ping(b"?")
    echo.send_text("a")
    assert echo.receive() == text("a")


@pytest.mark.parametrize("code", [1000, 3000, 4999])
def test_close_code_arrives(server, code):
    with wire.connect(server.address, "/ws/goodbye/") as ws:
        ws.send_text(str(code))
        assert ws.receive() == close(code)


@pytest.mark.parametrize(
    ("origin", "line"),
    [(None, b"Origin: http://127.0.0.1:"), ("http://evil.example", b"Origin: http://evil.example")],
)
def test_origin_is_sent(peer, origin, line):
    assert line in handshake(peer, origin=origin)


def test_other_host_is_sent(peer):
    head = handshake(peer, host="chat.example")
    assert b"Host: chat.example:" in head and b"Origin: http://chat.example:" in head


def test_no_origin_is_sent(peer):
    assert b"origin:" not in handshake(peer, origin="").lower()


def test_headers_are_sent(peer):
    request = handshake(peer, headers={"Cookie": "a=b"}, subprotocols=["chat"])
    assert b"\r\nCookie: a=b\r\n" in request and b"Protocol: chat\r\n" in request


def handshake(peer, **options) -> bytes:
    """Return the request with which a WebSocket is opened."""
    heard = []
    with pytest.raises(Dropped):
        wire.connect(peer(lambda connection, request: heard.append(request)), "/ws/", **options)
    return heard[0]


def test_closing_twice_is_fine(echo):
    echo.close()
    echo.close()
    assert [frame.kind for direction, frame in echo.frames if direction == "out"] == ["close"]
