"""What a client of lab 01 must see: a JSON API with a cursor, and a page that polls with care."""

import json
from datetime import datetime
from itertools import pairwise

import pytest

from duplex.expect import expect

API = "/api/messages/"
PAGE = 100  # messages in one answer, at most
LARGEST = 16 * 1024  # bytes of a body
CALM, LONGEST = 10, 60  # seconds between two polls, at most: usually, and when all is broken


def post(http, text="hello", author="ada", what="the text 'hello'") -> dict:
    """Send a good message and return what the server made of it; `what` names it."""
    answer = http.post(API, json={"author": author, "text": text})
    expect.that(answer.status == 201, answer, "HTTP 201", f"POST of a good message, {what}")
    message = answer.json()
    fine = isinstance(message, dict) and isinstance(message.get("id"), int)
    expect.that(fine, message, "an object with an integer id", "the answer to a POST")
    return message


def get(http, query="") -> list[dict]:
    """Return the messages of one GET."""
    answer = http.get(API + query)
    expect(answer.status, 200, f"GET {API}{query}")
    body = answer.json()
    fine = isinstance(body, dict) and isinstance(body.get("messages"), list)
    expect.that(fine, body, 'an object {"messages": […]}', f"the answer to GET {API}{query}")
    return body["messages"]


def ids(messages) -> list[int]:
    """Return the ids of messages."""
    return [message["id"] for message in messages]


def refused(answer, where, *statuses):
    """Demand a refusal with a JSON error."""
    should = " or ".join(f"HTTP {status}" for status in statuses)
    expect.that(answer.status in statuses, answer, f"{should} with a JSON error", where)
    body = answer.json()
    fine = isinstance(body, dict) and isinstance(body.get("error"), str) and body["error"]
    expect.that(fine, body, 'a JSON object {"error": "a sentence"}', where)


def moment(message: dict) -> bool:
    """Tell whether the time of a message is one that everybody on earth reads alike."""
    try:
        return datetime.fromisoformat(message["sent_at"]).tzinfo is not None
    except (KeyError, TypeError, ValueError):
        return False


@pytest.mark.task("1.1")
def test_only_newer_messages(http):
    """GET with `?after=ID` brings exactly the messages whose id is greater than ID."""
    first, second, third = (post(http, text)["id"] for text in ("one", "two", "three"))
    expect(set(ids(get(http, f"?after={first}"))), {second, third}, f"GET {API}?after={first}")
    expect(ids(get(http, f"?after={third}")), [], f"GET {API}?after={third}, the last id")


@pytest.mark.task("1.1")
def test_everything_without_cursor(http):
    """GET without a cursor, or with `?after=0`, begins with the first message."""
    posted = {post(http, text)["id"] for text in ("one", "two")}
    for query in ("", "?after=0"):
        seen = set(ids(get(http, query)))
        expect.that(posted <= seen, sorted(seen), f"the ids {sorted(posted)} too", f"GET {query}")


@pytest.mark.task("1.1")
def test_bad_cursor_refused(http):
    """A cursor that is no whole number, zero or more, of at most 18 digits gets a JSON 400."""
    for cursor in ("abc", "-1", "1.5", "", "%C2%B2", "9" * 5000):
        shown = cursor if len(cursor) < 20 else f"{cursor[:5]}… ({len(cursor)} digits)"
        refused(http.get(f"{API}?after={cursor}"), f"GET {API}?after={shown}", 400)


@pytest.mark.task("1.2")
def test_oldest_first(http):
    """Messages come oldest first, their ids strictly increasing, and none is left out."""
    posted = [post(http, text)["id"] for text in ("one", "two", "three")]
    seen = ids(get(http))
    expect(seen, sorted(set(seen)), f"the ids in the answer to GET {API}")
    if len(seen) < PAGE:
        whole = set(posted) <= set(seen)
        expect.that(whole, seen, f"the ids {posted} too", f"the ids in the answer to GET {API}")


@pytest.mark.task("1.2")
def test_hundred_at_most(http):
    """Of more than a hundred messages, one answer carries the hundred oldest."""
    first = min([*ids(get(http)), post(http)["id"]])
    for number in range(PAGE):
        post(http, f"message {number}")
    seen = ids(get(http))
    expect(len(seen), PAGE, f"the number of messages in the answer to GET {API}")
    expect(seen[0], first, "the first id of that answer")
    expect(seen, sorted(set(seen)), "the ids in that answer")


NOT_JSON = {
    "no body at all": b"",
    "a form's body": b"author=ada&text=hello",
    "half of an object": b'{"author": "ada", "text": "hel',
    "ten thousand opening brackets": b"[" * 10_000,
    "bytes that are no UTF-8": b'{"author": "ada", "text": "\xff\xfe"}',
}
WRONG_SHAPES = {
    "a list": ["ada", "hello"],
    "a string": "hello",
    "null": None,
    "no text": {"author": "ada"},
    "no author": {"text": "hello"},
    "a number as text": {"author": "ada", "text": 5},
    "a list as author": {"author": ["ada"], "text": "hello"},
    "null as text": {"author": "ada", "text": None},
}
BAD_WORDS = {
    "an empty text": {"author": "ada", "text": ""},
    "a text of blanks": {"author": "ada", "text": " \t\n "},
    "an empty author": {"author": " ", "text": "hello"},
    "a text of 1001 characters": {"author": "ada", "text": "x" * 1001},
    "an author of 41 characters": {"author": "x" * 41, "text": "hello"},
    "half of an emoji, which UTF-8 cannot write": {"author": "ada", "text": "\ud83c"},
}


def refuses(http, bodies: dict, *statuses, kind="application/json"):
    """Demand that each body is refused, and that nothing of it is stored."""
    before = post(http, "before")["id"]
    for name, body in bodies.items():
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = http.post(API, body=raw, content_type=kind)
        refused(answer, f"POST with {name}", *statuses)
    after = post(http, "after")["id"]
    stored = [row for row in get(http, f"?after={before}") if before < row["id"] != after]
    expect(stored, [], "what was stored of the refused messages")


GOOD_TEXTS = {
    "the text 'hello'": "hello",
    "a text of 1000 characters": "x" * 1000,
    "a text of 1000 emoji": "\N{PARTY POPPER}" * 1000,
    "a text with markup and accents": "<b>ciao</b> è già l'una",
}


@pytest.mark.task("1.3")
def test_good_message_created(http):
    """A POST of a good message gets 201 and the message: id, author, text, sent_at."""
    for what, text in GOOD_TEXTS.items():
        message = post(http, text, "Zoë", what)
        expect((message.get("author"), message.get("text")), ("Zoë", text), "the created message")
        expect.that(moment(message), message, "its time as `sent_at`, ISO 8601 with an offset "
                    "from UTC", "the created message")  # fmt: skip


@pytest.mark.task("1.3")
def test_only_json_accepted(http):
    """A POST whose body is not JSON gets 400 with a JSON error, and nothing is stored."""
    refuses(http, NOT_JSON, 400)


@pytest.mark.task("1.3")
def test_wrong_shape_refused(http):
    """A POST of JSON that is no object with a string as author and as text gets 400."""
    refuses(http, WRONG_SHAPES, 400)


@pytest.mark.task("1.3")
def test_bad_words_refused(http):
    """A text or author that is blank, too long or cannot be stored gets 400, and is not stored."""
    refuses(http, BAD_WORDS, 400)


@pytest.mark.task("1.3")
def test_large_body_refused(http):
    """A body above 16 KiB, even if only of blanks, gets 400 (or 413) with a JSON error."""
    good = b'{"author": "ada", "text": "hello"}'
    bodies = {"a body of 20 kB": good.ljust(20_000), "16 KiB and a byte": good.ljust(LARGEST + 1)}
    refuses(http, bodies, 400, 413)
    answer = http.post(API, body=good.ljust(LARGEST), content_type="application/json")
    expect.that(answer.status == 201, answer, "HTTP 201", "POST of a body of just 16 KiB")


@pytest.mark.task("1.3")
def test_other_types_refused(http):
    """A body that is not declared as application/json gets 400 (or 415) with a JSON error."""
    body = {"author": "ada", "text": "hello"}
    for kind in ("text/plain", "text/plain; application/json", "application/x-www-form-urlencoded"):
        refuses(http, {f"Content-Type: {kind}": body}, 400, 415, kind=kind)
    kind = "application/json; charset=utf-8"
    answer = http.post(API, body=json.dumps(body).encode(), content_type=kind)
    expect.that(answer.status == 201, answer, "HTTP 201", f"POST of a good message as {kind}")


@pytest.mark.task("1.4")
def test_other_methods_refused(http):
    """PUT, PATCH and DELETE get 405, an Allow header with GET and POST, and a JSON error."""
    for method in ("PUT", "PATCH", "DELETE"):
        answer = http.request(method, API)
        refused(answer, f"{method} {API}", 405)
        allow = answer.headers.get("Allow", "no Allow header")
        allowed = {name.strip().upper() for name in allow.split(",")}
        fine = {"GET", "POST"} <= allowed and method not in allowed
        expect.that(fine, allow, "an Allow header with GET and POST", f"the answer to {method}")


@pytest.fixture
def polls(page, server):
    """The chat's page in a browser, its clock standing still, its first poll under way."""
    from duplex.polls import Polls

    polls = Polls(page, server.url + "/")
    if not polls.until(lambda: polls.asked, CALM):
        polls.require(CALM, "after the page at / has been loaded")
    return polls


@pytest.mark.task("1.5")
def test_polls_never_overlap(polls):
    """As long as a poll is not answered, the page starts no other one."""
    from duplex.polls import messages

    for when in ("the first poll", "a later poll"):
        polls.reply = None
        polls.until(lambda: polls.most > 1, 2.5 * CALM)
        expect(polls.most, 1, f"polls under way at once while {when} waits for its answer")
        polls.reply = messages()
        polls.settle()
        polls.require(LONGEST, f"after the answer to {when}")  # it may have given that poll up
        polls.require(CALM, f"after the answers to {when} and the next")


@pytest.mark.task("1.5")
def test_next_poll_reads_on(polls):
    """After an answer the page asks for what follows the last id, and shows each text once."""
    from duplex.polls import messages

    texts = ["good morning", "<b>not bold</b> & <img src=x>"]
    row = {"author": "ada", "sent_at": "2026-01-02T03:04:05+00:00"}
    polls.reply = messages(row | {"id": 3, "text": texts[0]}, row | {"id": 7, "text": texts[1]})
    polls.settle()
    polls.reply = messages()
    poll = polls.require(CALM, "after the first answer")
    expect(poll.after, "7", "the cursor `after` of the poll that follows ids 3 and 7")
    for text in texts:
        expect(polls.text().count(text), 1, f"how often the page shows the text {text!r}")


def waits_longer(polls, status):
    """Demand waits that grow while polls fail, up to a cap, and the usual one afterwards."""
    usual = polls.usual_wait(CALM, "after an empty answer")
    waits = polls.failing_waits(status, LONGEST)
    shown = "waits of " + ", ".join(f"{wait:g}" for wait in waits) + " s"
    longer = sum(later > before + 0.3 for before, later in pairwise([usual, *waits]))
    fine = longer >= 2 and max(waits) >= 3 * usual
    expect.that(fine, shown, f"waits that grow from the usual {usual:g} s", "while polls fail")
    steady = all(later > before / 2 for before, later in pairwise(waits))
    expect.that(steady, shown, "waits that do not fall again", "while polls fail")
    again = polls.usual_wait(CALM, "when the server answers again", first=LONGEST)
    fine = again <= 1.5 * usual + 0.5
    expect.that(fine, f"{again:g} s", f"the usual {usual:g} s", "when the server answers again")


@pytest.mark.task("1.6")
def test_backs_off_when_refused(polls):
    """While no connection can be made, each wait is longer, up to a minute; then as before."""
    waits_longer(polls, None)


@pytest.mark.task("1.6")
def test_backs_off_on_errors(polls):
    """While the server answers 500, each wait is longer, up to a minute; then as before."""
    waits_longer(polls, 500)
