"""Who means harm to lab 06's chat: what it is answered, while two others talk on undisturbed."""

import contextlib
from itertools import count
from urllib.parse import quote

import pytest

from duplex import catalog, wire
from duplex.member import Member
from duplex.memory import Chat, Members
from duplex.people import is_closed, speak_at_once
from duplex.stand import Stand

LAB = catalog.lab(6)
NUMBERS = count(1)


@pytest.fixture(scope="module")
def chat():
    """The solution of lab 06, served as its grader serves it."""
    from duplex.nursery import Nursery
    from duplex.server import CAN_FORK

    with Nursery() if CAN_FORK else contextlib.nullcontext() as nursery:
        stand = Stand(LAB.folder("solutions"), LAB, nursery)
        with contextlib.closing(Chat(stand)) as chat, contextlib.closing(stand):
            yield chat


@pytest.fixture
def people(chat):
    """Ada and grace talk in a room of their own; after the abuse they still do, without a gap."""
    with Members(chat) as people:
        log, room = chat.server().log, f"tea {next(NUMBERS)}"
        begin = log.printed()
        two = [people.enter(name, room, 0) for name in ("ada", "grace")]
        for one in two:
            one.hears_itself("before the abuse")
        yield people
        for one in two:
            one.has_all_and_no_more(0, "what two people hear, while somebody else does harm")
        assert two[0].met | two[1].met <= {"ada", "grace"}
        assert chat.server().alive() and log.last_error(begin) is None


@pytest.fixture
def room():
    """A room in which nothing has been said."""
    return f"room {next(NUMBERS)}"


def refused(people, name, room, code, query="?after=0"):
    """Demand a close with this code, and not one word of the history before it."""
    visitor = people.visitor(name) if name else people.stranger()
    is_closed(people.connect(visitor, room, query), code, f"{name or 'a stranger'} in {room}")


def test_history_is_for_those_inside(people, room):
    private = f"@ada+grace+{room}"
    people.enter("ada", private).hears_itself("in a private room")
    for query in ("?after=0", "", "?after=abc", "?after=0&after=0"):
        refused(people, "eve", private, 4403, query)
        refused(people, None, room, 4401, query)


def test_logged_out_gets_no_history(people, room):
    gone = people.stranger().sign_up(f"gone {room}".replace(" ", "-"))
    tab = Member(people.connect(gone, room), gone.name)
    tab.hears_itself("before the log-out")
    gone.log_out()
    speak_at_once(tab.socket, '{"type": "join", "after": 0}')
    is_closed(tab.socket, 4401, "a join after the log-out", after=("ack", "here"))


SQL = [
    "'; DROP TABLE chat_message; --",
    '" OR ""="',
    "%' OR 1=1 --",
    "?1 :room $1 @ada",
    "\\x00\\'",
]


def test_words_are_no_orders(people):
    for words in SQL:
        eve = people.enter("eve", words, 0)
        eve.say(words, key=words[:64])
        heard = eve.hears_text(words, f"a message {words!r}")
        assert heard["id"] == 1 and heard["room"] == eve.welcome["room"] == words
        people.enter("eve", words, 0).has_all(0, 1, f"the room {words!r}")


def test_forged_fields_are_ignored(people, room):
    eve = people.enter("eve", room, 0)
    forged = {"id": 99, "number": 99, "author": "ada", "room": "tea 1", "sent_at": "never"}
    eve.send(type="message", key="k", text="hello", **forged)
    heard = eve.hears({"id": 1, "author": "eve", "room": room, "text": "hello"}, "a forgery")
    assert heard["sent_at"] != "never"
    eve.has_all_and_no_more(0, "after a forgery")


PATHS = ["..%2Ftea%201", "%2E%2E", "tea%201%2F", "tea%201%00", "tea%201%0A", "%2Ftea%201", "a%5Cb",
         "%FF%FE", "tea%201%3Fafter%3D0"]  # fmt: skip


def test_path_tricks_lead_nowhere(people):
    eve = people.visitor("eve")
    for path in PATHS:
        with contextlib.suppress(wire.Refused):
            tab = Member(eve.connect(f"/ws/chat/{path}/?after=0"), "eve")
            assert tab.welcome["last"] == 0, f"{path} leads to somebody's room"
            tab.close()


def test_great_words_are_refused(people, room):
    eve = people.enter("eve", room)
    for many in (1001, 100_000, 900_000):
        eve.send(type="message", key="x" * many, text="hello")
        eve.is_refused("a great key")
        eve.send(type="message", key="k", text="x" * many)
        eve.is_refused("a great text")
    eve.send(type="message", key="k", text="hello", more=[[]] * 50_000)
    assert eve.hears_text("hello", "a message with much beside it")["id"] == 1


def test_nonsense_is_answered(people, room):
    eve = people.enter("eve", room)
    deep = '{"type":"join","after":' + "[" * 100_000 + "]" * 100_000 + "}"
    for words in ("[" * 100_000, deep, '{"type": ["join"]}', "{}", "null", "", "9" * 5000,
                  '{"type": "join", "after": 1e400}', '{"type": "join", "after": NaN}',
                  '{"type": "message", "key": "a", "key": {}, "text": "b"}'):  # fmt: skip
        eve.socket.send_text(words)
        eve.is_refused(f"{words[:40]} …")
    eve.has_all_and_no_more(0, "after nonsense")


def test_flood_leaves_no_gap(people, room):
    eve = people.enter("eve", room, 0)
    eve.say_many(150)
    for _ in range(5):
        eve.send(type="join", after=0)
    ada, other = people.enter("ada", room, 0), people.enter("ada", f"{room}, next door")
    other.hears_itself("while somebody floods another room")
    eve.socket.sock.close()  # it never reads what it has asked for
    ada.hears_itself("in the flooded room")
    ada.has_all_and_no_more(0, "in the flooded room")


def test_half_a_word_is_waited_for(people, chat):
    knock = f"GET /ws/chat/{quote('tea 1')}/?after=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode()
    with contextlib.ExitStack() as stack:
        for _ in range(200):
            sock = wire.open_socket(chat.server().address, wire.Deadline(10))
            stack.callback(sock.close)
            sock.sendall(knock)
        people.enter("grace", "elsewhere").hears_itself("beside handshakes that never end")
