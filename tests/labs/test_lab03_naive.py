"""What a client of lab 03 must see: a chat for everybody who is connected to one process."""

import contextlib
import time

import pytest

from duplex import wire
from duplex.deadline import wait_until
from duplex.expect import expect, expect_page
from duplex.listener import Listener
from duplex.talk import Talker

PATH = "/ws/chat/"
MANY = 20  # messages in a row
STAY = LEAVE = 8  # clients: who takes out any eight of sixteen is right once in 12,870 times
LONG = 4  # seconds: a reminder that nobody waits for
LONGEST = 60  # seconds: the longest wait that a reminder may ask for
CLOCK = 0.05  # seconds by which two clocks may differ


@pytest.fixture
def enter(ws):
    """Connect a client and read its welcome: enter()."""
    return lambda: Listener(ws(PATH))


def as_if(told: object, count: int) -> str:
    """Say what a count that should be another one looks like."""
    if not told or not isinstance(told, int):
        return repr(told)
    looks = "some that have gone were still here" if told > count else "some had gone who are here"
    return f"{told}, as if {looks}"


@pytest.fixture
def comes_to(server):
    """Demand that new clients are soon told that so many are here: comes_to(count, when)."""
    told = []

    def ask() -> int:
        with contextlib.closing(Talker(wire.connect(server.address, PATH))) as client:
            told.append(client.welcome.get("here"))
        return told[-1]

    def demand(count: int, when: str) -> None:
        wait_until(lambda: ask() == count, seconds=2, every=0.1)
        where = f"`here` in the welcome of a new client, {when}"
        expect.that(told[-1] == count, as_if(told[-1], count), f"{count}", where)

    return demand


@pytest.mark.task("3.1")
def test_counts_who_is_here(enter):
    """The welcome says how many are connected, the new client included."""
    first, second = enter().welcome, enter().welcome
    expect.that(isinstance(first.get("here"), int), first, "a whole number `here`", "the welcome")
    expect(second.get("here"), first["here"] + 1, "`here` in the welcome of the next client")


@pytest.mark.task("3.1")
def test_who_left_is_gone(enter, comes_to):
    """A client that said goodbye is no longer counted."""
    comes_to(1, "when nobody else is connected")
    leaving = [enter() for _ in range(3)]
    comes_to(4, "when three others are connected")
    for client in leaving:
        client.close()
    comes_to(1, "when the three others have left")


@pytest.mark.task("3.1")
def test_who_stays_is_here(enter):
    """Whoever leaves takes nobody else out: those who stay go on hearing."""
    leaving = [enter() for _ in range(LEAVE)]
    staying = [enter() for _ in range(STAY)]
    for client in leaving:
        client.close()
    for client in staying:
        client.hears_itself("when others have left")


@pytest.mark.task("3.1")
def test_who_vanished_is_gone(enter, comes_to):
    """A client that vanished without a close frame is no longer counted, and hurts nobody."""
    stays, gone = enter(), enter()
    comes_to(3, "when two others are connected")
    gone.vanish()
    comes_to(2, "when one of the two others has vanished")
    stays.hears_itself("when another has vanished")


@pytest.mark.task("3.2")
def test_everyone_hears(enter):
    """What one client says reaches every client, the sender included, unchanged."""
    clients = [enter() for _ in range(4)]
    for speaker in clients:
        message = speaker.say("caffè \N{HOT BEVERAGE}", author="Zoë")
        for listener in clients:
            who = "the sender" if listener is speaker else "another client"
            listener.hears(message, f"what {who} hears")


@pytest.mark.task("3.2")
def test_page_is_served(http):
    """GET / brings the page, as HTML."""
    expect_page(http.get("/"), "GET /")


@pytest.mark.task("3.2")
def test_other_paths_refused(ws):
    """A WebSocket at any other path than /ws/chat/ is refused with HTTP 403 (or 404)."""
    for path in ("/ws/", "/ws/chat", "/ws/chat/more/", "/chat/"):
        try:
            ws(path)
        except wire.Refused as refusal:
            fine = refusal.status in (403, 404)
            expect.that(fine, f"HTTP {refusal.status}", "HTTP 403", f"the path {path}")
        else:
            expect.that(False, "the connection was accepted", "HTTP 403", f"the path {path}")


@pytest.mark.task("3.2")
def test_order_is_kept(enter):
    """What one client says arrives everywhere in the order in which it was said."""
    speaker, listener = enter(), enter()
    said = [speaker.say(f"message {number}") for number in range(MANY)]
    for message in said:
        speaker.hears(message, "what the sender hears")
        listener.hears(message, "what another client hears")


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
    {}, {"author": "Ada", "text": "hello"}, {"type": None}, {"type": 7}, {"type": ["message"]},
    {"type": "shout", "author": "Ada", "text": "hello"}, {"type": "receive", "text": "hello"},
]  # fmt: skip
NO_MESSAGES = [
    {}, {"author": "Ada"}, {"text": "hello"}, {"author": "Ada", "text": 7},
    {"author": None, "text": "hello"}, {"author": "Ada", "text": ["hello"]},
    {"author": "Ada", "text": " \n"}, {"author": "", "text": "hello"},
    {"author": "Ada", "text": "x" * 1001}, {"author": "x" * 41, "text": "hello"},
]  # fmt: skip
NO_WAITS = [
    {"text": "tea"}, {"after": 1}, {"text": "tea", "after": "1"}, {"text": "tea", "after": None},
    {"text": "tea", "after": True}, {"text": "tea", "after": -1}, {"text": "tea", "after": 61},
    {"text": " ", "after": 1}, {"text": "tea", "after": [1]},
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


@pytest.mark.task("3.3")
def test_only_json_objects(refuses):
    """Text that is no JSON object gets an error, and the connection stays."""
    refuses(wire.WebSocket.send_text, NO_OBJECTS)


@pytest.mark.task("3.3")
def test_only_known_types(refuses):
    """An object without a known type gets an error, and the connection stays."""
    refuses(wire.WebSocket.send_json, NO_TYPES)


@pytest.mark.task("3.3")
def test_only_good_messages(refuses):
    """A message whose author or text is missing, blank, too long or no string gets an error."""
    refuses(wire.WebSocket.send_json, [{"type": "message"} | rest for rest in NO_MESSAGES])


@pytest.mark.task("3.3")
def test_only_good_waits(refuses):
    """A reminder without a text, or without a number from 0 to 60 as `after`, gets an error."""
    refuses(wire.WebSocket.send_json, [{"type": "remind"} | rest for rest in NO_WAITS])
    refuses(wire.WebSocket.send_text, ['{"type": "remind", "text": "tea", "after": NaN}'])


@pytest.mark.task("3.3")
def test_only_text_frames(refuses):
    """A binary frame gets an error, even with JSON in it, and the connection stays."""
    refuses(wire.WebSocket.send_binary, [b"\x00\xff", b'{"type": "message"}'])


@pytest.mark.task("3.3")
def test_limits_are_allowed(enter):
    """An author of 40 characters and a text of 1000 are not too long."""
    client = enter()
    message = client.say("\N{PARTY POPPER}" * 1000, author="è" * 40)
    client.hears(message, "what the sender hears")


@pytest.mark.task("3.4")
def test_reminder_comes(enter):
    """The reminder comes to the one who asked, not before its time, and to nobody else."""
    client, other = enter(), enter()
    asked = time.perf_counter()
    client.send(type="remind", text="tea", after=0.3)
    client.hears({"type": "reminder", "text": "tea"}, "what the one who asked gets")
    waited = time.perf_counter() - asked
    on_time = waited > 0.3 - CLOCK
    expect.that(on_time, f"after {waited:.2f} s", "not before 0.3 s", "the reminder came")
    other.hears_itself("when another client was reminded")


@pytest.mark.task("3.4")
def test_sender_goes_on(enter):
    """While a reminder waits, the one who asked for it is served."""
    client = enter()
    client.send(type="remind", text="tea", after=LONGEST)
    message = client.say("meanwhile")
    client.hears(message, f"what comes first, when a reminder has {LONGEST} seconds to go")


@pytest.mark.task("3.4")
def test_others_go_on(enter):
    """While a reminder waits, the others are served."""
    client, other = enter(), enter()
    client.send(type="remind", text="tea", after=LONG)
    client.settle()
    other.hears_itself("while another client's reminder waits")
    client.hears_itself("while its reminder waits")


@pytest.mark.task("3.4")
def test_several_wait_at_once(enter):
    """Two reminders wait at the same time: the one that is due first comes first, then the other."""
    client = enter()
    client.send(type="remind", text="late", after=0.5)
    client.send(type="remind", text="soon", after=0)
    for text, which in (("soon", "first"), ("late", "after the other")):
        client.hears({"type": "reminder", "text": text}, f"the reminder that comes {which}")


@pytest.mark.task("3.5")
def test_ends_with_its_process(serve_as):
    """The welcome says which process answers; what is said in one is not heard in another."""
    servers = serve_as("daphne"), serve_as("runserver")
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(wire.connect(one.address, PATH)) for one in servers]
        clients = [Talker(one) for one in sockets]
        ids = [client.welcome.get("process") for client in clients]
        whole = all(isinstance(one, int) and not isinstance(one, bool) for one in ids)
        where = "`process` in the welcomes of two processes"
        expect.that(whole, f"{ids}", "a whole number in each", where)
        expect.that(ids[0] != ids[1], f"{ids}", "two different ones", where)
        same = Talker(stack.enter_context(wire.connect(servers[0].address, PATH)))
        expect(
            same.welcome.get("process"), ids[0], "`process` in another welcome of the same process"
        )
        for client in clients:
            client.hears(client.say(), "the first message that a client hears: its own")
