"""A member notes what it is sent, and says what is missing, double or out of order."""

from datetime import UTC, datetime, timedelta

import pytest

from duplex.expect import Mismatch
from duplex.member import Member, in_order, said_lately


class Feed:
    """A connection on which the given objects come; what is sent is kept."""

    def __init__(self, *objects):
        self.coming, self.sent = list(objects), []

    def receive(self, timeout=None, control=False):
        """Return the next one, and then the silence of a server that answers pings."""
        from duplex import wire

        if not self.coming:
            if control:
                return wire.Frame("pong")
            raise wire.TimedOut("nothing")
        return Said(self.coming.pop(0))

    def ping(self, payload):
        """The server is asked whether there is more."""

    def send_json(self, data):
        """Keep what is sent."""
        self.sent.append(data)


class Said:
    """A text frame with an object."""

    kind = "text"

    def __init__(self, data):
        self.data = data

    def json(self):
        """Return the object."""
        return self.data


WELCOME = {"type": "welcome", "room": "tea", "you": "ada", "last": 0}


def message(number, text="hello"):
    """Return a message as it comes."""
    return {"type": "message", "id": number, "text": text}


def ack(key):
    """Return an acknowledgement."""
    return {"type": "ack", "key": key, "id": 1}


@pytest.fixture
def member():
    """Return a member who has been welcomed, and to whom these objects come."""
    return lambda *objects: Member(Feed(WELCOME, *objects), "ada")


def test_message_has_new_key(member):
    ada = member()
    assert ada.say("hello") == {
        "type": "message", "room": "tea", "author": "ada", "text": "hello"
    }  # fmt: skip
    ada.say("hello")
    ada.say("hello", key="k")
    keys = [frame["key"] for frame in ada.socket.sent]
    assert len(set(keys)) == 3 and keys[2] == "k" and list(ada.said) == keys


def test_acknowledgements_kept_aside(member):
    ada = member(ack("a"), {"type": "here", "people": ["ada"]}, message(1), ack("b"))
    assert ada.listen() == message(1)
    assert ada.is_acknowledged("b", "now") == ack("b")
    assert ada.people == ["ada"] and set(ada.acks) == {"a", "b"}


def test_missing_acknowledgement_told(member):
    with pytest.raises(Mismatch, match="now: saw nothing for 2 seconds; should see .*'ack'"):
        member(message(1)).is_acknowledged("k", "now")


def test_welcome_begins_anew(member):
    ada = member(message(1), message(2), WELCOME, message(2))
    ada.hears_welcome("now")
    ada.has_all(1, 2, "after the welcome")
    assert ada.ids() == [2]


def test_gap_told(member):
    with pytest.raises(Mismatch, match="now: saw the id 3 after 1, a gap; should see each id fr"):
        member(message(1), message(3)).has_all(0, 3, "now")


def test_double_told(member):
    with pytest.raises(Mismatch, match="the id 2 after 2, a message twice, or out of order"):
        member(message(1), message(2), message(2)).has_all(0, 3, "now")


def test_double_at_the_end_told(member):
    ada = member(message(1), message(1), message(2, "the last"))
    ada.say_many = None
    ada.say = lambda: {"text": "the last"}
    with pytest.raises(Mismatch, match="the id 1 after 1"):
        ada.has_all_and_no_more(0, "now")


def test_wrong_beginning_told():
    with pytest.raises(Mismatch, match="saw the id 1 first, a message twice, or out of order; "):
        in_order([1, 2], 10, 12, "now")
    with pytest.raises(Mismatch, match="saw the id 12 first, a gap"):
        in_order([12], 10, 12, "now")
    with pytest.raises(Mismatch, match="saw the id None first, which is no whole number"):
        in_order([None], 0, 1, "now")
    with pytest.raises(Mismatch, match="saw no id after 1; should see each id from 1 to 2"):
        in_order([1], 0, 2, "now")


def test_listening_ends(member):
    ada = member(ack("k"), message(1))
    assert ada.listen_for(5, lambda: "k" in ada.acks)
    assert not ada.listen_for(5, lambda: "other" in ada.acks)
    assert ada.ids() == [1]


def test_error_names_the_key(member):
    error = {"type": "error", "error": "No."}
    assert member(error | {"key": "k"}).is_refused("now", key="k")["key"] == "k"
    member(error).is_refused("now")
    for other in ({}, {"key": "K"}):
        with pytest.raises(Mismatch, match="the key in now"):
            member(error | other).is_refused("now", key="k")


def test_speaks_and_leaves(member):
    ada = member(message(1), ack("a"), message(2), {"type": "left"}, message(3))
    ada.leaves_while_speaking(2, "now")
    assert [one["type"] for one in ada.socket.sent] == ["message", "message", "leave"]
    assert ada.ids() == [1, 2]
    with pytest.raises(Mismatch, match="left"):
        member({"type": "error", "error": "No."}).leaves_while_speaking(1, "now")


def test_moment_has_its_offset():
    now, day = datetime.now(UTC), timedelta(days=1)
    for fine in (now.isoformat(), f"{now:%Y-%m-%dT%H:%M:%SZ}"):
        said_lately({"sent_at": fine}, "now")
    for bad in (None, 7, "now", now.replace(tzinfo=None).isoformat(), (now - day).isoformat(),
                (now + day).isoformat()):  # fmt: skip
        with pytest.raises(Mismatch, match="ISO 8601"):
            said_lately({"sent_at": bad}, "now")
