"""What a client of lab 06 must see: nothing acknowledged is lost, nothing comes twice."""

import contextlib
from itertools import count

import pytest

from duplex.calls import Desk
from duplex.expect import describe, expect
from duplex.member import in_order, said_lately
from duplex.memory import SECOND, Chat, Members
from duplex.people import People, is_closed, speak_at_once
from duplex.storm import Storm
from duplex.talk import holds

BAD_ADDRESS, NOT_LOGGED_IN, NOT_INVITED = 4400, 4401, 4403
LONGEST = 80  # characters of a room's name
FAR = 10**18 - 1  # an id that no room will ever have
NUMBERS = count(1)


@pytest.fixture(scope="module")
def chat(stand):
    """The project with a database of its own, served by one process or by two."""
    chat = Chat(stand)
    yield chat
    chat.close()


@pytest.fixture
def people(chat):
    """The people of this test, and their connections."""
    with Members(chat) as people:
        yield people


@pytest.fixture
def enter(people):
    """Open a person's tab in a room: enter(name, room, after, at)."""
    return people.enter


@pytest.fixture
def room():
    """The name of a room in which nothing has been said."""
    return f"room {next(NUMBERS)}"


@pytest.mark.task("6.1")
def test_receipt_goes_to_sender(enter, room):
    """Each message is acknowledged to its sender alone, with its key and its id."""
    enter("ada", f"{room}, next door").hears_itself("in another room, before")
    ada, grace = enter("ada", room), enter("grace", room)
    for key in ("k", "x" * 64, "schlüssel 1", "017"):
        message = ada.say(key=key)
        ack = ada.is_acknowledged(key, f"the answer to a message with the key {key!r:.20}")
        heard = grace.hears(message, "what grace hears of ada's message")
        expect(ack.get("id"), heard.get("id"), f"the id in the ack of {key!r:.20}")
        said_lately(heard, "`sent_at` of a message that was said just now")
    expect(grace.acks, {}, "the acks that grace has got for messages of ada's")


BAD_KEYS = {}, {"key": " "}, {"key": 7}, {"key": "x" * 65}, {"key": "\0"}
BAD_TEXTS = {}, {"text": " "}, {"text": 7}, {"text": "x" * 1001}, {"text": "\ud83d"}, {"text": "\0"}
OTHERS = ("hello", "", "7", "[]", '{"text": "hello"}', '{"type": "shout"}', '{"type": ["join"]}',
          "[" * 5000)  # fmt: skip


@pytest.mark.task("6.1")
def test_unstorable_is_not_acknowledged(enter, room):
    """A message without a good key and a good text gets an error, and no acknowledgement."""
    ada = enter("ada", room)
    for bad in BAD_KEYS:
        ada.send(type="message", text="hello", **bad)
        ada.is_refused(f"the answer to a message whose key is in {bad!r:.40}")
    for bad in BAD_TEXTS:
        ada.send(type="message", key="a", **bad)
        ada.is_refused(f"the answer to a message with the key 'a' and {bad!r:.40}", key="a")
    for words in OTHERS:
        ada.socket.send_text(words)
        ada.is_refused(f"the answer to {words!r:.40}")
    ada.socket.send_binary(b'{"type": "leave"}')
    ada.is_refused("the answer to a binary frame")
    in_order([ada.hears_text(ada.say()["text"], "after its mistakes")["id"]], 0, 1, "its id")


@pytest.mark.task("6.1")
def test_no_receipt_before_commit(chat, people, room):
    """While the database cannot store, nothing is acknowledged that a killed server would lose."""
    ada = people.enter("ada", room)
    ada.hears_itself("before anything happens")
    with chat.locked():
        text = ada.say(key="k")["text"]
        acknowledged = ada.listen_for(0.4, lambda: "k" in ada.acks)
        chat.kill()
    again = people.enter("ada", room, 0)
    again.hears_itself("when the server is back")
    where = "the history, after a message was acknowledged that the database could not store yet"
    expect.that(again.heard(text) or not acknowledged, "no such message", "the message", where)


@pytest.mark.task("6.1")
def test_acknowledged_survives_kill(people, room):
    """The server is killed while three people write: what was acknowledged is there, once."""
    storm = Storm(people, room)
    for acks in (1, 4, 9):
        storm.write(("ada", "grace", "eve"), 6)
        storm.kill_after(acks=acks)
    storm.demand_acknowledged()


@pytest.mark.task("6.2")
def test_each_room_counts_for_itself(enter, room):
    """The ids of each room are 1, 2, 3 and so on, whatever is said in other rooms."""
    here, there = enter("ada", room), enter("ada", f"{room}, next door")
    for number in (1, 2, 3):
        for tab in (here, there) if number % 2 else (there, here):
            message = tab.hears_text(tab.say()["text"], "a message in one of two rooms")
            expect(message.get("id"), number, "the id of a message in one of two rooms")


@pytest.mark.task("6.2")
def test_two_servers_write_at_once(chat, enter, room):
    """Two servers that share a database may both be asked to store: each message gets its id."""
    tabs = [enter(name, room, 0, at) for name, at in (("ada", "first"), ("grace", SECOND))]
    for number in range(2):
        with chat.locked():  # both come to it, and neither can write
            texts = [tab.say()["text"] for tab in tabs]
            for tab in tabs:
                tab.listen_for(0.1)
        where = "a message that one of two servers stored, while the other did"
        ids = [tab.hears_text(text, where)["id"]
               for tab, text in zip(tabs, texts, strict=True)]  # fmt: skip
        in_order(sorted(ids), 2 * number, 2 * number + 2, "the ids of two messages said at once")


@pytest.mark.task("6.2")
def test_ids_have_no_gap(enter, room):
    """Four people write through two servers as fast as they can, and the ids have no gap."""
    places = ("ada", "first"), ("grace", SECOND), ("eve", "first"), ("bob", SECOND)
    tabs = [enter(name, room, 0, at) for name, at in places]
    texts = [tab.say_many(8) for tab in tabs]
    for tab, mine in zip(tabs, texts, strict=True):
        for text in mine:
            tab.hears_text(text, "the messages of four people, through two servers")
    reader = enter("zoe", room, 0)
    reader.has_all(0, 32, "the history that four people have written through two servers")
    for mine in texts:
        heard = [one["text"] for one in reader.messages if one["text"] in mine]
        expect(heard, mine, "the messages of one of four people, in the order of their ids")


@pytest.mark.task("6.3")
def test_same_key_is_same_message(enter, room):
    """A message that is sent again is acknowledged again, alike, and nobody hears it again."""
    ada, tab, grace = enter("ada", room), enter("ada", room), enter("grace", room)
    message, ack = ada.say(key="k"), ada.is_acknowledged("k", "the answer to a message")
    for who in (ada, tab, ada):
        who.say("another text", key="k")
        again = who.is_acknowledged("k", "the answer to a message that is sent again")
        expect(again, ack, "the acknowledgement of a message that is sent again")
    grace.hears(message, "what grace hears of a message that is sent four times")
    grace.hears(tab.say(), "what grace hears next")
    history = enter("grace", room, 0)
    history.hears(message, "the history, of a message that was sent four times")
    expect(history.hears({"type": "message"}, "next")["id"], 2, "the id of the next message")


@pytest.mark.task("6.3")
def test_other_key_is_other_message(enter, room):
    """The key of somebody else, or in another room, or another key: that is another message."""
    ada, grace = enter("ada", room), enter("grace", room)
    there = enter("ada", f"{room}, next door")
    acks = []
    for who, key in ((ada, "k"), (grace, "k"), (ada, "K"), (ada, "k2")):
        who.say("hello", key=key)
        where = f"the answer to {who.name}'s message with the key {key!r}"
        acks.append(who.is_acknowledged(key, where))
    grace.has_all(0, 4, "four messages with the same text, by two people, with different keys")
    there.hears_text(there.say(key="k")["text"], "a message with a key known in another room")
    for who, ack in zip((ada, grace), acks, strict=False):
        who.say("hello", key="k")
        where = f"the answer to {who.name}'s message, sent again, whose key two people have used"
        expect(who.is_acknowledged("k", where), ack, where)


@pytest.mark.task("6.3")
def test_copies_at_once(chat, enter, room):
    """A message that is sent from two tabs through two servers at once is stored once."""
    tabs = enter("ada", room), enter("ada", room, 0, SECOND)
    with chat.locked():
        for _ in range(2):
            for tab in tabs:
                tab.say("hello", key="k")
        for tab in tabs:
            tab.listen_for(0.1)
    acks = [tab.is_acknowledged("k", "a message sent four times at once") for tab in tabs]
    expect(acks[0], acks[1], "the acknowledgements of one message")
    enter("grace", room, 0).has_all_and_no_more(0, "the history, of a message sent four times")


@pytest.mark.task("6.3")
def test_sent_again_after_kills(people, room):
    """Who sends all of it again whenever the server was killed has said each message once."""
    storm = Storm(people, room)
    storm.write(("ada", "grace"), 8)
    for acks in (0, 3, 7):
        storm.kill_after(acks=acks)
        storm.write_again()
    storm.demand_each_once()


@pytest.mark.task("6.4")
def test_newest_without_after(enter, room):
    """A client without `after` is welcomed with the newest id, and sent the newest 50 messages."""
    ada = enter("ada", room)
    should = {"type": "welcome", "room": room, "you": "ada", "last": 0}
    where = "the welcome to a room where nothing was said"
    expect.that(holds(ada.welcome, should), ada.welcome, describe(should), where)
    for total, more, first in ((50, 50, 1), (60, 10, 11)):
        ada.hears_text(ada.say_many(more)[-1], "what a client hears of itself")
        grace = enter("grace", room)
        expect(grace.welcome.get("last"), total, f"`last` in the welcome, after {total} messages")
        where = f"the history of {total} messages, for a client without `after`"
        grace.has_all(first - 1, total, where)
        enter("grace", room, 0).has_all(0, total, f"the history of {total} messages, after 0")
    ada.send(type="join")
    ada.hears({"type": "welcome", "last": 60}, "the answer to `join`")
    ada.has_all(10, 60, "the history of 60 messages, after a `join` without `after`")


@pytest.mark.task("6.4")
def test_everything_after_an_id(enter, room):
    """A client with `?after=ID`, or a `join` with `after`, is sent everything after that id."""
    ada = enter("ada", room)
    ada.hears_text(ada.say_many(12)[-1], "what a client hears of itself")
    for after in (0, 1, "007", 11, 15):
        grace = enter("grace", room, after)
        last = grace.has_all_and_no_more(int(after), f"the history with ?after={after}")
    for tab in (ada, enter("grace", room, FAR)):
        tab.send(type="join", after=FAR)
        tab.hears_welcome("the answer to `join` with an `after` of 18 digits")
    for after in (0, last - 1, last):
        ada.send(type="join", after=after)
        ada.hears_welcome(f"the answer to `join` with `after` {after}")
        last = ada.has_all_and_no_more(after, f"the history after a `join` with `after` {after}")


LET_ME_IN = '{"type": "message", "key": "k", "text": "let me in"}'
NO_IDS = ["-1", "abc", "1.5", "", "1e3", "%201", "+1", "0x10", "1_0", "%D9%A3", "1,2", "null",
          "9" * 19, "%C2%B2", "1%00"]  # fmt: skip


@pytest.mark.task("6.4")
def test_bad_after_is_closed(people, room):
    """A client whose `?after=` is no id is accepted, told an error, and closed with 4400."""
    ada = people.enter("ada", room)
    for after in NO_IDS:
        where = f"a client with ?after={after:.20}"
        socket = people.connect(people.visitor("grace"), room, f"?after={after}")
        speak_at_once(socket, LET_ME_IN)
        is_closed(socket, BAD_ADDRESS, where, after=("error",))
        told = [one.json() for way, one in socket.frames if way == "in" and one.kind == "text"]
        fine = len(told) == 1 and isinstance(told[0].get("error"), str) and told[0]["error"]
        expect.that(fine, told, "one error that says a sentence", f"{where}, before the close")
    ada.has_all_and_no_more(0, "what a client hears when others were closed with 4400")


@pytest.mark.task("6.4")
def test_bad_join_is_an_error(enter, room):
    """A `join` whose `after` is no id gets an error, and changes nothing."""
    ada = enter("ada", room)
    for after in (-1, 1.5, "1", True, [], 10**18):
        ada.send(type="join", after=after)
        ada.is_refused(f"the answer to `join` with `after` {describe(after)}")
    ada.has_all_and_no_more(0, "what a client hears, after a `join` that was refused")


@pytest.mark.task("6.4")
def test_doors_are_as_before(people, room):
    """As in lab 05: who may not come in is closed with 4401 or 4403, and is not in the room."""
    private = f"@ada+{room}"
    for name, visitor, code in ((room, people.stranger(), NOT_LOGGED_IN),
                                (private, people.visitor("grace"), NOT_INVITED)):  # fmt: skip
        where = f"a client that is closed with {code}, and joins at once"
        people.intrudes(visitor, people.enter("ada", name), name, code, where)
    longest, ada = room.ljust(LONGEST, "x"), people.visitor("ada")
    people.let_in(ada, longest, "a room whose name has 80 characters")
    people.shut_out(ada, f"{longest}x", "a room whose name has 81 characters")


@pytest.mark.task("6.4")
def test_people_are_as_before(people, room):
    """As in lab 05: a room knows who is in it, until they have gone or logged out."""
    ada, grace = people.enter("ada", room), people.enter("grace", room)
    ada.sees(["ada", "grace"], "what ada is told when grace has come")
    people.enter("ada", room).sees(["ada", "grace"], "what a second tab of ada's is told")
    grace.close()
    ada.sees(["ada"], "what ada is told when grace has gone")
    mallory = people.visitor("mallory")
    socket = people.connect(mallory, room)
    ada.sees(["ada", "mallory"], "what ada is told when somebody has come")
    mallory.log_out()
    speak_at_once(socket, '{"type": "join"}')
    is_closed(socket, NOT_LOGGED_IN, "a `join` after a log-out", after=("welcome", "here"))
    ada.sees(["ada"], "what ada is told when somebody has logged out")


@pytest.mark.task("6.5")
def test_long_history_comes_whole(enter, room):
    """A history of more than 200 messages is sent whole, in order, and then what is new."""
    ada = enter("ada", room)
    for _ in range(2):
        ada.hears_text(ada.say_many(110)[-1], "what a client hears of itself")
    for after in (0, 10, 110):
        grace = enter("grace", room, after)
        last = grace.has_all_and_no_more(after, f"a long history, with ?after={after}")
    ada.send(type="join", after=0)
    ada.hears_welcome("the answer to `join`")
    ada.has_all(0, last, "a long history, after a `join`")


@pytest.mark.task("6.6")
def test_said_just_before_a_join(enter, room):
    """What is said around a `join` is in the history or is new, and comes once."""
    ada = enter("ada", room)
    for after in (0, 5, 13):
        ada.say_many(6)
        ada.send(type="join", after=after)
        ada.say_many(3)
        ada.hears_welcome("the answer to `join`")
        ada.has_all_and_no_more(after, f"when a client speaks, joins after {after}, and speaks")


@pytest.mark.task("6.6")
def test_missed_while_away(enter, room):
    """Who leaves and joins again is sent what it has missed, and nothing while it is away."""
    ada, grace = enter("ada", room), enter("grace", room)
    last = 1
    for _ in range(3):
        grace.say_many(4)
        ada.leaves_while_speaking(2, "what a client hears that speaks, and leaves")
        text = ada.say(key="away")["text"]
        ada.is_refused("the next frame, when a client that has left speaks", key="away")
        grace.hears_itself("when ada has left")
        ada.send(type="join", after=last)
        where = "what a client hears first, when it has left and joins again"
        ada.hears({"type": "welcome"}, where)
        last = ada.has_all_and_no_more(last, "what was said while a client was away")
        expect(ada.heard(text), [], "what was stored of a client that had left")


@pytest.mark.task("6.6")
def test_comes_while_others_write(enter, room):
    """Who comes while others write is sent each message once, whichever side of its coming."""
    writers = [enter(name, room, 0) for name in ("ada", "grace")]
    comers = []
    for _ in range(4):
        for writer in writers:
            writer.say_many(5)
        comers.append(enter("eve", room, 0))
    for client in (*writers, *comers):
        client.has_all(0, 40, "a client that came while others wrote")
    last = comers[0].has_all_and_no_more(0, "a client that came while others wrote")
    for client in (*writers, *comers):
        client.has_all(0, last, "a client that came while others wrote")


@pytest.mark.task("6.6")
def test_news_fills_the_gap(enter, room):
    """What was said at another server comes, in order, with the next news at one's own."""
    ada, grace = enter("ada", room, 0), enter("grace", room, 0, SECOND)
    for _ in range(2):
        ada.hears_text(ada.say_many(3)[-1], "what ada hears of herself, at one server")
        grace.has_all_and_no_more(0, "grace, at another server than ada, when both have spoken")
        ada.has_all_and_no_more(0, "ada, at another server than grace, when both have spoken")


@pytest.mark.task("6.6")
def test_nothing_missed_over_kills(people, room):
    """Servers are killed while people write and read; each goes on and sees each message once."""
    storm = Storm(people, room)
    for messages in (0, 3, 6, 9):
        storm.write(("ada", "grace"), 5)
        storm.read(("eve", "zoe"))
        storm.kill_after(messages=messages)
    storm.demand_no_gap()


@pytest.fixture(scope="module")
def desk(browser):
    """A place for one page after the other."""
    with contextlib.closing(Desk(browser)) as desk:
        yield desk


@pytest.fixture
def calls(serve_as, desk):
    """A page of ada's in a room; this test is the server that its WebSockets speak to."""
    server = serve_as("runserver")
    return desk.calls(server.url, People(server).visitor("ada").cookies)


@pytest.mark.task("6.7")
def test_waits_grow_and_have_a_limit(calls):
    """A page that is never welcomed waits twice as long each time, up to half a minute."""
    waits = calls.failing_waits(5) + calls.failing_waits(4, code=1011)
    for number, wait in enumerate(waits):
        most = min(0.5 * 2**number, 30)
        where = f"the wait after failed attempt {number + 1}"
        expect.that(0.4 * most <= wait <= 1.2 * most, f"{wait:.2f} s",
                    f"between {most / 2:g} and {most:g} s", where)  # fmt: skip


@pytest.mark.task("6.7")
def test_waits_differ_by_chance(calls):
    """Two pages that lose the same server do not come back at the same moments."""
    first, second = calls.failing_waits(4), calls.load().failing_waits(4)
    alike = [abs(one - other) < 0.001 for one, other in zip(first, second, strict=True)]
    shown = ", ".join(f"{wait:.3f}" for wait in first)
    expect.that(not all(alike), f"{shown} s, in both", "waits that differ", "two pages' waits")


@pytest.mark.task("6.7")
def test_short_waits_after_a_welcome(calls):
    """A page that was welcomed, and loses the connection, begins with a short wait again."""
    calls.failing_waits(4)
    for code in (1006, 1001, 1011, 1012, 1000):
        calls.welcome()
        wait = calls.wait_after(code)
        where = f"the wait after a welcome, then a close with {code}"
        expect.that(0.2 <= wait <= 0.6, f"{wait:.2f} s", "between 0.25 and 0.5 s", where)


@pytest.mark.task("6.7")
def test_stays_away_when_told(calls):
    """A page that is closed with 4400, 4401 or 4403, or disconnected by hand, stays away."""
    for code in (4400, 4401, 4403):
        calls.welcome()
        calls.stays_away(lambda code=code: calls.close(code), f"after a close with {code}")
        calls.press("Connect")
    calls.welcome()
    calls.stays_away(lambda: calls.press("Disconnect"), "after Disconnect was pressed")
    calls.press("Connect")
    calls.close(1006)
    calls.stays_away(lambda: calls.press("Disconnect"), "when Disconnect was pressed meanwhile")


@pytest.mark.task("6.7")
def test_goes_on_where_it_was(calls):
    """A page comes back with the newest id that it has shown, and shows nothing twice."""
    expect(calls.after(), None, "`after`, when nothing has come")
    calls.welcome(last=2)
    calls.hear_messages(1, 2, 3)
    for sent in ((2, 3, 4), (), (1, 4, 5, 6)):
        calls.wait_after(1006)
        newest = max(calls.heard)
        expect(calls.after(), str(newest), f"`after`, when message {newest} was the newest")
        calls.welcome(last=newest)
        calls.hear_messages(*sent)
        calls.shows_each_once()


OF_THREE = "what a page sends again, when one of three was acknowledged"


@pytest.mark.task("6.8")
def test_says_again_with_same_key(calls):
    """What is not acknowledged when the connection is lost is sent again, with the same key."""
    calls.welcome()
    texts = ["one", "two", "three"]
    for text in texts:
        calls.say(text)
    first = calls.said(3, "what a page sends when three things are said")
    expect([text for _, text in first], texts, "what a page sends when three things are said")
    expect.that(len({key for key, _ in first}) == 3, first, "three keys", "their keys")
    calls.acknowledge(first[0][0], 1)
    for where in (OF_THREE, f"{OF_THREE}, once more"):
        calls.come_back()
        expect(calls.said(2, where), first[1:], where)


@pytest.mark.task("6.8")
def test_says_later_what_was_typed(calls):
    """What is typed while there is no connection is sent when there is one, in order."""
    calls.welcome()
    calls.close(1006)
    for text in ("one", "two"):
        calls.say(text)
    calls.come_back()
    said = calls.said(2, "what a page sends that was typed without a connection")
    texts = [text for _, text in said]
    expect(texts, ["one", "two"], "what a page sends that was typed without a connection")
    for number, (key, _) in enumerate(said):
        calls.acknowledge(key, number + 1)
    calls.come_back()
    expect(calls.said(), [], "what a page sends again, when all was acknowledged")


@pytest.mark.task("6.8")
def test_says_it_in_its_room(calls):
    """What was said in one room is sent again there, and never in another room."""
    calls.welcome()
    calls.say("only here")
    calls.go("elsewhere")
    calls.welcome()
    expect(calls.said(), [], "what a page sends in another room than the one it was said in")
    calls.go("lobby")
    calls.welcome()
    texts = [text for _, text in calls.said(1, "what a page sends when it is in that room again")]
    expect(texts, ["only here"], "what a page sends when it is in that room again")
