"""A chat over two processes: killed, without its Redis, and the people who come back to it."""

import contextlib

import pytest

from duplex import catalog
from duplex.deadline import limit
from duplex.errors import CourseError
from duplex.expect import Mismatch
from duplex.fleet import Crew, Fleet, Survivor, away, is_told_later
from duplex.memory import FIRST, SECOND
from duplex.people import is_closed
from duplex.redis import Redis
from duplex.stand import Stand

LAB = catalog.lab(7)


@pytest.fixture(scope="module")
def redis():
    """A real redis-server; without one there is nothing to test."""
    try:
        with Redis() as redis:
            yield redis
    except CourseError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def fleet(nursery, redis):
    """The solution of lab 07, which can be served by several processes."""
    stand = Stand(LAB.folder("solutions"), LAB, nursery)
    env = {"CHAT_REDIS": redis.url, "CHAT_HEARTBEAT_SECONDS": "0.3"}
    with contextlib.closing(Fleet(stand, "tested", **env)) as fleet:
        yield fleet
        stand.close()


@pytest.fixture
def people(fleet):
    """The people of that chat."""
    with Crew(fleet) as people:
        yield people


def test_reader_says_what_it_has_seen(people, monkeypatch):
    monkeypatch.setattr("duplex.fleet.OFTEN", 2)
    ada = people.enter("ada", "one", 0)
    ada.gets(ada.say_many(3)[-1], "what ada says")
    said = [frame.json() for way, frame in ada.socket.frames if way == "out"]
    assert said[-1] == {"type": "seen", "id": 2}
    ada.gets_all(0, 3, "what ada says")


def test_missing_news_told(people, monkeypatch):
    monkeypatch.setattr("duplex.patience.SOON", 0.2)
    ada = people.enter("ada", "two")
    with pytest.raises(Mismatch, match=r"now: saw nothing of it within \d[.]\d seconds"):
        ada.gets("what nobody has said", "now")
    with limit(0), pytest.raises(Mismatch, match="nothing of it before the task's time was over"):
        ada.gets("what nobody has said", "now")
    with pytest.raises(Mismatch, match=r"now \(the list before: \['ada'\]\): saw nothing"):
        ada.gets_people(["eve"], "now")
    ada.socket.send_text("x" * 20_000)
    with pytest.raises(Mismatch, match="now: saw a close frame with code 4413"):
        ada.gets("what nobody has said", "now")


def test_survivor_comes_back_elsewhere(fleet, people):
    ada, grace = Survivor(people, "ada", "three"), Survivor(people, "grace", "three", SECOND)
    grace.say(2)
    grace.is_acknowledged("before the kill")
    first = fleet.server(SECOND)
    fleet.kill(SECOND)
    grace.leaves_for(FIRST)
    grace.say()
    grace.comes_back("after the kill")
    grace.is_acknowledged("after the kill")
    for who in (ada, grace):
        who.has_all(3, "after the kill")
    assert fleet.server(SECOND) is not first


def test_survivor_outlives_redis(redis, people):
    ada = Survivor(people, "ada", "four")
    with away(redis):
        assert not redis.answers()
        ada.say()
        newcomer = people.open("grace", "four")
        is_closed(newcomer, 4503, "a newcomer while Redis is away")
        assert is_told_later(newcomer)
    assert redis.answers()
    ada.is_acknowledged("when Redis is back")
    ada.gets_people(["ada"], "when Redis is back")
    ada.has_all(1, "when Redis is back")


def test_survivor_forgives_no_other_code(people):
    ada = Survivor(people, "ada", "five")
    ada.reader.socket.send_text("x" * 20_000)
    with pytest.raises(Mismatch, match="now: saw a close frame with code 4413"):
        ada.has_all(1, "now")
