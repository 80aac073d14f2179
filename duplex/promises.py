"""What the chats of earlier labs promised already, and those of labs 07 and 08 keep."""

from duplex.expect import describe, expect
from duplex.fleet import Crew
from duplex.people import is_closed, speak_at_once
from duplex.talk import has_sentence, holds, typed

BAD_ADDRESS, NOT_LOGGED_IN, NOT_INVITED, TOO_MANY = 4400, 4401, 4403, 4429
MOST = 200  # frames of a connection that says nothing new of what it has seen
NO_FRAMES = ("{", "[]", "null", "1", '"join"', "{}", '{"type": 1}', '{"type": "shout"}')
NO_KEYS = (None, 1, "", " ", "k" * 65, "k\0")
DEEP = 10_000  # brackets, each within the one before
NO_TEXTS = (None, 1, "", " ", "t" * 1001, "t\0", "\ud800")


def keeps_who_is_inside(people: Crew, room: str) -> None:
    """Demand that one process without Redis knows who is in a room, and hears only those."""
    ada, grace = people.enter("ada", room), people.enter("grace", room)
    where = "at one process without Redis"
    for who in (ada, grace):
        welcome = {"type": "welcome", "room": room, "you": who.name, "last": 0}
        expect.that(holds(who.welcome, welcome), who.welcome, describe(welcome), where)
    grace.gets(ada.say()["text"], f"what is heard {where}")
    ada.gets_people(["ada", "grace"], f"who is here {where}")
    grace.leaves()
    left, both = f"{where}, when grace has left", ada.people
    ada.waits(lambda: ada.people != both, f"who is here {left}", "the list ['ada']", ada.listed)
    expect(ada.people, ["ada"], f"who is here {left}")
    ada.gets(ada.say()["text"], f"what ada hears of herself {left}")
    grace.say(key="away")
    grace.is_refused(f"the next frame {where}, when a client that has left speaks", key="away")
    number = ada.gets(ada.say()["text"], f"what ada hears of herself {where}").get("id")
    expect(number, 3, f"the id of the third message {where}, when another was refused")
    grace.people = None
    grace.comes_back()
    for who in (ada, grace):
        who.gets_people(["ada", "grace"], f"what {who.name} is told {where}, when grace is back")


def notices_ends(people: Crew, room: str) -> None:
    """Demand that who closes a tab, or is lost without a word, is here no longer."""
    ada, where = people.enter("ada", room), "who is here, at one process without Redis"
    for name, goes in (("grace", "close"), ("eve", "vanish")):
        tab = people.enter(name, room)
        ada.gets_people(["ada", name], where)
        getattr(tab, goes)()
        ada.gets_people(["ada"], f"{where}, when {name}'s connection is over")


def keeps_its_doors(people: Crew, room: str, name: str) -> None:
    """Demand the close codes of lab 06, for a bad address and for who may not come in.

    `name` is a person who has sent nothing yet.
    """
    for after in ("abc", "", "-1", "9" * 19):
        where = f"a client with ?after={after}"
        socket = people.open("grace", room, after)
        is_closed(socket, BAD_ADDRESS, where, after=("error",))
        told = [one.json() for way, one in socket.frames if (way, one.kind) == ("in", "text")]
        fine = len(told) == 1 and has_sentence(told[0])
        expect.that(fine, told, "one error, with a sentence, before the close", where)
    private, nobody = f"@ada+{room}", "a client that is not logged in"
    for visitor, at, code, where in (
        (people.stranger(), f"{room}, with ada", NOT_LOGGED_IN, nobody),
        (people.visitor("grace"), private, NOT_INVITED, "who is not invited"),
    ):
        people.turned_away(visitor, at, code, where)
        people.intrudes(visitor, people.enter("ada", at), at, code, where)
    people.enter("ada", room.ljust(80, "x"))
    people.shut_out(people.visitor("ada"), room.ljust(81, "x"), "a room with 81 characters")
    visitor = people.visitor(name)
    socket = people.connect(visitor, room)
    visitor.log_out()
    speak_at_once(socket, '{"type": "join"}')
    is_closed(socket, NOT_LOGGED_IN, "a `join` after a log-out", after=("welcome", "here"))


def answers_mistakes(people: Crew, room: str) -> None:
    """Demand an error for each frame that is not right, and that it changes nothing."""
    ada = people.enter("ada", room, 0)
    for frame in NO_FRAMES:
        ada.socket.send_text(frame)
        ada.is_refused(f"the answer to {frame}")
    ada.socket.send_text("[" * DEEP)
    ada.is_refused(f"the answer to {DEEP} lists in one another")
    ada.socket.send_binary(b'{"type": "leave"}')
    ada.is_refused("the answer to a `leave` in a binary frame")
    for after in (-1, 1.5, "1", True, 10**18):
        ada.send(type="join", after=after)
        ada.is_refused(f"the answer to `join` with `after` {describe(after)}")
    ada.send(type="join", after=0)
    ada.hears_welcome("the answer to `join` with `after` 0")
    for key in NO_KEYS:
        ada.send(type="message", key=key, text="without a right key")
        ada.is_refused(f"the answer to a message with the key {describe(key)}")
    for text in NO_TEXTS:
        ada.send(type="message", key="k", text=text)
        ada.is_refused(f"the answer to a message with the text {describe(text)}", key="k")
    ada.say(longest := "t" * 1000, key="k" * 64)
    first = ada.gets(longest, "what is heard of a message with 1000 characters, after mistakes")
    expect(first.get("id"), 1, "the id of the first message that was right")


def wants_a_seen(people: Crew, room: str) -> None:
    """Demand the close of who sends 200 frames, and has seen nothing new in between."""
    where = "frames without a new `seen`, after 20 and a `seen`"
    reader = people.enter("slow", room, 0)
    reader.says_seen = False
    reader.gets(people.enter("ada", room).say()["text"], "what another person says")
    frame, seen = '{"type": "and now?"}', '{"type": "seen", "id": 1}'
    again = [*[frame] * 100, seen, *[frame] * (MOST - 100)]  # the second `seen` says nothing new
    speak_at_once(reader.socket, *[frame] * 20, seen, *again)
    is_closed(reader.socket, TOO_MANY, where, after=("error", "here"))
    came = [one for way, one in reader.socket.frames if (way, one.kind) == ("in", "text")]
    answered = sum(typed(one, where)["type"] == "error" for one in came) - 20
    saw, most = f"{answered} answered before the close", MOST - 1
    expect.that(most - 1 <= answered <= most, saw, f"{most} answered", where)
