"""What a client of lab 08 must see: a chat that is fit for strangers."""

import contextlib
import json
import re
import sys
import time
from itertools import count
from urllib.parse import urljoin

import pytest

from duplex import project, promises, wire
from duplex.certs import Authority
from duplex.deadline import wait_until
from duplex.errors import CourseError
from duplex.expect import describe, expect
from duplex.fleet import Crew, Fleet, Survivor, away
from duplex.measure.command import command
from duplex.member import in_order
from duplex.memory import SECOND
from duplex.people import is_closed, speak_at_once
from duplex.redis import Redis, silent_redis
from duplex.server import StartFailed, serve
from duplex.service import (
    KEY,
    SOON,
    Service,
    cookies_of,
    counts,
    demands,
    ends_well,
    files_of,
    is_answered,
    is_ready,
    lives,
    metrics_of,
    policy_of,
    records,
    refusals_of,
    sends_out,
    stray,
    told,
    works_for,
)
from duplex.talk import holds
from duplex.visitor import PASSWORD

GOING_AWAY, BAD_ADDRESS, NOT_LOGGED_IN, NOT_INVITED = 1001, 4400, 4401, 4403
TOO_LONG, TOO_MANY, WINDOW, BURST, DEBT, LONGEST = 4413, 4429, 100, 20, 100, 16 * 1024
MOST = 200  # frames of a connection that does not say what it has seen
NUMBERS = count(1)
CALM = {"CHAT_HEARTBEAT_SECONDS": "600", "CHAT_BURST": "100000", "CHAT_RATE": "100000"}
STRICT = {"CHAT_BURST": str(BURST), "CHAT_RATE": "0.001"}  # nobody is slow enough to be forgiven
PATIENT = {"CHAT_GRACE_SECONDS": "60"}
can_end = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to ask with.")


@pytest.fixture(scope="module")
def redis(stand):
    """A real redis-server; without one, the tasks that need it are not checked."""
    try:
        with Redis(stand.ground) as redis:
            yield redis
    except CourseError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def authority():
    """Who signs the server's certificate."""
    return Authority()


@pytest.fixture(scope="module")
def several(stand, redis):
    """Two processes whose hearts beat so seldom that Redis hears only of what happens."""
    with contextlib.closing(Fleet(stand, "several", CHAT_REDIS=redis.url, **CALM)) as fleet:
        yield fleet


@pytest.fixture(scope="module")
def frail(stand):
    """Two processes whose hearts beat five times in a second, with a Redis that may be lost."""
    try:
        own = Redis(stand.ground)
    except CourseError as error:
        pytest.skip(str(error))
    env = CALM | {"CHAT_HEARTBEAT_SECONDS": "0.2", "CHAT_REDIS": own.url}
    with own, contextlib.closing(Fleet(stand, "own Redis", **env)) as fleet:
        fleet.redis = own
        yield fleet


@pytest.fixture(scope="module")
def alone(stand):
    """One process without Redis, on this computer."""
    with contextlib.closing(Fleet(stand, "alone", **CALM)) as fleet:
        yield fleet


@pytest.fixture(scope="module")
def service(stand, authority):
    """One process with the settings of production, by TLS."""
    with contextlib.closing(Service(stand, "service", authority, **CALM)) as service:
        yield service


@pytest.fixture(scope="module")
def watched(stand, authority):
    """One process in production of which the log is read."""
    with contextlib.closing(Service(stand, "watched", authority, **CALM)) as service:
        yield service


@pytest.fixture
def fresh(stand, authority):
    """A process of this test alone: fresh(other settings) in production, by TLS."""
    with contextlib.ExitStack() as stack:

        def make(**env: str) -> Service:
            fleet = Service(stand, f"of this test {next(NUMBERS)}", authority, **CALM | env)
            stack.callback(fleet.close)
            return fleet

        yield make


@pytest.fixture
def crew():
    """The people of a chat: crew(the chat); their connections end with the test."""
    with contextlib.ExitStack() as stack:
        yield lambda chat: stack.enter_context(Crew(chat))


@pytest.fixture
def room():
    """The name of a room in which nothing has been said."""
    return f"room {next(NUMBERS)}"


@pytest.mark.task("8.1")
def test_all_processes_hear(several, crew, room):
    """What is said at one of two processes is heard at both, each message once and in order."""
    people = crew(several)
    at = {"ada": "first", "grace": SECOND, "eve": "first", "zoe": SECOND}
    tabs = [people.enter(name, room, 0, where) for name, where in at.items()]
    for tab in tabs:
        tab.say_many(6)
    for tab in tabs:
        tab.gets_all(0, 24, f"what {tab.name} hears, when four speak at two processes")


@pytest.mark.task("8.1")
def test_redis_is_asked_once(several, redis, crew, room):
    """However many clients a process has in a room, Redis is asked as much as for a few."""
    people, asked = crew(several), []
    for others in (2, 30):
        place = f"{room}, with {others} others"
        tabs = [people.enter("ada", place, 0) for _ in range(others)]
        grace = people.enter("grace", place, 0, SECOND)
        for tab in (*tabs, grace):
            tab.gets_people(["ada", "grace"], "who is here")
        before = works_for(redis)
        eve = people.enter("eve", place, 0)
        for tab in (*tabs, grace, eve):
            tab.gets_people(["ada", "eve", "grace"], "who is here, when eve has come")
        eve.gets(eve.say()["text"], "what eve hears of herself")
        eve.leaves()
        for tab in (*tabs, grace):
            tab.gets_people(["ada", "grace"], "who is here, when eve has left")
        asked.append(works_for(redis) - before)
    few, many = asked
    saw = f"{many} commands with 30 clients at one process, {few} with 2"
    where = "what Redis is asked, when somebody comes, speaks and goes"
    expect.that(many <= few + 100, saw, "about as many", where)


@pytest.mark.task("8.1")
def test_who_stays_hears_on(several, crew, room):
    """When others have left the room at a process, the one who stays there hears what is said."""
    people = crew(several)
    ada, eve = people.enter("ada", room, 0), people.enter("eve", room, 0)
    grace = people.enter("grace", room, 0, SECOND)
    for leaves in (eve.leaves, eve.comes_back, eve.close):
        leaves()
        where = "what ada hears from the other process, when eve has left, come back or gone"
        ada.gets(grace.say()["text"], where)


@pytest.mark.task("8.1")
def test_empty_room_is_given_back(several, redis, crew, room):
    """Redis sends a process no more of a room that all have left; who comes later hears it."""
    people = crew(several)
    ada, grace = people.enter("ada", room, 0), people.enter("grace", room, 0, SECOND)
    near, far = (people.enter("zoe", f"{room}, next door", 0, at) for at in ("first", SECOND))

    def costs(*listeners) -> int:
        before, said = sends_out(redis), grace.say_many(60)
        for tab in listeners:
            tab.gets(said[-1], "what is heard of grace's messages")
        near.gets(far.say()["text"], "what is heard next door, at the other process")
        return sends_out(redis) - before

    both = costs(grace, ada)
    ada.leaves()
    grace.gets_people(["grace"], "who is here, when ada has left")
    one = costs(grace)
    saw = f"{one} bytes for 60 messages, after {both} with somebody there"
    where = "what Redis sends, when a process has nobody left in the room"
    expect.that(one < 0.75 * both, saw, "clearly less than with somebody there", where)
    again = people.enter("ada", room)
    again.gets(grace.say()["text"], "who comes to a room that had been empty")


@pytest.mark.task("8.1")
def test_room_outlives_its_redis(frail, crew, room):
    """Redis comes back empty: some heartbeats later all have heard all, and know who is here."""
    people = crew(frail)
    ada, grace = Survivor(people, "ada", room), Survivor(people, "grace", room, SECOND)
    for who in (ada, grace):
        who.gets_people(["ada", "grace"], "who is here, before Redis goes")
    with away(frail.redis):
        ada.say()
        if ada.reader:
            ada.reader.listen_for(0.5, lambda: ada.reader.acks)
    ada.says_again()
    ada.is_acknowledged("what was said while Redis was away, and once more when it was back")
    grace.has_all(1, "what grace is sent some heartbeats after Redis is back, when nobody speaks")
    where = "what ada's new tab is told, some heartbeats after Redis came back empty"
    Survivor(people, "ada", room).gets_people(["ada", "grace"], where)


@pytest.mark.task("8.1")
def test_doors_are_as_before(alone, crew, room):
    """As in lab 06: who has a bad address, or may not come in, is closed with its code."""
    promises.keeps_its_doors(crew(alone), room, f"zoe{next(NUMBERS)}")


@pytest.mark.task("8.1")
def test_mistakes_are_as_before(alone, crew, room):
    """As in lab 06: a frame that is not right gets an error, and changes nothing."""
    promises.answers_mistakes(crew(alone), room)


@pytest.mark.task("8.1")
def test_keys_are_as_before(alone, crew, room):
    """As in lab 06: a message sent again is the same one, and its key is free in another room."""
    people = crew(alone)
    here, there = people.enter("ada", room, 0), people.enter("ada", f"{room}, next door", 0)
    here.hears_itself("before its next message has a key that another room knows, too")
    for tab, number in ((here, 2), (there, 1)):
        for when in ("at first", "when it is sent again"):
            tab.say("the same words", key="k")
            ack = tab.is_acknowledged("k", f"a message in one of two rooms, {when}")
            expect(ack.get("id"), number, f"the id of a message in one of two rooms, {when}")


@pytest.mark.task("8.1")
def test_who_is_here_is_as_before(alone, crew, room):
    """As in lab 07: who leaves, closes or is lost is here no longer, and who left says nothing."""
    promises.keeps_who_is_inside(crew(alone), room)
    promises.notices_ends(crew(alone), f"{room} of the lost")


@pytest.mark.task("8.2")
def test_silent_client_is_sent_a_window(alone, crew, room):
    """A client that does not say what it has seen is sent 100 messages, and all others then."""
    people = crew(alone)
    grace, ada = people.enter("grace", room, 0), people.enter("ada", room, 0)
    zoe = people.enter("zoe", room, 0)
    grace.says_seen = False
    for _ in range(5):  # not all at once, for what waits for her has its limit, too
        texts = ada.say_many(30)
        ada.gets(texts[-1], "what ada hears of herself, who says what she has seen")
    zoe.gets(texts[-1], "what zoe hears, while grace does not say what she has seen")
    for seen, last in ((0, WINDOW), (1, WINDOW + 1), (40, WINDOW + 40), (WINDOW + 40, 150)):
        grace.send(type="seen", id=seen)
        grace.gets_all(0, last, f"what grace is sent, when she has seen {seen} messages")
        for _ in range(3):
            grace.send(type="nothing that the chat knows")
            grace.is_refused(f"the next frame, when {last} were sent and {seen} seen")
    where = f"who sends more than {MOST} frames, and says meanwhile what she has seen"
    ada.gets(ada.say_many(MOST - 150 + 10)[-1], where)


@pytest.mark.task("8.2")
def test_join_says_what_was_seen(alone, crew, room):
    """A `join` says with its `after` what the client has seen: so many more messages come."""
    people = crew(alone)
    ada, grace = people.enter("ada", room, 0), people.enter("grace", room, 0)
    grace.says_seen = False
    for _ in range(4):
        ada.gets(ada.say_many(30)[-1], "what ada hears of herself")
    grace.gets_all(0, WINDOW, "what grace is sent, who says nothing of what she has seen")
    grace.send(type="join", after=20)
    grace.hears_welcome("the answer to a `join` with `after` 20")
    grace.gets_all(20, 40, "what grace is sent, when she has seen 20 of 100, as her `join` says")


@pytest.mark.task("8.2")
def test_people_wait_for_the_window(alone, crew, room):
    """As in lab 07: who has 100 messages to read is told who is here when it has seen some."""
    people = crew(alone)
    ada, grace = people.enter("ada", room, 0), people.enter("grace", room, 0)
    grace.says_seen = False
    for last in (WINDOW - 1, WINDOW):
        ada.say_many(last - len(grace.messages))
        grace.gets_all(0, last, f"what grace is sent, when {last} things have been said")
        if last < WINDOW:
            people.enter("eve", room)
            known = ["ada", "eve", "grace"]
            grace.gets_people(known, f"who is here, when grace has {last} messages to read")
    people.enter("zoe", room)
    ada.gets_people([*known, "zoe"], "who is here, when zoe has come")
    grace.send(type="nothing that the chat knows")
    grace.is_refused("the next frame, when grace has 100 messages to read")
    expect(grace.people, known, "the newest list of who has 100 messages to read")
    grace.send(type="seen", id=1)
    grace.gets_people([*known, "zoe"], "who is here, when grace has seen one of 100 messages")


@pytest.mark.task("8.2")
def test_many_frames_want_a_seen(alone, crew, room):
    """As in lab 07: who sends 200 frames, and has seen nothing new in between, is closed."""
    promises.wants_a_seen(crew(alone), room)


@pytest.mark.task("8.2")
def test_slow_reader_slows_nobody(alone, crew, room):
    """While a client reads nothing, the others hear each other; it is sent all of it later."""
    people = crew(alone)
    tabs = [people.enter(name, room, 0) for name in ("ada", "zoe")]
    eve = people.enter("eve", room, 0)
    for last in (60, 120, 180, 240):
        for tab in tabs:
            tab.say_many(30)
        for tab in tabs:
            tab.gets_all(0, last, f"what {tab.name} hears, beside somebody who reads nothing")
    eve.gets_all(0, 240, "what a slow reader is sent in the end")


@pytest.mark.task("8.2")
def test_seam_has_no_gap(alone, crew, room):
    """Who comes while others write is sent each message once, first what was, then what is new."""
    people = crew(alone)
    writers, comers = [people.enter(name, room, 0) for name in ("ada", "grace")], []
    mover = people.enter("zoe", room, 0)
    for after in (0, 5, 0, 9):
        for writer in writers:
            writer.say_many(4)
        mover.send(type="leave")
        mover.send(type="join", after=0)
        comers.append((after, people.enter("eve", room, after)))
    for _ in comers:
        while mover.listen("the answer to `leave`", {"type": "left"})["type"] != "left":
            pass
        mover.hears({"type": "welcome"}, "what comes first for who has left, and joins again")
    writers[0].send(type="join", after=0)
    writers[0].hears_welcome("the answer to `join`")
    for after, client in (*((0, one) for one in (*writers, mover)), *comers):
        client.gets_all(after, 32, f"a client that came while others wrote, after {after}")
    last = people.enter("ada", room).welcome
    wanted = {"type": "welcome", "room": room, "you": "ada", "last": 32}
    expect.that(holds(last, wanted), last, describe(wanted), "the welcome of who comes last")


@pytest.mark.task("8.3")
def test_no_start_without_a_key(stand):
    """Without CHAT_DEBUG=1 and without a CHAT_SECRET_KEY of 50 characters, nothing starts."""
    for debug, key in ((None, ""), ("0", "x" * 49), ("true", "")):
        env = {"CHAT_SECRET_KEY": key} | ({"CHAT_DEBUG": debug} if debug else {})
        said = f"with CHAT_DEBUG={debug}" if debug else "without CHAT_DEBUG"
        where = f"a start {said} and with a key of {len(key)} characters"
        try:
            serve(stand.folder, "daphne", nursery=stand.nursery, env=env).stop()
        except StartFailed as failure:
            expect.that(failure.verdict == "crashed", str(failure), "an error", where)
        else:
            expect.that(False, "a server that serves", "an error that names what is missing", where)


@pytest.mark.task("8.3")
def test_own_computer_is_plain(alone, crew):
    """With CHAT_DEBUG=1, nothing but plain HTTP is needed: no key, and no TLS for cookies."""
    visitor = crew(alone).visitor("ada")
    answer = visitor.get("/")
    where = "GET / by plain HTTP, with CHAT_DEBUG=1, of a person who has signed up"
    expect.that(answer.status == 200, answer, "HTTP 200", where)
    said = cookies_of(crew(alone).stranger().get("/login/")) | cookies_of(answer)
    secure = [name for name, words in said.items() if "secure" in words]
    saw = f"a Secure cookie, {', '.join(secure)}"
    expect.that(not secure, saw, "no cookie that wants TLS", "cookies, with CHAT_DEBUG=1")


@pytest.mark.task("8.3")
def test_key_signs_sessions(service, fresh, crew):
    """A session that was signed with another CHAT_SECRET_KEY is none, nor one that has run out."""
    people = crew(service)
    people.enter("ada", "lobby").hears_itself("in production, by TLS")
    other = fresh(CHAT_SECRET_KEY="y" * 50, CHAT_SESSION_SECONDS="1")
    other.database = service.database
    stranger = people.stranger(**people.visitor("ada").cookies)
    stranger.address = other.server().address
    where = "ada's session at a server with another CHAT_SECRET_KEY"
    people.turned_away(stranger, "lobby", NOT_LOGGED_IN, where)
    late = crew(other).outlive(f"late-{next(NUMBERS)}", seconds=1)
    speak_at_once(late, '{"type": "leave"}')
    where = "the next frame, when a session of one second (CHAT_SESSION_SECONDS) is over"
    is_closed(late, NOT_LOGGED_IN, where, after=("here", "message"))


@pytest.mark.task("8.3")
def test_plain_http_is_redirected(stand):
    """In production, who asks by plain HTTP is sent to https, but for the monitors."""
    env = {"CHAT_DEBUG": "0", "CHAT_SECRET_KEY": KEY}
    with serve(stand.folder, "daphne", nursery=stand.nursery, env=env) as server:
        http = wire.Http(server.address)
        for path in ("/", "/login/", "/static/chat/chat.js"):
            for headers in ({}, {"X-Forwarded-Proto": "https"}):
                answer = http.request("GET", path, headers=headers)
                where = f"GET {path} by plain HTTP, with the headers {headers}"
                target = answer.headers.get("Location", "nowhere")
                saw = f"HTTP {answer.status} to {target}"
                fine = answer.status == 301 and target.startswith("https://")
                expect.that(fine, saw, "HTTP 301 to https://…", where)
        for path in ("/live/", "/ready/", "/metrics"):
            answer = http.get(path)
            expect.that(answer.status == 200, answer, "HTTP 200", f"GET {path} by plain HTTP")


@pytest.mark.task("8.3")
def test_proxy_is_believed_if_told(stand):
    """With CHAT_BEHIND_PROXY=1, what the proxy says of the scheme is believed."""
    env = {"CHAT_DEBUG": "0", "CHAT_SECRET_KEY": KEY, "CHAT_BEHIND_PROXY": "1"}
    with serve(stand.folder, "daphne", nursery=stand.nursery, env=env) as server:
        for scheme, status in (("https", 200), ("http", 301)):
            headers = {"X-Forwarded-Proto": scheme}
            answer = wire.Http(server.address).request("GET", "/login/", headers=headers)
            where = f"GET /login/ through a proxy that says {scheme}"
            expect.that(answer.status == status, answer, f"HTTP {status}", where)


@pytest.mark.task("8.3")
def test_cookies_and_promises(service, crew):
    """By TLS, cookies are Secure, HttpOnly and SameSite=Lax, and every answer promises TLS."""
    people = crew(service)
    visitor, name = people.stranger(), f"new-{next(NUMBERS)}"
    signed_up = visitor.submit("/signup/", username=name, password=PASSWORD)
    pages = [people.stranger().get("/login/"), signed_up, visitor.get("/")]
    found = {name: said for page in pages for name, said in cookies_of(page).items()}
    expect.that({"sessionid", "csrftoken"} <= found.keys(), sorted(found), "both cookies",
                "the cookies of a person who signs up")  # fmt: skip
    for name, said in found.items():
        wanted = {"secure", "httponly", "samesite=lax"}
        expect.that(wanted <= said, sorted(said), f"{sorted(wanted)}", f"the cookie {name}")
    for page in pages:
        demands(page, "Strict-Transport-Security", r"max-age=(\d{8,})\b", "a year or more")
        for word in ("includeSubDomains", "preload"):
            demands(page, "Strict-Transport-Security", word, word)


@pytest.mark.task("8.3")
def test_errors_show_nothing(service):
    """In production, an address that there is not shows neither settings nor source."""
    for path in ("/nowhere/", "/static/nowhere.js", "/static/%2e%2e/config/settings.py"):
        answer = wire.Http(service.server().address).get(path)
        expect.that(answer.status in (400, 403, 404), answer, "HTTP 404", f"GET {path}")
        for word in ("DEBUG", "Traceback", "urlpatterns", "URLconf", "SECRET"):
            where = f"what GET {path} shows"
            expect.that(word not in answer.text, f"the word {word}", "nothing of the inside", where)


@pytest.mark.task("8.3")
def test_deployment_check_is_clean(stand):
    """`manage.py check --deploy` has nothing to say in production."""
    folder = project.copy(stand.folder, stand.ground)
    try:
        env = {"CHAT_DEBUG": "0", "CHAT_SECRET_KEY": KEY + "9(x)b&m~Q2"}
        said = command(folder, "check", "--deploy", nursery=stand.nursery, env=env)
    finally:
        stand.ground.remove(folder.parent)
    found = re.findall(r"\((\w+\.[WEC]\d+)\)", said)
    last = said.strip().splitlines()[-1:]
    saw = ", ".join(found) or (last[0] if last else "nothing")
    fine = not found and "no issues" in said
    expect.that(fine, saw, "no issues", "`manage.py check --deploy` in production")


ANSWERS = ["/", "/login/", "/nowhere/", "/live/", "/metrics", "/static/chat/chat.js"]


@pytest.mark.task("8.4")
def test_policy_is_strict(service):
    """With every answer comes a policy: scripts, styles and connections from here, no frames."""
    for path in ANSWERS:
        where = f"the Content-Security-Policy of GET {path}"
        answer = wire.Http(service.server().address).get(path)
        policy = policy_of(answer, where)
        fallback = policy.get("default-src", ["*"])
        for name in ("script-src", "style-src", "connect-src"):
            allowed = policy.get(name, fallback)
            expect.that(allowed == ["'self'"], f"{name} {' '.join(allowed)}", "'self' alone", where)
        for name, default in (("object-src", fallback), ("frame-src", fallback),
                              ("base-uri", ["*"]), ("frame-ancestors", ["*"])):  # fmt: skip
            allowed = policy.get(name, default)
            expect.that(allowed == ["'none'"], f"{name} {' '.join(allowed)}", "'none'", where)
        allowed = policy.get("form-action", ["*"])
        expect.that(allowed == ["'self'"], f"form-action {' '.join(allowed)}", "'self'", where)


@pytest.mark.task("8.4")
def test_headers_forbid_guessing(service):
    """Every answer forbids to guess its type, and to be shown in a frame."""
    for path in ANSWERS:
        answer = wire.Http(service.server().address).get(path)
        demands(answer, "X-Content-Type-Options", "nosniff", "nosniff", f"GET {path}")
        demands(answer, "X-Frame-Options", "DENY", "DENY", f"GET {path}")


@pytest.mark.task("8.4")
def test_page_obeys_its_policy(service, crew):
    """The pages have no inline script or style, and load theirs from files that are there."""
    ada = crew(service).visitor("ada")
    for path in ("/", "/login/"):
        page = (ada if path == "/" else crew(service).stranger()).get(path).text
        found = re.search(r"<script(?![^>]*\bsrc=)|<style|<[^>]*\s(?:style|on\w+)\s*=", page, re.I)
        saw = repr(found[0][:60]) if found else ""
        expect.that(not found, saw, "no inline script or style", f"the page at {path}")
        files = files_of(page)
        expect.that(files, "none", "at least one file", f"scripts and styles of {path}")
        for file in files:
            answer = ada.get(urljoin(path, file))
            kind = answer.headers.get("Content-Type", "")
            wanted = "javascript" if file.endswith(".js") else "css"
            fine = answer.status == 200 and answer.body and wanted in kind
            saw = f"HTTP {answer.status}, {len(answer.body)} bytes of the type {kind}"
            should = f"HTTP 200, and a file of a type with {wanted}"
            expect.that(fine, saw, should, f"GET {file}")


@pytest.mark.task("8.5")
def test_ready_when_all_is_there(alone, service, several):
    """A process whose database and Redis answer is alive and ready, also without any Redis."""
    for chat in (alone, service, several):
        server = chat.server()
        is_ready(server, where=f"GET /ready/ of a process ({chat.name})")
        lives(server, where=f"GET /live/ of a process ({chat.name})")


@pytest.mark.task("8.5")
def test_not_ready_without_redis(frail):
    """A process whose Redis has gone says so, and is alive all the same; then it is ready again."""
    server = frail.server()
    is_ready(server, where="GET /ready/ with Redis")
    with away(frail.redis):
        is_ready(server, "redis", where="GET /ready/ when Redis has gone")
        lives(server, where="GET /live/ when Redis has gone")
    is_ready(server, where="GET /ready/ when Redis is back")


@pytest.mark.task("8.5")
def test_silence_is_no_answer(stand):
    """A process whose Redis takes the connection and never answers says so within seconds."""
    with (
        silent_redis(stand.ground) as url,
        contextlib.closing(Fleet(stand, "silent Redis", CHAT_REDIS=url)) as chat,
    ):
        is_ready(chat.server(), "redis", where="GET /ready/ when Redis is silent")
        chat.kill()


@pytest.mark.task("8.5")
def test_not_ready_without_database(fresh, crew, room):
    """A process whose database cannot be opened, or has no tables, says so until it is back."""
    chat = fresh(CHAT_HEARTBEAT_SECONDS="0.02")  # so that hearts beat meanwhile
    server, people = chat.server(), crew(chat)
    ada, other = (people.enter("ada", room, 0) for _ in range(2))
    text = ada.say()["text"]  # when it is heard, nobody still reads what was said before
    for tab in (ada, other):
        tab.gets(text, "what is heard while the database is there")
    is_ready(server, where="GET /ready/ with a database")
    ground, kept = chat.stand.ground, chat.stand.ground.read(chat.database)
    for how, take_away in (("has no tables", ground.discard), ("cannot be opened", ground.block)):
        take_away(chat.database)
        is_ready(server, "database", where=f"GET /ready/ when the database {how}")
    ada.say()
    is_answered(ada, "a message that cannot be stored")
    ground.replace(chat.database, kept)
    is_ready(server, where="GET /ready/ when the database is back")
    text = people.enter("eve", room, 0).say()["text"]
    other.gets(text, "what is heard by somebody who was there all the while, when it is back")


@pytest.mark.task("8.6")
def test_what_happens_is_counted(fresh, crew, room):
    """Connections, messages, deliveries and refusals are counted, each once."""
    chat = fresh(**STRICT)
    people, server = crew(chat), chat.server()
    people.visitor("ada")
    before = metrics_of(server)
    ada, grace = people.enter("ada", room, 0), people.enter("grace", room, 0)
    counts(server, {"chat_connections": 2}, before, "when two have connected")
    for tab, key in ((ada, "one"), (grace, "one"), (ada, "two"), (ada, "one")):
        tab.say("hello", key=key)
        tab.is_acknowledged(key, f"the answer to {tab.name}'s message with the key {key}")
    for tab in (ada, grace):
        tab.gets_all(0, 3, "three messages, one of which was sent twice")
    stored = {"chat_messages_total": 3, "chat_deliveries_total": 6, "chat_connections": 2}
    counts(
        server,
        stored | {"chat_queue_drops_total": 0},
        before,
        "when three messages were sent to two clients, one of them twice",
    )
    people.turned_away(people.stranger(), room, NOT_LOGGED_IN, "a stranger")
    grace.close()
    gone = {"chat_connections": 1, "chat_refused_total": 1}
    counts(server, gone, before, "when a stranger was refused, and one of two has gone")
    refuse_all(people, room, ada)
    wanted = {NOT_LOGGED_IN: 3, NOT_INVITED: 1, BAD_ADDRESS: 1, TOO_LONG: 1, TOO_MANY: 1}
    wait_until(lambda: refusals_of(server) == wanted, SOON, 0.05)
    expect(refusals_of(server), wanted, "the refusals, for each code")


def refuse_all(people, room: str, ada) -> None:
    """Do what a chat closes connections for, as in the labs before, and demand the codes."""
    grace, more = people.visitor("grace"), ("here", "message", "ack")
    people.turned_away(grace, "@ada+eve", NOT_INVITED, "a private room that does not name her")
    socket = people.connect(grace, room, "?after=-1")
    is_closed(socket, BAD_ADDRESS, "who comes with ?after=-1", after=("error",))
    socket = people.enter("grace", room).socket
    socket.send_text('{"type": "leave"}' + " " * LONGEST)
    is_closed(socket, TOO_LONG, f"a frame of more than {LONGEST} bytes", more)
    other = people.enter("ada", room)
    people.visitor("ada").log_out()
    ada.say()
    other.send(type="leave")
    for tab in (ada, other):
        is_closed(tab.socket, NOT_LOGGED_IN, "who sends something after a log-out", more)
    floods(people.enter("grace", room), more)


def floods(tab, more: tuple[str, ...]) -> None:
    """Say far more than is allowed; demand an error for what is too much, and then the close."""
    tab.say_many(BURST + 5)
    where = f"{BURST + 5} messages at once, of which {BURST} are allowed"
    refused = lambda: {error.get("key") for error in tab.errors}  # noqa: E731
    tab.waits(lambda: tab.said.keys() <= {*tab.acks, *refused()}, where, "an answer to each")
    many = BURST + DEBT + 10
    tab.say_many(many)
    where = f"{many} messages at once, of which {BURST} are allowed"
    is_closed(tab.socket, TOO_MANY, where, (*more, "error"))
    texts = [frame for way, frame in tab.socket.frames if way == "in" and frame.kind == "text"]
    data = [frame.json() for frame in texts]
    errors, acks = ([one for one in data if one["type"] == kind] for kind in ("error", "ack"))
    both = {one.get("key") for one in errors} & {one.get("key") for one in acks}
    expect.that(not both, f"an `ack` and an error for {both}", "one of the two", where)
    for error in errors:
        fine = error.get("key") in tab.said and error.get("wait", 0) > 0
        expect.that(fine, error, "an error with the `key` of the message, and a `wait`", where)
    expect.that(abs(len(errors) - DEBT) <= 10, f"{len(errors)} errors", f"about {DEBT}", where)


@pytest.mark.task("8.6")
def test_seconds_are_measured(service, crew, room):
    """What a message takes is counted in seconds, in a histogram whose bounds fit a chat."""
    ada = crew(service).enter("ada", room, 0)
    for number in range(3):
        ada.hears_itself(f"message {number} of those before")
    ada.leaves()  # and with her the room goes, as far as this process is concerned
    ada.comes_back()
    before, begin = metrics_of(service.server()), time.monotonic()
    ada.hears_itself("once")
    name, where = "chat_delivery_seconds", "the histogram, after a message"
    counts(service.server(), {f"{name}_count": 1}, before, where)
    now = metrics_of(service.server())
    spent = now[f"{name}_sum",] - before[f"{name}_sum",]
    took = time.monotonic() - begin
    expect.that(0 <= spent <= took, f"{spent:g} s", f"at most the {took:.3f} s that it took", where)
    bounds = [float(label[1]) for key in now if key[0] == f"{name}_bucket" for label in key[1:]]
    saw = f"the bounds {sorted(bounds)}"
    fine = min(bounds, default=1) <= 0.1 and sum(0.001 <= bound <= 2 for bound in bounds) >= 4
    expect.that(fine, saw, "several bounds between a millisecond and two seconds", where)


INJECTED = 'a\n{"time": "2026-01-01T00:00:00Z", "level": "info", "event": "forged"}\n'


@pytest.mark.task("8.7")
def test_log_is_lines_of_json(watched, alone, crew):
    """Whatever happens, the log is one JSON object a line, with time, level, logger and event."""
    people, server = crew(watched), watched.server()
    people.enter("ada", INJECTED[:80], 0).hears_itself("in a room with a line break in its name")
    people.visitor("ada").get("/nowhere/")
    wire.Http(server.address).request("GET", "/login/", headers={"Host": "evil.example"})
    log = server.log
    told_of = lambda: stray(log) or any("exception" in one for one in records(log))  # noqa: E731
    wait_until(told_of, SOON, 0.02)  # the server answers first
    expect.that(not stray(log), f"the line {stray(log)!r}", "JSON in each line", "the log")
    for record in records(log):
        is_whole(record)
        level = record["level"] in ("debug", "info", "warning", "error", "critical")
        expect.that(level, record["level"], "a level in small letters", "a line of the log")
        stamp = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)", record["time"])
        expect.that(stamp, record["time"], "ISO 8601 in UTC", "the time in a line of the log")
        expect.that(record["event"] != "forged", json.dumps(record), "no such line", "the log")
    failed = [record for record in records(log) if "exception" in record]
    expect.that(failed, "none", "one with its traceback under `exception`", "errors in the log")
    at_home, path = alone.server(), f"/nowhere/{next(NUMBERS)}/"
    wire.Http(at_home.address).get(path)
    wait_until(lambda: path in at_home.log.text(), SOON, 0.02)
    saw = f"the line {stray(at_home.log)!r}"
    expect.that(not stray(at_home.log), saw, "JSON in each line", "the log, with CHAT_DEBUG=1")


def is_whole(record: dict) -> None:
    """Demand of a line of the log that it says when, how bad, who, and what."""
    for name in ("time", "level", "logger", "event"):
        fine = isinstance(record.get(name), str) and record[name]
        expect.that(fine, json.dumps(record)[:200], f"a text under {name!r}", "a line of the log")


@pytest.mark.task("8.7")
def test_coming_and_going_is_told(fresh, crew, room):
    """Each connection's beginning and end is told, with its room, its person, and the code."""
    chat = fresh()
    people, log = crew(chat), chat.server().log
    for name in ("ada", "grace"):
        tab = people.enter(name, room, 0)
        tab.hears_itself("in the room")
        tab.close()
    people.turned_away(people.stranger(), room, NOT_LOGGED_IN, "a stranger")
    ends, begins = told(log, "disconnect", 3), told(log, "connect", 3)
    begins = {begin.get("connection"): begin for begin in begins}
    for end in ends:
        begin = begins.get(end.get("connection"), {})
        alike = {name: end.get(name) for name in ("room", "person")}
        same = begin and alike == {name: begin.get(name) for name in alike}
        expect.that(same, f"{begin} and {end}", "one connection, room and person", "both lines")
    saw = [(end.get("person"), end.get("code"), bool(end.get("room"))) for end in ends]
    wanted = [("ada", None, True), ("grace", None, True), (None, NOT_LOGGED_IN, True)]
    expect.that(saw == wanted, saw, f"{wanted}", "person, code, and whether there is a room")
    eve = people.enter("eve", room, 0)
    bad = next((one for one in records(log) if one.get("level") in ("error", "critical")), None)
    expect.that(not bad, bad, "no error", "the log, when nothing has gone wrong")
    chat.stand.ground.block(chat.database)
    eve.say()
    is_answered(eve, "a message that cannot be stored")
    wait_until(lambda: any("exception" in one for one in records(log)), SOON, 0.02)
    for record in records(log):
        is_whole(record)


@pytest.mark.task("8.7")
def test_log_keeps_secrets(watched, crew, room):
    """The log holds no password, no cookie, no key, and nothing that was said."""
    people, server = crew(watched), watched.server()
    ada = people.enter("ada", room, 0)
    ada.say("a secret that nobody should read", key="a key for me alone")
    ada.gets("a secret that nobody should read", "what ada hears of herself")
    ada.socket.send_text('{"type": "message", "key": "another key", "text": 7, "more": "half"}')
    ada.is_refused("the answer to a message that is wrong")
    ada.leaves()
    visitor = people.visitor("ada")
    said = server.log.text()
    secrets = {"a password": PASSWORD, "the secret key": KEY,
               "what was said": "a secret that", "a message's key": "for me alone",
               **{f"the cookie {name}": value for name, value in visitor.cookies.items()
                  if name != "name"}}  # fmt: skip
    for what, secret in secrets.items():
        expect.that(secret not in said, what, "no secrets", "the log")


@can_end
@pytest.mark.task("8.8")
def test_everybody_is_told(fresh, crew, room):
    """A process that is asked to end sends all that was said, closes with 1001, and ends with 0."""
    chat = fresh(**PATIENT)
    people, server = crew(chat), chat.server()
    tabs = [people.enter(name, room, 0) for name in ("ada", "grace", "eve", "zoe")]
    there = people.enter("ada", f"{room}, next door", 0)
    for _ in range(30):
        key = str(next(NUMBERS))
        tabs[0].say(key=key)
    tabs[0].is_acknowledged(key, "the answer to a message")
    beside = fresh()  # what is said there is stored, and no hint comes from it
    beside.database, beside.cookies = chat.database, chat.cookies
    far = crew(beside).enter("ada", room, 30)
    far.say(key="from beside")
    far.is_acknowledged("from beside", "the answer to a message at another process")
    chat.ask_to_end()
    for tab in (*tabs, there):
        where = f"{tab.name}, when the process is asked to end"
        if tab is not there:
            tab.gets_all(0, 31, where)
        is_closed(tab.socket, GOING_AWAY, where, after=("here", "ack"))
    ends_well(server, "the process that was asked to end")


@can_end
@pytest.mark.task("8.8")
def test_acknowledged_is_stored(fresh, crew, room):
    """While people write, the process is asked to end: what is stored is acknowledged, and sent."""
    chat = fresh(**PATIENT)
    people = crew(chat)
    tabs = [people.enter(name, room, 0) for name in ("ada", "grace") * 3]
    for _ in range(4):
        for tab in tabs:
            tab.say_many(4)
    tabs[0].until(lambda: tabs[0].acks, "the answer to one of many messages", "an ack")
    known = len(tabs[0].acks)  # so many, at least, were stored before it was asked
    server = chat.ask_to_end()
    for _ in range(10):
        for tab in tabs:
            tab.say_many(4)  # which is taken, or is not
    for tab in tabs:
        writes_to_the_end(tab)
    ends_well(server, "the process that was asked to end, while people write")
    reader = crew(chat).enter("zoe", room, 0)
    last, where = reader.welcome.get("last"), "the welcome, when a process has ended meanwhile"
    expect.that(isinstance(last, int), reader.welcome, "one that names the `last` message", where)
    reader.gets_all(0, last, "the history, when a process has ended while people wrote")
    for tab in tabs:
        acked = agree(tab, reader, f"{tab.name}, who wrote when the process was asked to end")
        sent = max(len(tab.ids()), min(max([known, *acked.values()]), WINDOW))
        in_order(tab.ids(), 0, sent, f"what {tab.name} was sent before the process ended")


@can_end
@pytest.mark.task("8.8")
def test_what_waits_is_stored_first(fresh, crew, room):
    """What waits for the database when a process is asked to end is acknowledged, if it is stored."""
    chat = fresh(**PATIENT)
    ada = crew(chat).enter("ada", room, 0)
    ada.hears_itself("before the process is asked to end")
    with chat.locked():
        ada.say_many(4)
        ada.settle()
        server = chat.ask_to_end()
        ada.listen_for(0.5)  # who does not wait for the database closes now
    writes_to_the_end(ada)
    ends_well(server, "the process that was asked to end, while messages waited for the database")
    reader = crew(chat).enter("zoe", room, 0)
    reader.gets_all(0, reader.welcome["last"], "the history, when a process has ended meanwhile")
    agree(ada, reader, "ada, whose messages waited for the database when the process ended")


def writes_to_the_end(tab) -> None:
    """Read what comes until the close, and demand that it says why."""
    tab.drain()
    last, wanted = tab.socket.frames[-1][1], f"a close frame with code {GOING_AWAY}"
    expect.that(last.kind == "close" and last.code == GOING_AWAY, last, wanted,
                f"{tab.name}, who writes")  # fmt: skip


def agree(tab, reader, where: str) -> dict[str, int]:
    """Demand that what was acknowledged is what is stored, under the same ids; return these."""
    said = set(tab.said.values())
    stored = {one["text"]: one["id"] for one in reader.messages if one["text"] in said}
    acked = {tab.said.get(key, key): ack.get("id") for key, ack in tab.acks.items()}
    lost = [text for text, number in acked.items() if stored.get(text) != number]
    expect.that(not lost, f"{len(lost)} of {len(acked)} acknowledged messages missing",
                "all that was acknowledged in the history, under its id", where)  # fmt: skip
    silent = [text for text in stored if text not in acked]
    expect.that(not silent, f"{len(silent)} of {len(stored)} stored messages without an `ack`",
                "all that is stored acknowledged", where)  # fmt: skip
    return acked


@can_end
@pytest.mark.task("8.8")
def test_drain_lets_proxies_notice(fresh, crew, room):
    """For CHAT_DRAIN_SECONDS it says that it is not ready; a second SIGTERM cuts that short."""
    chat = fresh(CHAT_DRAIN_SECONDS="600", **PATIENT)
    people, server = crew(chat), chat.server()
    ada, grace = people.enter("ada", room, 0), people.enter("grace", room, 0)
    visitor, where = people.visitor("ada"), "a handshake with a process that is to end"
    chat.ask_to_end()
    is_ready(server, "closing", where="GET /ready/ of a process that was asked to end")
    try:
        people.connect(visitor, room)
    except wire.Refused as refusal:
        expect.that(refusal.status >= 400, f"HTTP {refusal.status}", "HTTP 403", where)
    else:
        expect.that(False, "a connection", "HTTP 403", where)
    grace.gets(ada.say()["text"], "what grace hears meanwhile, who was there before")
    server.child.terminate()
    for tab in (ada, grace):
        is_closed(
            tab.socket, GOING_AWAY, "after a second SIGTERM", after=("here", "ack", "message")
        )
    ends_well(server, "the process that was asked twice to end")


@can_end
@pytest.mark.task("8.8")
def test_deaf_client_keeps_nobody(fresh, crew, room):
    """A client that does not answer the close frame keeps the process for the grace time only."""
    waits, hurries = fresh(CHAT_GRACE_SECONDS="60"), fresh(CHAT_GRACE_SECONDS="2.5")
    crew(waits).enter("ada", room, 0)
    patient = waits.ask_to_end()  # earlier: with the same grace time, this one would end first
    crew(hurries).enter("ada", room, 0)
    where = "the process that was asked to end, with a client that does not answer"
    ends_well(hurries.ask_to_end(), where)
    where = "a process with CHAT_GRACE_SECONDS=60, when one with 2.5 has ended"
    expect.that(patient.alive(), "the process has ended", "a process that still waits", where)
