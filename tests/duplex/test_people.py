"""People at a chat with log-in: who they are, what they are shown, and how they are turned away."""

import pytest

from duplex import catalog, doors
from duplex.expect import Mismatch
from duplex.people import People, is_closed, speak_at_once
from duplex.server import serve


@pytest.fixture(scope="module")
def server():
    """The solution of lab 05."""
    with serve(catalog.ROOT / "solutions" / "lab05_people", "daphne") as server:
        yield server


@pytest.fixture
def people(server):
    """People at that chat."""
    with People(server) as people:
        yield people


def test_person_signs_up_once(people):
    ada = people.visitor("ada")
    assert people.visitor("ada") is ada
    assert people.enter("ada", "one").welcome["you"] == "ada"


def test_newest_list_counts(people):
    ada = people.enter("ada", "two")
    ada.sees(["ada"], "at first")
    people.enter("grace", "two").leaves()
    ada.goes_on_seeing(["ada"], "when grace has left")
    assert ada.met == {"ada", "grace"}


def test_wrong_list_told(people):
    ada = people.enter("ada", "three")
    with pytest.raises(Mismatch, match=r"now: saw the people \['ada'\]; should see the people"):
        ada.goes_on_seeing(["eve"], "now")
    with pytest.raises(Mismatch, match=r"now \(the list before: \['ada'\]\): saw nothing for"):
        ada.sees(["eve"], "now")


def test_turned_away_told(people):
    people.turned_away(people.stranger(), "four", 4401, "a stranger")
    with pytest.raises(Mismatch, match="ada: saw the text frame .*; should see a close frame"):
        people.turned_away(people.visitor("ada"), "four", 4401, "ada")
    with pytest.raises(Mismatch, match="a stranger: saw HTTP 403 at the handshake"):
        people.turned_away(people.stranger(), "x" * 81, 4401, "a stranger")


def test_refusal_told(people):
    people.refused(people.stranger(), "http://evil.example", "a handshake")
    with pytest.raises(Mismatch, match="a handshake with the Origin .*: saw HTTP 101"):
        people.refused(people.stranger(), people.server.url, "a handshake")


def test_other_close_code_told(people):
    with pytest.raises(Mismatch, match="saw a close frame with code 4401; should see a close"):
        is_closed(people.connect(people.stranger(), "five"), 4403, "a stranger")


def test_session_outlived(people):
    socket = people.outlive("ada", seconds=0.1)  # that of this server lasts for two weeks
    speak_at_once(socket, "hello", "hello again")
    with pytest.raises(Mismatch, match="saw the text frame .* should see a close frame"):
        is_closed(socket, 4401, "ada", after=("here",))


def test_closed_socket_spoken_to(people):
    socket = people.connect(people.stranger(), "six")
    socket.close()
    speak_at_once(socket, "hello")


def test_person_let_in_or_told(people):
    assert people.let_in(people.visitor("ada"), "five", "ada").welcome["you"] == "ada"
    with pytest.raises(Mismatch, match="ada: saw HTTP 403; should see HTTP 101"):
        people.let_in(people.visitor("ada"), "x" * 81, "ada")


def test_intruder_unnoticed_or_told(people, monkeypatch):
    ada, grace, connect = people.visitor("ada"), people.enter("grace", "@grace"), people.connect
    people.intrudes(ada, grace, "@grace", 4403, "ada")

    def noticed(visitor, room):
        grace.lists += 1
        return connect(visitor, room)

    monkeypatch.setattr(people, "connect", noticed)
    with pytest.raises(Mismatch, match="turned away: saw 3 lists of who is here; should see none"):
        people.intrudes(ada, grace, "@grace", 4403, "ada")
    grace.met.add("ada")
    with pytest.raises(Mismatch, match=r"saw \['ada', 'grace'\]; should see one name"):
        people.intrudes(ada, grace, "@grace", 4403, "ada")


def test_shut_out_or_told(people):
    people.shut_out(people.visitor("ada"), "x" * 81, "ada")
    with pytest.raises(Mismatch, match="ada: saw HTTP 101, .*; should see HTTP 403 or HTTP 404"):
        people.shut_out(people.visitor("ada"), "eight", "ada")


def test_other_name_of_the_server(people):
    people.let_in(people.visitor("ada"), "nine", "ada", host="localhost")
    with pytest.raises(Mismatch, match="ada: saw HTTP 403; should see HTTP 101"):
        people.let_in(people.visitor("ada"), "nine", "ada", host="evil.example")


def test_doors_lead_on_or_told(people):
    doors.comes_and_goes(people.stranger(), "ken")
    doors.stays_outside(people.stranger(), "a name that somebody has", "ken")
    with pytest.raises(Mismatch, match="GET / after a refused sign-up, a good name: saw HTTP 200"):
        doors.stays_outside(people.stranger(), "a good name", "tim")
    with pytest.raises(Mismatch, match="here: saw HTTP 302, to 'login/'; should see .* to /x"):
        doors.leads(people.stranger().get("/"), "/", "/x", "here")


def test_unwanted_word_told(people):
    ada, grace = people.enter("ada", "six"), people.enter("grace", "six")
    grace.send(type="message", text="psst")
    ada.hears({"text": "psst"})
    grace.hears({"text": "psst"})
    ada.hears_nothing_of("psst", "what ada hears now")
    grace.send(type="message", text="psst")
    grace.hears({"author": "ada"})
    grace.hears({"text": "psst"})  # so it has been published
    with pytest.raises(Mismatch, match="what ada hears now: saw .*psst.*; should see nothing of"):
        ada.hears_nothing_of("psst", "what ada hears now")


def test_foreign_origins_hold_the_port(people):
    origins = people.foreign_origins()
    assert f"https://evil.example:{people.server.address[1]}" in origins
    assert people.server.url not in origins
