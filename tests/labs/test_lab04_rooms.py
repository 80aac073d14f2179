"""What a client of lab 04 must see: rooms in the address, and a group for each."""

import contextlib
from urllib.parse import quote

import pytest

from duplex import wire
from duplex.deadline import wait_until
from duplex.expect import expect, expect_no_traceback, expect_page
from duplex.listener import Listener
from duplex.talk import PATIENCE, Talker

MANY = 20  # messages in a row
CROWD = 100  # clients in one room
LONGEST = 80  # characters of a room's name


def path(room: str) -> str:
    """Return the path of a room's WebSocket."""
    return f"/ws/chat/{quote(room, safe='')}/"


@pytest.fixture
def enter(ws):
    """Connect a client to a room and read its welcome: enter(room)."""
    return lambda room="lobby": Listener(ws(path(room)))


def entered(enter, room: str) -> Talker:
    """Demand that a client may enter a room."""
    try:
        return enter(room)
    except wire.Refused as refusal:
        saw = f"HTTP {refusal.status} at the handshake"
        length = f"a room of {len(room)} characters, " if len(room) > 20 else "the room "
        expect.that(False, saw, "a connection", f"{length}{room[:20]!r}")


def refused(ws, where: str, what: str) -> None:
    """Demand that a handshake is refused, with 403 or 404."""
    try:
        ws(where)
    except wire.Refused as refusal:
        fine = refusal.status in (403, 404)
        expect.that(fine, f"HTTP {refusal.status}", "HTTP 403 or 404", what)
    except wire.Dropped:
        saw = "no answer, and the connection was dropped"
        expect.that(False, saw, "HTTP 403 or 404", what)
    else:
        expect.that(False, "the connection was accepted", "HTTP 403 or 404", what)


@pytest.mark.task("4.1")
def test_room_is_welcomed(enter):
    """The welcome, and each message, says the room that stands in the address."""
    for room in ("lobby", "Lobby", "a-b", "room_7", "x" * LONGEST):
        client = entered(enter, room)
        expect(client.welcome.get("room"), room, "the room in the welcome")
        client.say()
        expect(client.listen("the message").get("room"), room, "the room in a message")


@pytest.mark.task("4.1")
def test_route_takes_any_name(ws):
    """A room's name may hold blanks, accents and emoji: the route must not refuse them."""
    for room in ("caffè", "a b", "50%", "\N{PARTY POPPER}"):
        try:
            socket = ws(path(room))
        except wire.Refused as refusal:
            fine = refusal.status not in (403, 404)  # a failure later on is not the route's
            expect.that(fine, f"HTTP {refusal.status}", "a connection", f"the room {room!r}")
        else:  # who hangs up while it is welcomed may leave a traceback in the log
            with contextlib.suppress(wire.WireError):
                socket.receive(PATIENCE)


@pytest.mark.task("4.1")
def test_long_room_refused(ws, enter, server):
    """A room whose name has more than 80 characters is refused, and no traceback is logged."""
    before = server.log.printed()
    for room in ("x" * (LONGEST + 1), "x" * 500):
        refused(ws, path(room), f"a room of {len(room)} characters")
    enter().hears_itself("when others were refused")
    expect_no_traceback(server.log, before, "in the log after the refusals")


@pytest.mark.task("4.1")
def test_page_is_served(http):
    """GET / brings the page, as HTML."""
    expect_page(http.get("/"), "GET /")


@pytest.mark.task("4.1")
def test_other_paths_refused(ws):
    """A path without a room, with more than a room, or of another kind is refused cleanly."""
    for where in ("/ws/chat/", "/ws/chat/lobby", "/ws/chat/lobby/more/", "/ws/chat//", "/ws/"):
        refused(ws, where, f"the path {where}")


NAMES = [
    "caffè", "a b", "日本語", "\N{PARTY POPPER}" * LONGEST, "è" * LONGEST, "50%", "a?b", "#1",
    "Ω.ω", "...", "<b>", "'; --", "{}", "a+b", "-", "_",
]  # fmt: skip
ALIKE = [
    "a b", "a_b", "a-b", "a.b", "ab", "A B", "a  b", "caffe", "caffè",
    "caffe\N{COMBINING GRAVE ACCENT}", "x" * 79, "x" * 80, "1", "\N{FULLWIDTH DIGIT ONE}",
]  # fmt: skip


@pytest.mark.task("4.2")
def test_any_name_works(enter):
    """A room may have any name of 1 to 80 characters: blanks, accents, emoji, signs."""
    for room in NAMES:
        client = entered(enter, room)
        client.hears_itself(f"in the room {room[:20]!r}")


@pytest.mark.task("4.2")
def test_names_alike_stay_apart(enter):
    """Rooms whose names are almost the same are different rooms."""
    clients = [(room, enter(room)) for room in ALIKE]
    for room, client in clients:
        where = f"what is heard first in {room[:20]!r}, when all rooms with like names have spoken"
        client.where, client.message = where, client.say(f"in {room}")
    for _, client in clients:
        client.hears(client.message, client.where)


@pytest.mark.task("4.3")
def test_room_hears(enter):
    """What one client says reaches every client in its room once, the sender included."""
    clients = [enter() for _ in range(3)]
    for speaker in clients:
        message = speaker.say(author="Zoë")
        for listener in clients:
            who = "the sender" if listener is speaker else "another client in the same room"
            listener.hears(message, f"what {who} hears")


@pytest.mark.task("4.3")
def test_rooms_are_isolated(enter):
    """What is said in one room is not heard in another."""
    here, there = enter("one"), enter("two")
    neighbour = enter("one")
    message = here.say()
    neighbour.hears(message, "what another client in the same room hears")
    there.hears(there.say(), "what a client in another room hears first of all: itself")


@pytest.mark.task("4.3")
def test_order_is_kept(enter):
    """What one client says arrives everywhere in the order in which it was said."""
    speaker, listener = enter(), enter()
    messages = [speaker.say(f"message {number}") for number in range(MANY)]
    for message in messages:
        speaker.hears(message, "what the sender hears")
        listener.hears(message, "what another client in the same room hears")


@pytest.mark.task("4.3")
def test_crowd_hears(enter):
    """A hundred clients in one room all hear every message, each once and in order."""
    crowd = [enter() for _ in range(CROWD)]
    messages = [crowd[0].say() for _ in range(3)]
    for number, client in enumerate(crowd, 1):
        for message in messages:
            client.hears(message, f"what client {number} of {CROWD} hears")


@pytest.mark.task("4.4")
def test_who_left_hears_nothing(enter):
    """After `leave` and its answer `left`, a client hears nothing that is said in the room."""
    stays, leaves = enter(), enter()
    leaves.send(type="leave")
    leaves.hears({"type": "left"}, "the answer to `leave`")
    stays.hears(stays.say(), "what the one who stays hears")
    leaves.send(type="join")
    leaves.hears({"type": "welcome"}, "what the one who left hears next, after `join`")
    leaves.hears_itself("when it has come back")


@pytest.mark.task("4.4")
def test_who_left_says_nothing(enter):
    """A client that has left gets an error when it speaks, and nobody hears it."""
    stays, leaves = enter(), enter()
    leaves.send(type="leave")
    leaves.hears({"type": "left"}, "the answer to `leave`")
    leaves.say()
    leaves.is_refused("the answer to a message of one who has left")
    stays.hears(stays.say(), "what the one who stays hears first of all: itself")


@pytest.mark.task("4.4")
def test_who_has_gone_is_no_member(enter, http):
    """Clients that left, said goodbye or vanished are no longer among the room's members."""
    clients = [enter("exit") for _ in range(3)]
    clients[0].send(type="leave")
    clients[0].hears({"type": "left"}, "the answer to `leave`")
    clients[1].close()
    clients[2].vanish()
    told = []

    def empty() -> bool:
        told.append(http.get("/rooms/exit/").json())
        return told[-1].get("members") == 0

    wait_until(empty, seconds=2, every=0.1)
    expect(told[-1].get("members"), 0, "`members` at GET /rooms/exit/, when all three have gone")
    expect(told[-1].get("room"), "exit", "`room` at GET /rooms/exit/")


@pytest.mark.task("4.4")
def test_leaving_spares_others(enter):
    """A client that leaves, goes or vanishes takes nobody else with it."""
    stays, *others = [enter() for _ in range(4)]
    others[0].send(type="leave")
    others[0].hears({"type": "left"}, "the answer to `leave`")
    others[1].close()
    others[2].vanish()
    for _ in range(3):
        stays.hears(stays.say(), "what the one who stays hears")


NO_OBJECTS = [
    "",
    "hello",
    "{",
    '{"type": "message"',
    "[1, 2]",
    "7",
    "null",
    '"message"',
    "[" * 5000,
]
NO_TYPES = [
    "shout", "chat.message", "chat_message", "receive", "connect", "disconnect", "close", "send",
    "accept", "websocket.close", "websocket.disconnect", "answer", "say", "__class__", "", None, 7,
    ["message"], {},
]  # fmt: skip
NO_MESSAGES = [
    {}, {"author": "Ada"}, {"text": "hello"}, {"author": "Ada", "text": 7},
    {"author": "Ada", "text": " \n"}, {"author": "", "text": "hello"},
    {"author": "Ada", "text": "x" * 1001}, {"author": "x" * 41, "text": "hello"},
]  # fmt: skip


@pytest.fixture
def refuses(enter):
    """Demand an error for each frame, told to its sender alone: refuses(send, frames)."""

    def demand(send, frames: list) -> None:
        client, other = enter(), enter()
        for one in frames:
            shown = repr(one) if len(repr(one)) <= 70 else repr(one)[:70] + "…"
            send(client.socket, one)
            client.is_refused(f"the answer to {shown}")
        other.hears_itself("when another client has made mistakes")
        client.hears_itself("after its mistakes")

    return demand


@pytest.mark.task("4.5")
def test_only_json_objects(refuses):
    """Text that is no JSON object gets an error; the connection and the room live on."""
    refuses(wire.WebSocket.send_text, NO_OBJECTS)


@pytest.mark.task("4.5")
def test_only_known_types(refuses):
    """A type that is not message, join or leave gets an error, whatever it names in the server."""
    rest = {"author": "Ada", "text": "hello", "code": 1000}
    refuses(wire.WebSocket.send_json, [rest] + [{"type": kind} | rest for kind in NO_TYPES])


@pytest.mark.task("4.5")
def test_only_good_messages(refuses):
    """A message whose author or text is missing, blank, too long or no string gets an error."""
    refuses(wire.WebSocket.send_json, [{"type": "message"} | rest for rest in NO_MESSAGES])


@pytest.mark.task("4.5")
def test_only_text_frames(refuses):
    """A binary frame gets an error, even with JSON in it, and the connection stays."""
    refuses(wire.WebSocket.send_binary, [b"\x00\xff", b'{"type": "leave"}'])
