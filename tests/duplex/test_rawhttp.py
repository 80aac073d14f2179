"""HTTP by hand, against notebook 01's project under Django's own server."""

from pathlib import Path

import pytest

from duplex.rawhttp import Message, RawHttp, request, split
from duplex.server import serve
from duplex.sockets import Dropped

PAGES = Path(__file__).parents[2] / "notebooks/projects/pages"


@pytest.fixture(scope="module")
def address():
    with serve(PAGES, "runserver") as server:
        yield server.address


@pytest.fixture
def connection(address):
    with RawHttp(address) as opened:
        yield opened


def test_request_has_host_and_length():
    text = request("POST", "/news/", "Accept: */*", body="caffè")
    assert text.split("\r\n") == [
        "POST /news/ HTTP/1.1", "Host: localhost", "Accept: */*", "Content-Length: 6", "", "caffè"
    ]  # fmt: skip


def test_answer_has_head_and_body(connection):
    answer = connection.ask(request("GET", "/hello/?name=Ada"))
    assert answer.lines[0] == "HTTP/1.1 200 OK"
    assert (answer.text, answer.header("content-LENGTH")) == ("Hello, Ada!", "12")
    assert answer.header("Cookie") is None


def test_answers_come_in_order(connection):
    connection.send((request("GET", "/hello/?name=A") + request("GET", "/hello/?name=B")).encode())
    assert [connection.read().text, connection.read().text] == ["Hello, A!", "Hello, B!"]


def test_end_ends_unmeasured_body(connection):
    answer = connection.ask(request("GET", "/endless/"))
    assert answer.text == "one\ntwo" and answer.header("Content-Length") is None
    assert not connection.takes_another(request("GET", "/hello/"))
    with pytest.raises(Dropped):
        connection.read()


def test_server_says_nothing_unasked(connection):
    assert connection.unasked(0.05) == b""
    assert connection.takes_another(request("GET", "/hello/"))


def test_split_follows_lengths():
    first, second = b"A\r\nContent-Length: 2\r\n\r\n", b"B\r\nContent-Type: x\r\n\r\n"
    assert split(first + b"hi" + second) == [Message(first, b"hi"), Message(second)]
    assert str(split(first + b"hi")[0]) == "A\nContent-Length: 2\n\nhi"
