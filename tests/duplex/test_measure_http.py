"""What notebook 01 measures, against its own project under Django's own server."""

import json
from pathlib import Path
from statistics import median

import pytest

from duplex.line import Line
from duplex.measure import http as measure_http
from duplex.rawhttp import RawHttp, request
from duplex.server import serve

PAGES = Path(__file__).parents[2] / "notebooks/projects/pages"
HELLO = request("GET", "/hello/")


@pytest.fixture(scope="module")
def address():
    with serve(PAGES, "runserver") as server:
        yield server.address


def ask(address, text):
    with RawHttp(address) as connection:
        return connection.ask(text)


def test_sizes_add_up(address):
    text = request("POST", "/news/?after=9999", body="caffè")
    answer = ask(address, text)
    row = measure_http.sizes("a post", text, answer)
    assert row["request headers"] + row["request body"] == len(text.encode())
    assert (row["request body"], row["response body"]) == (6, len(b'{"news": []}'))
    assert row["response headers"] == len("\r\n".join([*answer.lines, "", ""]))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (HELLO, True),
        (request("GET", "/hello/", "Connection: close"), False),
        (request("GET", "/hello/", version="1.0"), False),
        (request("GET", "/hello/", "Connection: keep-alive", version="1.0"), True),
        (request("GET", "/endless/"), False),
    ],
)
def test_connection_is_kept_or_not(address, text, kept):
    answer, another = measure_http.kept_open(address, text, HELLO)
    assert answer.lines[0] == "HTTP/1.1 200 OK" and another is kept


def test_bare_wsgiref_always_closes():
    with measure_http.bare_wsgiref() as address:
        answer, another = measure_http.kept_open(address, HELLO, HELLO)
    assert answer.lines[0] == "HTTP/1.0 200 OK" and answer.text == "Hello!" and not another


@pytest.mark.parametrize(("keep", "opened", "trips"), [(False, 3, 2), (True, 1, 1)])
def test_new_connections_cross_twice(address, keep, opened, trips):
    with measure_http.DistantLine(address, 0.02) as line:
        seconds = measure_http.ask_often(line.address, "/hello/", 3, keep=keep)
        row = measure_http.cost_row("these", line, seconds)
    assert (row["opened"], row["requests"], len(line.openings)) == (opened, 3, opened)
    assert min(seconds) >= trips * 0.04 and seconds[0] >= 0.08
    assert row["median (ms)"] == pytest.approx(1000 * median(seconds), abs=0.1)


def test_arrows_show_the_handshake(address):
    with measure_http.DistantLine(address, 0.01) as line:
        measure_http.ask_often(line.address, "/hello/", 1, keep=True)
        drawn = measure_http.arrows(line)
    assert [(arrow.label, arrow.up) for arrow in drawn] == [
        ("SYN", True), ("SYN, ACK", False), ("GET /hello/", True), ("200 OK", False)
    ]  # fmt: skip
    assert all(
        later.left >= sooner.arrived for sooner, later in zip(drawn, drawn[1:], strict=False)
    )


def test_both_ends_speak_at_once():
    crossed = measure_http.both_at_once("Hello?", "Yes!", 1)
    down, up = sorted(crossed, key=lambda arrow: arrow.up)  # either may have left first
    assert (up.label, up.up, down.label, down.up) == ("Hello?", True, "Yes!", False)
    assert down.left < up.arrived and up.left < down.arrived


def test_follower_counts_its_news(address):
    with Line(address) as line:
        told = measure_http.follow(address, line.address, 4, {2: "caffè", 4: "tea"})
        rows = measure_http.growth(line, told)
    assert told == [0, 6, 0, 3]
    assert [row["news"] for row in rows] == [0, 6, 6, 9]
    assert rows[-1]["wire"] == len(line.data(up=True)) + len(line.data(up=False))
    news = json.loads(ask(address, request("GET", "/news/")).body)["news"]
    assert news[-2:] == ["caffè", "tea"]


def test_state_lives_with_the_client(address):
    first = ask(address, request("GET", "/visits/"))
    assert first.header("Set-Cookie").startswith("visits=1;")
    assert ask(address, request("GET", "/visits/", "Cookie: visits=99")).text == "visit number 100"


def test_key_opens_the_servers_memory(address):
    key = ask(address, request("GET", "/login/?name=Ada")).header("Set-Cookie").split(";")[0]
    assert ask(address, request("GET", "/whoami/", f"Cookie: {key}")).text == "You are Ada."
    assert ask(address, request("GET", "/whoami/")).text == "You are a stranger."
