"""What a client of the tiny project must see."""

import pytest

from duplex.expect import expect


@pytest.mark.task("1.1")
def test_hello(http):
    """GET / brings `hello`."""
    expect(http.get("/").text, "hello", "GET /")


@pytest.mark.task("1.1")
def test_hello_again(http):
    """GET / brings `hello` once more."""
    expect(http.get("/?again").text, "hello", "GET /?again")


@pytest.mark.task("1.2")
def test_bye(http):
    """GET /?say=bye
    brings `bye`."""
    expect(http.get("/?say=bye").text, "bye", "GET /?say=bye")


@pytest.mark.task("1.3")
def test_number(http):
    """GET /?say=number brings a number."""
    int(http.get("/?say=number").text)  # careless: what is no number is this grader's own error
