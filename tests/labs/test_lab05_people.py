"""What a client of lab 05 must see: people with names, rooms with a door, and who is here."""

import pytest

from duplex import doors
from duplex.expect import expect
from duplex.people import People, Tab, is_closed, people_of, speak_at_once
from duplex.talk import holds

NOT_LOGGED_IN, NOT_INVITED = 4401, 4403
LONGEST = 80  # characters of a room's name
HUB = "https://hub.example.org"  # where a proxy shows the page


@pytest.fixture
def people(server):
    """The people of this test, and their connections."""
    with People(server) as people:
        yield people


@pytest.fixture
def enter(people):
    """Open a person's tab in a room: enter(name, room)."""
    return people.enter


@pytest.fixture
def elsewhere(stand):
    """People at the chat behind a proxy, with sessions of one second."""
    origins = f"https://other.example {HUB}"
    with people_of(stand, CHAT_ORIGINS=origins, CHAT_SESSION_SECONDS="1") as people:
        yield people


@pytest.mark.task("5.1")
def test_doors_lead_on(people, room):
    """Sign-up and log-in lead to the chat, log-out to the log-in, and so does `/` for strangers."""
    doors.leads(people.stranger().get("/"), "/", "/login/", "GET / of a stranger")
    doors.comes_and_goes(people.stranger(), f"Zoë_{room.replace(' ', '.')}-".ljust(30, "x"))


@pytest.mark.task("5.1")
def test_bad_sign_up_refused(people):
    """A name that breaks the rules, or that somebody has, makes no person; nor a short password."""
    stranger, ada = people.stranger(), people.visitor("ada").name
    for what, name in doors.NOBODY.items():
        doors.stays_outside(stranger, what, name)
    doors.stays_outside(stranger, "a name that somebody has", ada)
    doors.stays_outside(stranger, "a password of 7 characters", "eve", doors.SHORTEST[1:])


@pytest.mark.task("5.1")
def test_stranger_is_closed(people):
    """A client that is not logged in is accepted, then closed with 4401, in every room."""
    for room in ("lobby", "@ada+grace", "caffè", "è" * LONGEST):
        where = f"a client without a cookie, in the room {room!r:.40}"
        people.turned_away(people.stranger(), room, NOT_LOGGED_IN, where)


@pytest.mark.task("5.1")
def test_invented_cookie_is_no_proof(people):
    """What a client says of itself, in cookies or in the address, is no proof of who it is."""
    for cookies in ({"sessionid": "x" * 32}, {"name": "ada", "user": "ada", "username": "ada"}):
        where = f"a client that made up its cookies ({', '.join(cookies)})"
        people.turned_away(people.stranger(**cookies), "lobby", NOT_LOGGED_IN, where)
    query, where = "?name=ada&user=ada&username=ada", "a client that is ada by its address"
    people.turned_away(people.stranger(), "lobby", NOT_LOGGED_IN, where, query)


@pytest.mark.task("5.1")
def test_stranger_is_not_heard(people, room):
    """What a client sends that is not logged in, nobody hears; nor is it listed."""
    ada, where = people.enter("ada", room), "a client that is not logged in, and speaks at once"
    people.intrudes(people.stranger(), ada, room, NOT_LOGGED_IN, where)


@pytest.mark.task("5.1")
def test_person_is_welcomed(people, room):
    """A client that is logged in is welcomed with the room and its own name."""
    for name in ("ada", "grace"):
        forger = people.stranger(**people.visitor(name).cookies | {"name": "eve"})
        welcome = Tab(people.connect(forger, room, "?name=eve"), name).welcome
        should = {"type": "welcome", "room": room, "you": name}
        expect.that(holds(welcome, should), welcome, str(should), f"{name}'s welcome")


@pytest.mark.task("5.1")
def test_long_room_refused(people):
    """A room whose name has more than 80 characters is refused at the handshake, as in lab 04."""
    where = f"ada's handshake in a room with a name of {LONGEST + 1} characters"
    people.shut_out(people.visitor("ada"), "è" * (LONGEST + 1), where)


@pytest.mark.task("5.2")
def test_foreign_origin_refused(people):
    """A handshake from a page of another site, or from no page, is refused with HTTP 403."""
    for origin in people.foreign_origins():
        people.refused(people.stranger(), origin, "a handshake")


@pytest.mark.task("5.2")
def test_cookie_is_no_excuse(people, room):
    """Ada's own page may connect; a foreign page may not, with her cookies that come along."""
    ada = people.visitor("ada")
    people.refused(ada, "https://evil.example", "a handshake with ada's cookies")
    people.let_in(ada, room, "a handshake with ada's cookies and the server's own Origin")
    where = "a handshake with ada's cookies, where the server is called localhost"
    people.let_in(ada, room, where, host="localhost")


@pytest.mark.task("5.2")
def test_forged_form_refused(people):
    """A form that a foreign page sends, without the token that it cannot read, is refused."""
    ada, fields = people.visitor("ada"), {"username": "eve", "password": doors.SHORTEST}
    for path in ("/logout/", "/signup/", "/login/"):
        answer, where = ada.forged(path, **fields), f"POST {path} from a foreign page"
        expect.that(answer.status == 403, answer, "HTTP 403", where)


@pytest.mark.task("5.2")
def test_proxy_is_own(elsewhere):
    """Where CHAT_ORIGINS says that the page is seen, it is the server's own; nowhere else."""
    ada = elsewhere.stranger(origin=HUB)
    where = f"with the Origin {HUB}, which CHAT_ORIGINS names"
    answer = ada.submit("/signup/", username="ada", password=doors.SHORTEST)
    doors.leads(answer, "/signup/", "/", f"POST /signup/ {where}")
    elsewhere.accepted(ada, "lobby", f"ada's handshake {where}")
    for origin in elsewhere.foreign_origins():
        elsewhere.refused(ada, origin, "with a proxy, a handshake")


@pytest.mark.task("5.3")
def test_author_need_not_be_said(enter, room):
    """A message without an author is heard by everybody, with its person's name."""
    ada, other = enter("ada", room), enter("ada", room)
    ada.send(type="message", text="hello")
    should = {"type": "message", "room": room, "author": "ada", "text": "hello"}
    for tab in (ada, other):
        tab.hears(should, "what is heard of ada's message, which says no author")


FORGED = "grace", "ADA", "ada ", "", " ", 7, None, ["grace"], {"name": "grace"}, "x" * 41


@pytest.mark.task("5.3")
def test_forged_author_ignored(enter, room):
    """Whatever a message says about its author, the others hear who it is really from."""
    ada, grace = enter("ada", room), enter("grace", room)
    for author in FORGED:
        text = f"from ada, signed {author!r:.20}"
        ada.send(type="message", text=text, author=author, user="grace", you="grace")
        where = f"what is heard of ada's message with the author {author!r:.20}"
        grace.hears({"type": "message", "author": "ada", "text": text}, where)


@pytest.mark.task("5.3")
def test_cookie_signs_nothing(people, room):
    """A cookie that says another name than the session's person signs no message."""
    forger = people.stranger(**people.visitor("ada").cookies | {"name": "eve"})
    ada, grace = Tab(people.connect(forger, room), "ada"), people.enter("grace", room)
    ada.send(type="message", text="hello")
    where = "what is heard of ada's message, whose browser has a cookie with the name eve"
    grace.hears({"type": "message", "author": "ada", "text": "hello"}, where)


@pytest.mark.task("5.3")
def test_who_left_is_outside(enter, room):
    """Who has left the room gets an error for a message that nobody hears, and hears no more."""
    ada, grace = enter("ada", room), enter("grace", room)
    ada.leaves()
    ada.say()
    ada.is_refused("the answer to a message of one who has left")
    grace.hears(grace.say(), "what grace hears first when ada has left, and has said something")
    ada.comes_back()


@pytest.mark.task("5.3")
def test_text_is_checked_still(enter, room):
    """A message whose text is missing, blank, too long or no string gets an error, as before."""
    ada = enter("ada", room)
    for rest in ({}, {"text": " "}, {"text": 7}, {"text": "x" * 1001}):
        ada.send(type="message", author="ada", **rest)
        ada.is_refused(f"the answer to a message with {rest!r:.40}")
    ada.hears_itself("after its mistakes")


@pytest.mark.task("5.4")
def test_room_is_told_who_comes(enter, room):
    """When somebody comes, goes by `leave` or comes back, everybody in the room is told."""
    ada = enter("ada", room)
    expect.that(not ada.lists, "a list of who is here", "the welcome", "what comes first of all")
    ada.sees(["ada"], "what ada is told after her welcome")
    grace = enter("grace", room)
    grace.sees(["ada", "grace"], "what grace is told after her welcome")
    ada.sees(["ada", "grace"], "what ada is told when grace has come")
    grace.leaves()
    ada.sees(["ada"], "what ada is told when grace has left")
    grace.comes_back()
    ada.sees(["ada", "grace"], "what ada is told when grace is back")
    grace.sees(["ada", "grace"], "what grace is told when she is back")


@pytest.mark.task("5.4")
def test_room_is_told_who_goes(enter, room):
    """Who closes its page, or vanishes without a word, is here no longer."""
    ada = enter("ada", room)
    for go, how in ((Tab.close, "closed"), (Tab.vanish, "vanished without a close frame")):
        grace = enter("grace", room)
        ada.sees(["ada", "grace"], "what ada is told when grace has come")
        go(grace)
        ada.sees(["ada"], f"what ada is told when grace's connection has {how}")
    ada.hears_itself("when others have gone")


@pytest.mark.task("5.4")
def test_each_room_has_its_people(enter, room):
    """The people of one room are not those of another."""
    ada, grace = enter("ada", room), enter("grace", f"{room}, next door")
    grace.sees(["grace"], "what grace is told, in another room than ada's")
    ada.goes_on_seeing(["ada"], "when grace has come into another room")


@pytest.mark.task("5.5")
def test_person_stays_with_a_tab(enter, room):
    """Who has two tabs in a room, and leaves it with one of them, is here still."""
    first, second = enter("ada", room), enter("ada", room)
    for tab, which in ((first, "first"), (second, "second")):
        tab.leaves()
        where = f"who is here, when ada has left with the {which} of two tabs"
        enter("grace", room).sees(["ada", "grace"], where)
        tab.comes_back()


@pytest.mark.task("5.5")
def test_tabs_are_counted_once(enter, room):
    """However many tabs a person has in a room, the list names the person once."""
    tabs = [enter("ada", room) for _ in range(3)]
    tabs[1].sees(["ada"], "what a second tab is told after its welcome")
    enter("grace", room).sees(["ada", "grace"], "who is here: ada with three tabs, and grace")
    tabs[0].close()
    tabs[1].vanish()
    tabs[2].hears_itself("when two other tabs of ada's have gone")
    enter("grace", room).sees(["ada", "grace"], "who is here, with one tab of ada's three")


@pytest.mark.task("5.5")
def test_person_goes_with_last_tab(enter, room):
    """Who has left with every tab is here no longer; to join twice makes no second tab."""
    first, second = enter("ada", room), enter("ada", room)
    second.comes_back()
    for tab in (first, second, first):
        tab.leaves()
    enter("grace", room).sees(["grace"], "who is here, when ada has left with both her tabs")


@pytest.mark.task("5.5")
def test_tabs_in_two_rooms(enter, room):
    """Tabs of one person in two rooms have nothing to do with each other."""
    here, _ = enter("ada", room), enter("ada", f"{room}, next door")
    here.leaves()
    where = "who is in a room, when ada has left another one with her other tab"
    enter("grace", f"{room}, next door").sees(["ada", "grace"], where)
    enter("grace", room).sees(["grace"], "who is in the room that ada has left")


CLOSED = "@grace", "@grace+eve", "@", "@+", "@Ada", "@adam+grace", "@ad+a", "@grace ada", "@@ada"
OPEN = ("@ada", "@ada+grace", "@grace+ada", "@grace+eve+ada", "grace", "grace+eve", "a@grace",
        " @eve")  # fmt: skip


@pytest.mark.task("5.6")
def test_others_are_closed(people):
    """Whom a private room does not name is accepted, then closed with 4403."""
    for room in CLOSED:
        people.turned_away(people.visitor("ada"), room, NOT_INVITED, f"ada in the room {room!r}")


@pytest.mark.task("5.6")
def test_named_people_enter(enter, room):
    """Whom a private room names may be in it, and anybody may be in a room that is not private."""
    for name in OPEN:
        enter("ada", name).hears_itself(f"in the room {name!r}")
    ada, grace = enter("ada", f"@grace+ada+{room}"), enter("grace", f"@grace+ada+{room}")
    grace.hears(ada.say(), "what grace hears in a private room of ada and grace")


@pytest.mark.task("5.6")
def test_uninvited_is_not_heard(people, room):
    """What somebody sends into a private room of others, nobody hears; nor is it listed."""
    room = f"@grace+{room}"
    grace, where = people.enter("grace", room), "ada in a private room of grace's, speaking at once"
    people.intrudes(people.visitor("ada"), grace, room, NOT_INVITED, where)
    where = "who is here, when ada has been turned away from a private room of grace's"
    people.enter("grace", room).sees(["grace"], where)


SAID = '{"type": "message", "author": "ada", "text": "I am out"}', '{"type": "leave"}', "hello"


@pytest.mark.task("5.7")
def test_log_out_ends_connections(people, room):
    """Who logs out is closed with 4401, at the latest with its next frame, and is not heard."""
    grace, ada = people.enter("grace", room), people.enter("ada", f"{room}, next door")
    elsewhere = people.stranger().log_in("ada")
    tabs = [Tab(people.connect(elsewhere, room), "ada") for _ in SAID]
    for tab in tabs:
        tab.hears_itself("before her log-out")
    elsewhere.log_out()
    for tab, words in zip(tabs, SAID, strict=True):
        speak_at_once(tab.socket, words)
    grace.hears_nothing_of("I am out", "what grace hears after ada's log-out")
    for tab, words in zip(tabs, SAID, strict=True):
        where = f"after ada's log-out, in answer to {words}"
        is_closed(tab.socket, NOT_LOGGED_IN, where, after=("here", "message"))
    people.enter("grace", room).sees(["grace"], "who is here, when ada has logged out")
    ada.hears_itself("in one session of ada's, when she has logged out in another")


@pytest.mark.task("5.7")
def test_session_runs_out(elsewhere):
    """When a session has run out, its connections are closed with 4401, as after a log-out."""
    socket = elsewhere.outlive("grace", seconds=1)
    speak_at_once(socket, SAID[0])
    where = "a session of one second, when it is over"
    is_closed(socket, NOT_LOGGED_IN, where, after=("here", "message"))
