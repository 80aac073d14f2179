"""A chat over one database: served twice, locked, killed, and what a storm of it must show."""

import sqlite3

import pytest

from duplex import catalog
from duplex.expect import Mismatch
from duplex.memory import FIRST, SECOND, Chat, Members
from duplex.stand import Stand
from duplex.storm import Storm

LAB = catalog.lab(6)


@pytest.fixture(scope="module")
def chat(nursery):
    """The solution of lab 06."""
    stand = Stand(LAB.folder("solutions"), LAB, nursery)
    chat = Chat(stand)
    yield chat
    stand.close()
    chat.close()
    assert not chat.database.parent.exists()


@pytest.fixture
def people(chat):
    """The people of that chat."""
    with Members(chat) as people:
        yield people


def test_people_outlive_their_server(chat, people):
    ada = people.enter("ada", "one")
    ada.hears_itself("at first")
    first = chat.server()
    chat.kill()
    assert not first.alive()
    again = people.enter("ada", "one", after=0)
    assert again.welcome["you"] == "ada" and chat.server() is not first
    again.has_all(0, 1, "after the kill")


def test_two_servers_share_it(chat, people):
    people.enter("ada", "two", at=SECOND).hears_itself("at the second server")
    people.enter("ada", "two", at=FIRST, after=0).has_all(0, 1, "at the first server")
    assert chat.server(FIRST).address != chat.server(SECOND).address


def test_lock_keeps_others_waiting(chat, people):
    ada = people.enter("ada", "three")
    with chat.locked():
        ada.say(key="k")
        assert not ada.listen_for(0.2, lambda: "k" in ada.acks)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            sqlite3.connect(chat.database, 0).execute("BEGIN IMMEDIATE")
    ada.is_acknowledged("k", "when the lock is gone")


def test_storm_sees_what_is_lost(people):
    storm = Storm(people, "four")
    storm.write(["ada"], 2)
    storm.kill_after(acks=2)
    storm.said["ada"]["lost"] = "never stored"
    storm.demand_acknowledged()
    storm.acks.add("lost")
    with pytest.raises(Mismatch, match="that was acknowledged, .*: saw it nowhere; should see"):
        storm.demand_acknowledged()


def test_storm_sees_gap_and_double(people):
    storm = Storm(people, "five")
    storm.write(["ada"], 4)
    storm.read(["eve"])
    storm.kill_after(messages=2)
    storm.demand_no_gap()
    storm.seen["eve"].insert(0, storm.seen["eve"][0])
    storm.there.clear()
    with pytest.raises(Mismatch, match="all that eve was sent, .*: saw the id 1 after 1"):
        storm.demand_no_gap()


def test_storm_sees_what_is_said_twice(people):
    storm = Storm(people, "six")
    storm.write(["ada"], 3)
    storm.kill_after(acks=1)
    storm.write_again()
    storm.demand_each_once()
    text = next(iter(storm.said["ada"].values()))
    people.enter("ada", "six").hears_text(people.enter("ada", "six").say(text)["text"], "again")
    with pytest.raises(Mismatch, match="sent again, .*: saw it twice; should see it once"):
        storm.demand_each_once()
