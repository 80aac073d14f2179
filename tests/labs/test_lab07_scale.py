"""What a client of lab 07 must see: one chat over many processes, whatever becomes of them."""

import contextlib
import json
import time
from itertools import count

import pytest

from duplex import promises, wire
from duplex.calls import Desk
from duplex.deadline import wait_until
from duplex.errors import CourseError
from duplex.expect import describe, expect
from duplex.fleet import Crew, Fleet, Survivor, away, is_told_later
from duplex.member import new_key
from duplex.memory import SECOND
from duplex.people import People, is_closed, speak_at_once
from duplex.redis import Redis
from duplex.talk import has_sentence, holds, next_frame, typed

WINDOW, BURST, RATE, DEBT, MOST, LONGEST = 100, 20, 10, 100, 200, 16 * 1024
TOO_LONG, TOO_MANY = 4413, 4429
UNANSWERED = 10  # seconds, scaled, in which a chat notices that Redis does not answer
PARTY = "\N{PARTY POPPER}"  # four bytes
SLOW_RATE, SHORT_BURST = 2, 5
UNBOUND = {"CHAT_BURST": "1000", "CHAT_RATE": "1000"}
NUMBERS = count(1)


@pytest.fixture(scope="module")
def redis(stand):
    """A real redis-server; without one, the tasks that need it are not checked."""
    try:
        with Redis(stand.ground) as redis:
            yield redis
    except CourseError as error:
        pytest.skip(str(error))


def fleet_of(stand, name: str, **env: str):
    """Yield a chat of its own, whose processes have these variables."""
    with contextlib.closing(Fleet(stand, name, **env)) as fleet:
        yield fleet


@pytest.fixture(scope="module")
def calm(stand, redis):
    """Two processes whose heart beats so seldom that what comes has come by the layer."""
    env = {"CHAT_REDIS": redis.url, "CHAT_HEARTBEAT_SECONDS": "600"}
    yield from fleet_of(stand, "calm", **env, **UNBOUND)


@pytest.fixture(scope="module")
def quick(stand, redis):
    """Two processes whose heart beats five times in a second."""
    env = {"CHAT_REDIS": redis.url, "CHAT_HEARTBEAT_SECONDS": "0.2"}
    yield from fleet_of(stand, "quick", **env, **UNBOUND)


@pytest.fixture(scope="module")
def alone(stand):
    """One process without Redis, at which people may speak as much as they like."""
    yield from fleet_of(stand, "alone", **UNBOUND)


@pytest.fixture(scope="module")
def plain(stand):
    """One process without Redis, as it is when nothing else is said."""
    yield from fleet_of(stand, "plain")


@pytest.fixture(scope="module")
def strict(stand):
    """One process whose buckets fill slowly: no computer is too slow to be too fast for it."""
    yield from fleet_of(stand, "strict", CHAT_RATE=str(SLOW_RATE))


@pytest.fixture(scope="module")
def short(stand):
    """One process at which people may say less at once than usual."""
    yield from fleet_of(stand, "short", CHAT_BURST=str(SHORT_BURST))


@pytest.fixture
def crew(request):
    """The people of a fleet: crew(name of the fleet); their connections end with the test."""
    with contextlib.ExitStack() as stack:
        yield lambda name: stack.enter_context(Crew(request.getfixturevalue(name)))


@pytest.fixture
def room():
    """The name of a room in which nothing has been said."""
    return f"room {next(NUMBERS)}"


def is_acked(member, key: str, number: int, where: str) -> None:
    """Demand an acknowledgement that names this key and this id."""
    ack = {"type": "ack", "key": key, "id": number}
    member.waits(lambda: key in member.acks, where, ack)
    expect.that(holds(member.acks[key], ack), member.acks[key], describe(ack), where)


@pytest.mark.task("7.1")
def test_heard_at_every_process(crew, room):
    """What is said at one of two processes is heard at both, at once, with the same id."""
    people = crew("calm")
    ada, grace = people.enter("ada", room, 0), people.enter("grace", room, 0, SECOND)
    for number, speaker in enumerate((ada, grace, ada), 1):
        text = speaker.say(key=(key := new_key()))["text"]
        for who in (ada, grace):
            place = "the same process" if who is speaker else "another process"
            where = f"a message, at {place} than the one where it was said"
            expect(who.gets(text, where).get("id"), number, f"the id of {where}")
        where = f"the answer to message {number}, at one of two processes"
        is_acked(speaker, key, number, where)


@pytest.mark.task("7.1")
def test_ids_have_no_gap(crew, room):
    """Two write at each of two processes, and everybody is sent each id once, in order."""
    people, members = crew("calm"), []
    for name, at in (("ada", "first"), ("grace", SECOND), ("eve", "first"), ("zoe", SECOND)):
        members.append(people.enter(name, room, 0, at))
    for _ in range(2):
        for member in members:
            member.say_many(5)
    for member in members:
        member.gets_all(0, 40, f"what {member.name} is sent, when four write at two processes")


@pytest.mark.task("7.1")
def test_goes_on_elsewhere(crew, room):
    """Who comes back at another process with `after` is sent what has been said since."""
    people = crew("calm")
    ada, grace = people.enter("ada", room, 0), people.enter("grace", room, 0, SECOND)
    last = ada.gets(ada.say_many(3)[-1], "what ada hears of herself")["id"]
    ada.close()
    grace.gets(grace.say_many(3)[-1], "what grace hears of herself")
    ada = people.enter("ada", room, last, SECOND)
    ada.gets_all(last, last + 3, "what ada is sent, who comes back at another process")


@pytest.mark.task("7.1")
def test_one_needs_no_redis(crew, room):
    """Without `CHAT_REDIS` one process works as before."""
    promises.keeps_who_is_inside(crew("alone"), room)


@pytest.mark.task("7.1")
def test_closed_tab_is_gone(crew, room):
    """Without Redis, too, who is gone without a word is here no longer."""
    promises.notices_ends(crew("alone"), room)


@pytest.mark.task("7.1")
def test_doors_are_as_before(crew, room, name):
    """As in lab 06: who has a bad address, or may not come in, is closed with its code."""
    promises.keeps_its_doors(crew("alone"), room, name)


@pytest.mark.task("7.1")
def test_mistakes_are_as_before(crew, room):
    """As in lab 06: a frame that is not right gets an error, and changes nothing."""
    promises.answers_mistakes(crew("alone"), room)


@pytest.mark.task("7.2")
def test_people_of_all_processes(crew, room):
    """Who is here are the people at all processes, each once; they go with their last tab."""
    people = crew("quick")
    people.enter("zoe", f"another {room}", None, SECOND)
    ada, grace = people.enter("ada", room), people.enter("grace", room, None, SECOND)
    for who in (ada, grace):
        where = f"what {who.name} is told, with each at a process, and zoe in another room"
        who.gets_people(["ada", "grace"], where)
    tab = people.enter("ada", room, None, SECOND)
    tab.gets_people(["ada", "grace"], "who is here: ada at two processes, and grace at one")
    ada.leaves()
    grace.leaves()
    left = "when grace has left, and ada with one of two tabs"
    tab.gets_people(["ada"], f"who is here, {left}")
    tab.listen_for(1, lambda: tab.people != ["ada"])
    expect(tab.people, ["ada"], f"who is here some heartbeats later, {left}")
    grace.comes_back()
    for who in (tab, grace):
        who.gets_people(["ada", "grace"], f"what {who.name} is told, when grace is back")
    tab.close()
    grace.gets_people(["grace"], "who is here, when ada has left with her last tab")


@pytest.mark.task("7.2")
def test_who_goes_is_forgotten_at_once(crew, room):
    """Who leaves, or closes the page, is off the lists at all processes before a heart beats."""
    people = crew("calm")
    ada, grace = people.enter("ada", room), people.enter("grace", room, None, SECOND)
    every = "another process, with a heartbeat each ten minutes"
    ada.gets_people(["ada", "grace"], f"who is here, when grace has come to {every}")
    grace.leaves()
    ada.gets_people(["ada"], f"who is here, when grace has left at {every}")
    grace.comes_back()
    ada.gets_people(["ada", "grace"], f"who is here, when grace is back at {every}")
    grace.close()
    ada.gets_people(["ada"], f"who is here, when grace has closed the page at {every}")


@pytest.mark.task("7.2")
def test_tab_stays_when_another_goes(crew, room):
    """Who leaves with one of two tabs at a process is here still, before a heart beats."""
    people = crew("calm")
    first, _ = (people.enter("grace", room, None, SECOND) for _ in range(2))
    first.leaves()
    where = "who is here, when grace has left with one of her two tabs at another process"
    people.enter("ada", room).gets_people(["ada", "grace"], where)


@pytest.mark.task("7.2")
def test_killed_process_takes_people(crew, quick, room):
    """A process is killed: its people are gone from the list by themselves, the others stay."""
    people = crew("quick")
    ada, zoe = people.enter("ada", room), people.enter("zoe", room)
    people.enter("grace", room, None, SECOND), people.enter("ada", room, None, SECOND)
    for who in (ada, zoe):
        who.gets_people(["ada", "grace", "zoe"], "who is here, with people at two processes")
    quick.kill(SECOND)
    for who in (ada, zoe):
        where = "who is here, some heartbeats after the other process was killed"
        who.gets_people(["ada", "zoe"], where)
    grace = people.enter("grace", room)
    grace.gets_people(["ada", "grace", "zoe"], "who is here, when grace has come back elsewhere")


@pytest.mark.task("7.3")
def test_missed_news_come(crew, redis, room):
    """What is said while Redis is away reaches everybody, though nobody says anything later."""
    people = crew("quick")
    ada, grace = (Survivor(people, name, room, at)
                  for name, at in (("ada", "first"), ("grace", SECOND)))  # fmt: skip
    ada.say()
    for who in (ada, grace):
        who.has_all(1, "before Redis goes")
    with away(redis):
        ada.say(2)
        if ada.reader:
            ada.reader.listen_for(0.3, lambda: len(ada.reader.acks) == 3)
    ada.says_again()
    ada.is_acknowledged("what was said while Redis was away, and once more when it was back")
    for who in (grace, ada):
        where = f"what {who.name} is sent some heartbeats after Redis is back, when nobody speaks"
        who.has_all(3, where)


@pytest.mark.task("7.3")
def test_silent_redis_delays_nobody(crew, redis, room):
    """Redis takes connections and never answers: who is there is served on, and all is heard."""
    people = crew("quick")
    ada, grace = (Survivor(people, name, room, at)
                  for name, at in (("ada", "first"), ("grace", SECOND)))  # fmt: skip
    with redis.silent():
        keys, reader = ada.say(2), ada.reader
        served = reader.listen_for(UNANSWERED, lambda: reader.acks.keys() >= {*keys})
        saw = f"{len(reader.acks)} of them acknowledged within {UNANSWERED} s"
        should = "an `ack` for each, or a close with 4503"
        where = "two messages, said while Redis takes connections and never answers"
        expect.that(served or is_told_later(reader.socket), saw, should, where)
    ada.says_again()
    for who in (ada, grace):
        who.has_all(2, f"what {who.name} is sent some heartbeats after Redis answers again")


@pytest.mark.task("7.3")
def test_redis_restarts_under_load(crew, redis, room):
    """Redis comes back empty while people write: what is acknowledged reaches all, in order."""
    people = crew("quick")
    places = ("ada", "first"), ("grace", SECOND), ("eve", "first"), ("zoe", SECOND)
    everybody = [Survivor(people, name, room, at) for name, at in places]
    for who in everybody:
        who.say(3)
    with away(redis):
        for who in everybody:
            who.say(3)
    for who in everybody:
        who.say(3)
        who.says_again()
    for who in everybody:
        who.is_acknowledged(f"what {who.name} said before, while and after Redis was away")
    for who in everybody:
        who.has_all(36, f"all that {who.name} was sent, when Redis was started again meanwhile")


@pytest.mark.task("7.3")
def test_newcomer_while_redis_away(crew, redis, room):
    """Who comes while Redis is away is served or closed with 4503, and is welcome afterwards."""
    people = crew("quick")
    Survivor(people, "ada", room)  # Redis may just be back: then who comes is told "later" at first
    where = "a client that comes while Redis is away"
    should = "a welcome, or a close frame with code 4503"
    with away(redis):
        try:
            socket = people.open("grace", room, 0)
        except wire.Refused as refusal:
            expect.that(False, f"HTTP {refusal.status} at the handshake", should, where)
        frame = socket.receive()
        served = frame.kind == "text" and typed(frame, where)["type"] == "welcome"
        expect.that(served or is_told_later(socket), frame, should, where)
    Survivor(people, "grace", room)


@pytest.mark.task("7.3")
def test_people_are_known_again(crew, redis, room):
    """Redis comes back empty: some heartbeats later everybody knows again who is here."""
    people = crew("quick")
    there = [Survivor(people, name, room) for name in ("ada", "grace")]
    for who in there:
        who.reader.gets_people(["ada", "grace"], "who is here, before Redis goes")
    with away(redis):
        for who in there:
            who.say()
    for who in there:
        who.says_again()
        who.is_acknowledged("what was said while Redis was away")
    there.append(Survivor(people, "eve", room))
    for who in there:
        where = f"what {who.name} is told, some heartbeats after Redis came back empty"
        who.gets_people(["ada", "eve", "grace"], where)


@pytest.mark.task("7.3")
def test_process_killed_in_chat(crew, quick, room):
    """A process is killed in mid-chat: what it acknowledged reaches those at the other ones."""
    people = crew("quick")
    ada, grace = Survivor(people, "ada", room), Survivor(people, "grace", room, SECOND)
    grace.say(12)
    grace.waits(lambda: len(grace.acked) >= 3, "who writes", {"type": "ack"})
    quick.kill(SECOND)
    grace.leaves_for("first")
    where = "what a process acknowledged that was killed, at the other one, when nobody speaks"
    least = len(grace.acked)
    ada.waits(lambda: len(ada.ids()) >= least, where, f"the messages 1 to {least}")
    grace.comes_back("who comes back at another process than the killed one")
    grace.is_acknowledged("what is said again, when the process was killed")
    for who in (ada, grace):
        who.has_all(12, f"all that {who.name} was sent, when a process was killed in mid-chat")


@pytest.fixture
def long_room(alone):
    """The name of a room in which 130 messages have been said; it is made once for a chat."""
    if not hasattr(alone, "long_room"):
        with Crew(alone) as people:
            ada = people.enter("ada", "a long room", 0)
            ada.say_many(130)
            ada.gets_all(0, 130, "what is sent to a client that says `seen`")
        alone.long_room = "a long room"
    return alone.long_room


@pytest.fixture
def slow(crew):
    """Enter a room as somebody who never says `seen` by itself: slow(room, after)."""

    def enter(room: str, after: object = None):
        reader = crew("alone").enter("slow", room, after)
        reader.says_seen = False
        return reader

    return enter


def stops_at(reader, after: int, last: int, where: str) -> None:
    """Demand the messages from `after` + 1 to `last`, and then, to a bad frame, its answer."""
    reader.gets_all(after, last, where)
    is_answered(reader, where)
    if len(reader.ids()) > last - after:
        is_answered(reader, where)  # by then it is seen whether it is one or many
    more = reader.ids()[last - after :]
    ends = " to ".join(map(str, more[:1] + more[1:][-1:]))
    expect.that(not more, f"{len(more)} more ({ends}), and no `seen` before", "no more", where)


def is_answered(reader, where: str) -> None:
    """Send a bad frame, and wait for its answer."""
    known = len(reader.errors)
    reader.send(type="is there more?")
    reader.waits(lambda: len(reader.errors) > known, where, "no more, but an error")


@pytest.mark.task("7.4")
def test_slow_reader_gets_a_window(crew, slow, room):
    """Who does not say what it has seen is sent 100 messages, and no more; the others are."""
    ada, lazy = crew("alone").enter("ada", room, 0), slow(room, 0)
    for _ in range(2):
        ada.say_many(55)
    ada.gets_all(0, 110, "what is sent to a client that says `seen`, beside one that does not")
    stops_at(lazy, 0, 100, "what is sent to a client that says no `seen`")
    lazy.send(type="seen", id=100)
    lazy.gets_all(0, 110, "what is sent when all 100 have been seen")
    last = ada.say()["text"]
    lazy.gets(last, "what is said later, to a client that has room for 90 messages")


@pytest.mark.task("7.4")
def test_history_fills_the_window(slow, long_room):
    """Of a long history come 100 messages, and as many more as have been seen."""
    for after in (0, 10):
        reader = slow(long_room, after)
        stops_at(reader, after, after + 100, f"what is sent of 130 messages, with ?after={after}")
    reader.send(type="join", after=20)
    reader.hears_welcome("the answer to a `join` with `after` 20")
    stops_at(reader, 20, 30, "what is sent when 10 of 100 have been seen, as a `join` says")
    reader = slow(long_room, 0)
    stops_at(reader, 0, 100, "what is sent of 130 messages, with ?after=0")
    for seen in (7, 19):
        reader.send(type="seen", id=seen)
        stops_at(reader, 0, 100 + seen, f"what is sent when {seen} of the messages have been seen")
    reader.send(type="seen", id=119)
    reader.gets_all(0, 130, "what is sent when all have been seen")


@pytest.mark.task("7.4")
def test_newest_count_as_well(crew, slow, long_room):
    """Who comes without `after` is sent the newest 50, and then 50 more without a `seen`."""
    reader, ada = slow(long_room), crew("alone").enter("ada", long_room, 130)
    begin = reader.welcome.get("last")
    expect.that(type(begin) is int, reader.welcome, "the newest id as `last`", "a welcome")
    reader.gets_all(begin - 50, begin, "what is sent to a client without `after`")
    ada.say_many(54)
    ada.gets_all(130, begin + 54, "what is sent to a client that says `seen`")
    stops_at(reader, begin - 50, begin + 50, "what is sent to a client that came without `after`")
    reader.send(type="seen", id=begin + 1)
    reader.gets_all(begin - 50, begin + 54, "what is sent when 51 of 100 have been seen")


@pytest.mark.task("7.4")
def test_seen_must_have_been_sent(slow, long_room):
    """A `seen` with an id that was not sent yet, or with an older one, changes nothing."""
    reader = slow(long_room, 0)
    for number in (1_000_000, 10**17, 101):
        reader.send(type="seen", id=number)
    stops_at(reader, 0, 100, "what is sent to a client that has seen the future")
    for number in (10, 5, 0, 10, 111, 10**17):
        reader.send(type="seen", id=number)
    stops_at(reader, 0, 110, "what is sent when 10 messages have been seen, whatever else is said")
    expect(len(reader.errors), 2, "how many errors come for two bad frames and nine `seen`")


@pytest.mark.task("7.4")
def test_bad_seen_is_an_error(crew, room):
    """A `seen` without an id gets an error, and changes nothing."""
    ada = crew("alone").enter("ada", room, 0)
    for bad in ({}, {"id": "1"}, {"id": None}, {"id": -1}, {"id": 1.5}, {"id": True}, {"id": [1]}):
        ada.send(type="seen", **bad)
        ada.is_refused(f"the answer to `seen` with {describe(bad)}")
    ada.hears_itself("after its mistakes")


@pytest.mark.task("7.4")
def test_people_wait_as_well(crew, slow, long_room):
    """While the 100 are full, nobody is told who comes; with the next `seen` comes the list."""
    people = crew("alone")
    ada, reader = people.enter("ada", long_room), slow(long_room, 0)
    stops_at(reader, 0, 100, "what is sent of a long history")
    known = reader.people
    ada.gets_people(["ada", "slow"], "what ada is told, before others come")
    for name in ("bob", "eve"):
        people.enter(name, long_room)
        ada.gets_people(sorted({*ada.people, name}), f"what ada is told when {name} has come")
    stops_at(reader, 0, 100, "what is sent to a client that says no `seen`, when others come")
    expect(reader.people, known, "the newest list of a client that has 100 messages to read")
    reader.send(type="seen", id=100)
    reader.gets_people(["ada", "bob", "eve", "slow"], "who is here, after a `seen`")


@pytest.mark.task("7.4")
def test_people_do_not_wait_before(crew, slow, room):
    """Who has 99 messages to read is told at once who comes, and is sent one message more."""
    people = crew("alone")
    ada, reader = people.enter("ada", room, 0), slow(room, 0)
    ada.say_many(WINDOW - 1)
    stops_at(reader, 0, WINDOW - 1, f"what is sent, when {WINDOW - 1} things have been said")
    people.enter("bob", room)
    where = f"what is told to a client that has {WINDOW - 1} messages to read, when bob comes"
    reader.gets_people(["ada", "bob", "slow"], where)
    ada.say_many(2)
    stops_at(reader, 0, WINDOW, "what is sent to a client that has 99 messages to read")


def say_keys(member, frames: int) -> list[str]:
    """Send so many messages in one go; return their keys."""
    keys = [new_key() for _ in range(frames)]
    for key in keys:
        member.say(key=key)
    return keys


def answers(member, keys: list[str], known: int = 0) -> tuple[int, list[dict]]:
    """Wait for an answer to each message; return how many were taken, and the new errors."""

    def taken() -> int:
        return sum(key in member.acks for key in keys)

    where = f"the answers to {len(keys)} messages"
    should = "an `ack` or an error for each"
    member.waits(lambda: len(member.errors) - known + taken() >= len(keys), where, should)
    errors = member.errors[known:]
    both = [error for error in errors if error.get("key") in member.acks]
    expect.that(not both, "an error and an `ack` for one message", "the one or the other", where)
    return taken(), errors


def is_told(member, key: str) -> None:
    """Wait until a message is acknowledged or refused."""
    where, should = "the answer to a message after many frames", "an `ack` or an error"

    def refused() -> bool:
        return any(error.get("key") == key for error in member.errors)

    member.waits(lambda: key in member.acks or refused(), where, should)


def flood(member, frames: int) -> tuple[int, list[dict], float]:
    """Send so many messages in one go; return how many were taken, the errors, the seconds."""
    begun, known = time.monotonic(), len(member.errors)
    taken, errors = answers(member, say_keys(member, frames), known)
    return taken, errors, time.monotonic() - begun


def allowed(seconds: float, rate: float = RATE, burst: int = BURST) -> float:
    """Return how many frames one person may send in so many seconds."""
    return burst + rate * seconds + 1


def is_little(taken: int, begun: float, where: str) -> None:
    """Demand that no more was taken since then than a slow bucket lets one person send."""
    seconds = time.monotonic() - begun
    most = allowed(seconds, SLOW_RATE)
    right = f"at most {most:.0f}, with CHAT_RATE={SLOW_RATE}"
    expect.that(taken <= most, f"{taken}", right, f"{where} within {seconds:.1f} s")


@pytest.fixture
def name():
    """The name of a person who has sent nothing yet."""
    return f"ada{next(NUMBERS)}"


@pytest.mark.task("7.5")
def test_twenty_at_once(crew, room, name):
    """Twenty messages at once are taken, and not a hundred; what is refused is not heard."""
    people = crew("plain")
    ada = people.enter(name, room, 0)
    taken, errors, seconds = flood(ada, 100)
    where = f"how many of 100 messages were taken, that one person sent within {seconds:.1f} s"
    right = f"at least {BURST}, and at most {allowed(seconds):.0f}"
    expect.that(BURST <= taken <= allowed(seconds), f"{taken}", right, where)
    for error in errors:
        about = isinstance(error.get("wait"), int | float) and 0 < error["wait"] <= 60
        about = about and error.get("key") in ada.said and has_sentence(error)
        should = "an error with `error`, `key` and `wait`, some seconds"
        expect.that(about, error, should, "a refused message")
    history = people.enter(f"reader of {name}".replace(" ", "."), room, 0)
    history.gets_all(0, taken, f"the history, when {taken} of 100 messages were taken")
    first = history.gets(history.say()["text"], "what a reader says, when others were refused")
    expect(first.get("id"), taken + 1, f"the id of the next message, when {taken} were taken")


@pytest.mark.task("7.5")
def test_burst_can_be_set(crew, room, name):
    """As many frames at once are taken as CHAT_BURST says, also when it says fewer than usual."""
    ada = crew("short").enter(name, room, 0)
    taken, _, seconds = flood(ada, 30)
    most = allowed(seconds, burst=SHORT_BURST)
    right = f"at least {SHORT_BURST}, and at most {most:.0f}, with CHAT_BURST={SHORT_BURST}"
    where = f"how many of 30 messages were taken, that one person sent within {seconds:.1f} s"
    expect.that(SHORT_BURST <= taken <= most, f"{taken}", right, where)


@pytest.mark.task("7.5")
def test_next_is_taken_after_wait(crew, room, name):
    """Who has been told to wait, and has waited as long, is heard again; whoever spoke before."""
    people = crew("strict")
    for other in ("grace", "zoe"):
        flood(people.enter(other, room, 0), BURST + 2)
    ada = people.enter(name, room, 0)
    begun, taken, errors = time.monotonic(), 0, []
    while not errors:
        more, errors, _ = flood(ada, BURST + 2)
        taken += more
        is_little(taken, begun, "how many messages of one person were taken")
    waited = errors[-1].get("wait")
    good = isinstance(waited, int | float) and 0 < waited <= 60
    expect.that(good, errors[-1], "an error with `wait`, some seconds", "a refused message")
    until = time.monotonic() + waited + 0.05
    wait_until(lambda: time.monotonic() > until, 60)
    ada.hears_itself(f"after the {waited} seconds that it was told to wait")


@pytest.mark.task("7.5")
def test_refusal_says_why(crew, room, name):
    """Whatever kind of frame is refused, its answer has a sentence and the time to wait."""
    ada = crew("strict").enter(name, room, 0)
    kinds = '{"type": "message", "key": "k", "text": "too much"}', '{"type": "join"}', "{"
    while not any("wait" in error for error in ada.errors):
        speak_at_once(ada.socket, *kinds * (BURST // 2))
        is_told(ada, *say_keys(ada, 1))
    for error in ada.errors:
        wait = error.get("wait", 1)
        fine = has_sentence(error) and isinstance(wait, int | float) and 0 < wait <= 60
        fine = fine and error.get("key", "k") in ada.said.keys() | {"k"}
        should = "an error with `error`, and with `wait` if it is about that"
        expect.that(fine, error, should, "the answer to a frame of many")


@pytest.mark.task("7.5")
def test_tabs_share_one_limit(crew, room, name):
    """A second tab, or a new connection, brings a person no more frames; others have their own."""
    people = crew("strict")
    tabs = [people.enter(name, room, 0) for _ in range(4)]
    begun, floods = time.monotonic(), [say_keys(tab, 20) for tab in tabs]
    taken = sum(answers(*one)[0] for one in zip(tabs, floods, strict=True))
    tabs[0].close()
    taken += flood(people.enter(name, room, 0), 15)[0]
    is_little(taken, begun, "how many of a person's 95 messages were taken, over five connections")
    grace = people.enter(f"{name}.grace", room, 0)
    expect(flood(grace, 5)[0], 5, "how many of 5 messages of another person were taken")


@pytest.mark.task("7.5")
def test_flood_is_cut_off(crew, room, name):
    """Who goes on and on is closed with 4429, and the others chat on meanwhile."""
    people = crew("strict")
    ada, grace = people.enter(name, room, 0), people.enter(f"{name}.grace", room, 0)
    begun, refused, heard, code = time.monotonic(), 0, 0, None
    where = "how many frames of a flood were refused before the close"
    while code is None:
        with contextlib.suppress(wire.Dropped):
            ada.say_many(150)
        grace.gets(grace.say()["text"], "what grace hears of herself, while ada floods the room")
        for _ in range(150):
            frame = next_frame(ada.socket)
            expect.that(frame, "nothing", "an answer to each frame", "a flood of messages")
            while frame.kind == "text" and typed(frame, where)["type"] in ("message", "here"):
                frame = next_frame(ada.socket)
            if frame.kind == "close":
                code = frame.code
                break
            heard, refused = heard + 1, refused + (frame.json()["type"] == "error")
        most = DEBT + 10 + SLOW_RATE * (time.monotonic() - begun)
        expect.that(refused <= most, f"{refused}, and no close", f"about {DEBT}", where)
    expect.that(code == TOO_MANY, f"code {code}", f"code {TOO_MANY}", "the close after a flood")
    enough = refused >= DEBT - 10 or heard >= MOST - 10  # which comes first on a slow computer
    expect.that(enough, f"{refused}", f"about {DEBT}", where)
    grace.gets(grace.say()["text"], "what grace hears of herself, after a flood of ada's")


@pytest.mark.task("7.5")
def test_seen_costs_nothing(crew, room, name):
    """A `seen` that says something new takes none of a person's frames."""
    people = crew("plain")
    ada = people.enter(name, room, 0)
    ada.says_seen = False
    for other in ("bob", "eve"):
        writer = people.enter(f"{name}.{other}", room, 0)
        flood(writer, BURST)
    ada.gets_all(0, 2 * BURST, "what two others have said")
    for number in range(1, 2 * BURST + 1):
        ada.send(type="seen", id=number)
    expect(flood(ada, BURST)[0], BURST, f"how many of {BURST} messages are taken, after 40 `seen`")


@pytest.mark.task("7.5")
def test_many_frames_want_a_seen(crew, room):
    """Who has sent 200 frames, and has seen nothing new in between, is closed with 4429."""
    promises.wants_a_seen(crew("alone"), room)


def padded(size: int, filling: str = "x", **data: object) -> str:
    """Return a frame of so many bytes."""
    bare = json.dumps(data | {"padding": ""}, ensure_ascii=False)
    left, each = size - len(bare.encode()), len(filling.encode())
    padding = filling * (left // each) + "x" * (left % each)
    return json.dumps(data | {"padding": padding}, ensure_ascii=False)


@pytest.mark.task("7.6")
def test_long_frame_is_closed(crew, room):
    """A frame of more than 16,384 bytes closes its connection with 4413, and is not heard."""
    people = crew("alone")
    ada, said = people.enter("ada", room, 0), {"type": "message", "text": "too long"}
    for what, frame in (
        ("a frame of 16,385 bytes", padded(LONGEST + 1, key="a", **said)),
        ("a frame of 20,000 bytes, but 5,000 characters", padded(20_000, PARTY, key="b", **said)),
        ("a frame of 500,000 blanks", " " * 500_000),
    ):
        grace = people.enter("grace", room, 0)
        late = json.dumps(said | {"key": "c", "text": "too late"})
        speak_at_once(grace.socket, frame, '{"type": "join"}', late)
        is_closed(grace.socket, TOO_LONG, what, after=("here", "message"))
    grace = people.enter("grace", room, 0)
    grace.socket.send_binary(b"\0" * (LONGEST + 1))
    is_closed(grace.socket, TOO_LONG, "a binary frame of 16,385 bytes", after=("here", "message"))
    first = ada.gets(ada.say()["text"], "what ada hears of herself, after long frames of grace's")
    expect(first.get("id"), 1, "the id of the first message after frames that were too long")
    ada.gets_people(["ada"], "who is here, when all of grace's connections have been closed")


@pytest.mark.task("7.6")
def test_longest_frame_is_read(crew, room):
    """A frame of 16,384 bytes is read like any other, and the connection stays."""
    ada = crew("alone").enter("ada", room, 0)
    for filling in ("x", PARTY):
        ada.socket.send_text(padded(LONGEST, filling, type="shout"))
        ada.is_refused("the answer to a frame of 16,384 bytes without a known type")
    ada.socket.send_text(padded(LONGEST, type="message", key="k", text="just so"))
    ada.gets("just so", "what a client hears of its message in a frame of 16,384 bytes")


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


def feed(calls, after: int, last: int, where: str) -> None:
    """Send messages as the server does: never more than a window beyond what was seen."""
    hidden = calls.page.add_style_tag(content="body { display: none }")  # to lay it out takes long
    sent = seen = after
    while sent < last:
        more = range(sent + 1, min(seen + WINDOW, last) + 1)
        calls.hear_messages(*more)
        sent, before, passed = more[-1], seen, 0
        while sent == before + WINDOW and seen == before and passed < 5:
            seen = read_seen(calls, after, sent, where)
            calls.advance(0.5 if seen == before else 0)
            passed += 0.5
        should = f"a `seen`, before {WINDOW} messages are unseen"
        newest = f"the newest one says {seen}" if seen > after else "there was none before"
        said = sent == last or seen > before
        expect.that(said, f"none within 5 s, and {newest}", should, where)
    hidden.evaluate("(style) => style.remove()")


def read_seen(calls, after: int, sent: int, where: str) -> int:
    """Return the newest id that the page has seen; each must be newer than the one before."""
    newest = after
    for data in calls.sent("seen"):
        number = data.get("id")
        good = type(number) is int and newest < number <= sent
        expect.that(good, data, f"an id above {newest} and up to {sent}", where)
        newest = number
    return newest


@pytest.mark.task("7.7")
def test_page_never_runs_dry(calls):
    """The page says what it has seen before it has been sent 100 messages more."""
    calls.welcome()
    feed(calls, 0, 210, "a page that is sent 210 messages")


@pytest.mark.task("7.7")
def test_page_says_seen_again(calls):
    """The page does so again after it has come back, and in another room."""
    calls.welcome(last=1_000_000)
    feed(calls, 999_950, 1_000_010, "a page that is sent 60 messages")
    calls.wait_after(1006)
    calls.welcome(last=1_000_010)
    feed(calls, 1_000_010, 1_000_120, "a page that has come back, and is sent 110 messages")
    calls.go("elsewhere")
    calls.welcome()
    feed(calls, 0, 110, "a page in another room")


@pytest.mark.task("7.8")
def test_page_says_one_by_one(calls):
    """The page sends its next message when the one before is acknowledged."""
    calls.welcome()
    for text in ("one", "two", "three"):
        calls.say(text)
    for number, text in enumerate(("one", "two", "three"), 1):
        said = calls.said(number, "what a page sends, when three things are said")
        where = f"what a page sends, when three things are said, and {number - 1} are acknowledged"
        expect([words for _, words in said][number - 1 :], [text], where)
        calls.acknowledge(said[-1][0], number)


@pytest.mark.task("7.8")
def test_page_waits_as_told(calls):
    """A page that is told to wait keeps its message, and says it again after that time."""
    calls.welcome()
    for text in ("one", "two"):
        calls.say(text)
    said = calls.said(1, "what a page sends first")
    for times in (1, 2):
        calls.hear(type="error", error="You are too fast; wait a little.", key=said[0][0], wait=3)
        calls.advance(2.5)
        expect(calls.said(), said * times, "what a page sends within 2.5 s, when told to wait 3 s")
        calls.advance(2.5)
        where = "what a page sends after 5 s, when told to wait 3 s"
        expect(calls.said(times + 1, where), said * (times + 1), where)
    calls.acknowledge(said[0][0], 1)
    texts = [text for _, text in calls.said(4, "what a page sends after the acknowledgement")]
    expect(texts, ["one"] * 3 + ["two"], "what a page sends after the acknowledgement")


@pytest.mark.task("7.8")
def test_page_repeats_no_mistake(calls):
    """A message that is refused without a wait is not said again; the next one is."""
    calls.welcome()
    for text in ("bad", "good"):
        calls.say(text)
    bad = calls.said(1, "what a page sends first")[0]
    calls.hear(type="error", error="The field text is not right.", key=bad[0])
    said = calls.said(2, "what a page sends, when its first message was refused")
    expect([text for _, text in said], ["bad", "good"], "what a page sends then")
    calls.acknowledge(said[1][0], 1)
    calls.come_back()
    calls.advance(10)
    expect(calls.said(), [], "what a page says again, when one was refused and one acknowledged")
