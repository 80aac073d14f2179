"""What a client of lab 02 must see: HTTP as before, and a WebSocket that greets and echoes.

Task 2.1 is judged with runserver, the others with Daphne's own command: none waits for another.
"""

import contextlib
import json

import pytest

from duplex import wire
from duplex.expect import expect, expect_no_traceback, expect_page
from duplex.messages import Frame, binary, text
from duplex.server import StartFailed

ECHO, API = "/ws/echo/", "/api/messages/"
SCRIPT = "/static/chat/echo.js"
GREETING = text("Connected!")
PATIENCE = 2  # seconds for a frame that must come; a silent server is asked once more, by a ping
DROPPED = "no answer, and the connection was dropped"
UNKNOWN = ("/ws/nowhere/", "/ws/", "/ws/echo/more/", "/more/ws/echo/", "/ws/echo", "/WS/ECHO/", "/")
BROKEN = {"Upgrade": "websocket", "Connection": "Upgrade",
          "Sec-WebSocket-Key": "short", "Sec-WebSocket-Version": "13"}  # fmt: skip


@pytest.fixture
def server(serve_as):
    """The project under `daphne config.asgi:application`, also for `http` and `ws`."""
    return serve_as("daphne")


def handshake(server, path=ECHO) -> int:
    """Return the status of the answer to a handshake."""
    try:
        with wire.connect(server.address, path) as socket:
            heard(socket, GREETING, most=1)  # who leaves before it, leaves an error in the log
    except wire.Refused as refusal:
        return refusal.status
    except wire.Dropped:
        expect.that(False, DROPPED, "an answer of the server", f"a handshake at {path}")
    return 101


def receive(socket, should: Frame, where: str) -> Frame:
    """Return the next frame; a server that says nothing is told so."""
    try:
        return socket.receive(PATIENCE)
    except wire.TimedOut:  # is nothing to come, or is the whole computer slow?
        socket.ping()
        frame = socket.receive(control=True)
    expect.that(frame.kind != "pong", f"nothing for {PATIENCE} seconds", str(should), where)
    return frame


def say(socket, messages: list[Frame]) -> None:
    """Send messages, each in its kind."""
    with contextlib.suppress(wire.Dropped):  # what comes back tells more
        for message in messages:
            (socket.send_text if message.kind == "text" else socket.send_binary)(message.payload)


def answer(socket, should: Frame, where: str) -> Frame:
    """Return the next answer; whatever a server says first counts as its greeting (task 2.4)."""
    first = all(way == "out" for way, _ in reversed(socket.frames))
    frame = receive(socket, should, where)
    greeted = first and frame != should and frame.kind != "close"
    return receive(socket, should, where) if greeted else frame


def echoes(socket, *messages: Frame) -> None:
    """Demand that each message comes back, as it was sent and in this order."""
    say(socket, messages)
    for message in messages:
        where = f"after sending {message}"
        expect(answer(socket, message, where), message, where)


def unharmed(socket, empty: Frame, other: Frame) -> None:
    """Demand that an empty message ends nothing; its own echo may be missing (Daphne drops it)."""
    echoes(socket, other)
    say(socket, [empty, other])
    where = f"after sending {empty}, then {other}"
    if (frame := receive(socket, other, where)) == empty:
        frame = receive(socket, other, where)
    expect(frame, other, where)


def heard(socket, last: Frame, most: int = 2) -> list[Frame]:
    """Return what comes up to `last`: a greeting and an answer, or what there is of them."""
    frames = []
    with contextlib.suppress(wire.WireError):
        while last not in frames and len(frames) < most:
            frames.append(socket.receive(0.5))
    return frames


def statuses(server) -> dict[str, int]:
    """Return how a server answers a request and a handshake."""
    page = wire.Http(server.address).get("/").status
    return {"GET /": page, f"a handshake at {ECHO}": handshake(server)}


@pytest.mark.task("2.1")
def test_runserver_knows_handshakes(serve_as):
    """`manage.py runserver` speaks WebSocket: it refuses a broken handshake with HTTP 400."""
    answer = wire.Http(serve_as("runserver").address).request("GET", ECHO, headers=BROKEN)
    saw = f"HTTP {answer.status}, from a server that took it for a page's request"
    where = "a handshake with a key of five letters, under runserver"
    expect.that(answer.status == 400, saw, "HTTP 400, from a server that knows handshakes", where)


@pytest.mark.task("2.1")
def test_runserver_calls_application(serve_as):
    """`manage.py runserver` calls the same application as `daphne config.asgi:application`."""
    saw = statuses(serve_as("runserver"))
    try:
        should = statuses(serve_as("daphne"))
    except StartFailed:
        return  # the other tasks say why
    for what, status in should.items():
        same = f"HTTP {status}, as from Daphne's own command"
        expect.that(saw[what] == status, f"HTTP {saw[what]}", same, f"{what}, under runserver")


@pytest.mark.task("2.1")
def test_runserver_serves_files(serve_as):
    """`manage.py runserver` serves the pages' scripts and styles, as before."""
    answer = wire.Http(serve_as("runserver").address).get(SCRIPT)
    expect.that(answer.status == 200, answer, "HTTP 200 with the script", f"GET {SCRIPT}")


@pytest.mark.task("2.2")
def test_page_still_served(http):
    """GET / brings the page, as before, now from an ASGI server, and GET /echo/ the echo's."""
    expect_page(http.get("/"), "GET /")
    expect_page(http.get("/echo/"), "GET /echo/")


@pytest.mark.task("2.2")
def test_api_still_served(http):
    """The API of lab 01 works as before: a message that is posted comes back."""
    posted = http.post(API, json={"author": "ada", "text": "caffè ☕"})
    expect.that(posted.status == 201, posted, "HTTP 201 with the message", f"POST {API}")
    listed = http.get(API)
    message, messages = (json.dumps(one.json(), sort_keys=True) for one in (posted, listed))
    expect.that(message in messages, listed, "the message that was posted, too", f"GET {API}")


@pytest.mark.task("2.2")
def test_websocket_reaches_consumers(server):
    """A WebSocket handshake finds an application too: it is not answered with HTTP 500."""
    status = handshake(server)
    expect.that(status < 500, f"HTTP {status}", "no error of the server", f"a handshake at {ECHO}")


@pytest.mark.task("2.3")
def test_echo_path_accepted(server):
    """A handshake at /ws/echo/ is accepted with HTTP 101."""
    status = handshake(server)
    expect.that(status == 101, f"HTTP {status}", "HTTP 101", f"a handshake at {ECHO}")


@pytest.mark.task("2.3")
def test_unknown_path_refused(server):
    """A handshake at any other path is refused with 403 (or 404), and no traceback is logged."""
    before = server.log.printed()
    for path in UNKNOWN:
        status = handshake(server, path)
        saw = "HTTP 101, the connection is open" if status == 101 else f"HTTP {status}"
        expect.that(status in (403, 404), saw, "HTTP 403", f"a handshake at {path}")
    expect_no_traceback(server.log, before, "in the log after the refusals")


@pytest.mark.task("2.3")
def test_clients_kept_apart(ws):
    """Each client has a consumer of its own: what one says does not come back to another."""
    alice, bob = ws(ECHO), ws(ECHO)
    say(alice, [text("from alice")])
    heard(alice, text("from alice"))
    say(bob, [text("from bob")])
    astray = text("from alice") in heard(bob, text("from bob"))
    expect.that(not astray, "alice's answer", "bob's own answers only", "what bob gets")


@pytest.mark.task("2.4")
def test_greets_first(ws):
    """The server speaks first: right after the handshake comes the text `Connected!`."""
    where = "right after the handshake"
    expect(receive(ws(ECHO), GREETING, where), GREETING, where)


@pytest.mark.task("2.4")
def test_greets_once(ws):
    """The greeting comes once for each connection, and no second time."""
    socket, texts = ws(ECHO), [text("one"), text("two"), text("three")]
    receive(socket, GREETING, "right after the handshake")
    say(socket, texts)
    more = heard(socket, texts[-1], most=8).count(GREETING)
    often = {1: "twice", len(texts): "again with each text"}.get(more, f"{more + 1} times")
    where = "a connection on which three texts were sent"
    expect.that(not more, f"the greeting {often}", "the greeting once", where)


TEXTS = (
    "hello", "caffè ☕ 日本語 \N{WAVING HAND SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-5}", "\0", "7",
    "  blanks at both ends \n", '{"no": ["object", 1]}', "null", "b'bytes'", "Connected!",
)  # fmt: skip
BYTES = (b"hello", "caffè".encode(), b"\x00\x7f\x80\xff", b"\xc3\x28", bytes(range(256)), b"{}")
LENGTHS = (125, 126, 65_535, 65_536, 200_000)  # where a frame's header grows, and beyond


@pytest.mark.task("2.5")
def test_text_comes_back(ws):
    """Each text comes back as the same text, in a text frame, whatever it says."""
    echoes(ws(ECHO), *map(text, TEXTS))


@pytest.mark.task("2.5")
def test_empty_text_harmless(ws):
    """An empty text is a text, too: the connection stays, and the next text comes back."""
    unharmed(ws(ECHO), text(""), text("hello"))


@pytest.mark.task("2.5")
def test_long_text_whole(ws):
    """A long text comes back whole, up to 200,000 bytes."""
    echoes(ws(ECHO), *(text("x" + "è" * (length // 2)) for length in LENGTHS))


@pytest.mark.task("2.5")
def test_connection_stays(ws):
    """One connection carries hundreds of texts, and their echoes come in order."""
    echoes(ws(ECHO), *(text(f"number {number}") for number in range(200)))


@pytest.mark.task("2.6")
def test_bytes_come_back(ws):
    """Bytes come back as the same bytes, in a binary frame, whether they are UTF-8 or not."""
    echoes(ws(ECHO), *map(binary, BYTES))


@pytest.mark.task("2.6")
def test_empty_bytes_harmless(ws):
    """An empty binary message ends nothing: the connection stays, and the next one comes back."""
    unharmed(ws(ECHO), binary(b""), binary(b"hello"))


@pytest.mark.task("2.6")
def test_long_bytes_whole(ws):
    """A long binary message comes back whole, up to 200,000 bytes."""
    pattern = bytes(reversed(range(256))) * (max(LENGTHS) // 256 + 1)
    echoes(ws(ECHO), *(binary(pattern[:size]) for size in LENGTHS))


@pytest.mark.task("2.6")
def test_kinds_kept_apart(ws):
    """Texts and bytes in turn come back in the same turn, each in its own kind."""
    socket = ws(ECHO)
    say(socket, [text("hello")])
    if text("hello") not in heard(socket, text("hello")):
        return  # task 2.5 judges texts
    echoes(ws(ECHO), *([binary(b"one"), text("one"), binary(b"two"), text("two")] * 3))
