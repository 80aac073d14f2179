"""The page of lab 07 in real browsers, at two processes of one chat with a real Redis."""

import contextlib
from itertools import count

import pytest

from duplex import catalog
from duplex.browser import open_page, page_errors
from duplex.errors import CourseError
from duplex.line import Line
from duplex.nursery import Nursery
from duplex.people import People
from duplex.redis import Redis
from duplex.server import CAN_FORK, serve

PROJECT = catalog.ROOT / "solutions" / "lab07_scale"
MARKUP = "<img src=x onerror=alert(1)> & <b>caffè</b>"
NUMBERS = count(1)


class Place:
    """An address that stays, and the process that serves it now."""

    def __init__(self, nursery, env):
        self.nursery, self.env = nursery, env
        self.server = serve(PROJECT, "runserver", nursery=nursery, env=env)
        self.line = Line(self.server.address)
        self.url = "http://{}:{}".format(*self.line.address)

    def kill(self):
        """Kill the process; nobody listens at the address."""
        self.server.stop()
        self.line.cut()

    def start(self):
        """Serve the address again."""
        self.server = serve(PROJECT, "runserver", nursery=self.nursery, env=self.env)
        self.line.target = self.server.address

    def close(self):
        """Leave nothing behind."""
        self.server.stop()
        self.line.close()


@pytest.fixture(scope="module")
def redis():
    """A real Redis; without one there is nothing to test."""
    try:
        with Redis() as redis:
            yield redis
    except CourseError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def places(redis, tmp_path_factory):
    """Two addresses of one chat, each with a process of its own."""
    database = tmp_path_factory.mktemp("scale") / "chat.sqlite3"
    env = {"CHAT_DATABASE": str(database), "CHAT_REDIS": redis.url,
           "CHAT_HEARTBEAT_SECONDS": "0.5", "CHAT_BURST": "5"}  # fmt: skip
    with contextlib.ExitStack() as stack:
        nursery = stack.enter_context(Nursery()) if CAN_FORK else None
        yield [stack.enter_context(contextlib.closing(Place(nursery, env))) for _ in range(2)]


@pytest.fixture
def come(browser, places):
    """Open a person's page at one of the addresses, and wait for the welcome."""
    with contextlib.ExitStack() as stack:

        def enter(name: str, room: str, place: Place):
            page = stack.enter_context(open_page(browser))
            cookies = People(place.server).visitor(name).cookies
            page.context.add_cookies(
                [{"name": one, "value": value, "url": place.url} for one, value in cookies.items()]
            )
            page.goto(f"{place.url}/#{room}")
            reads(page, f"{name}, welcome to {room}")
            return page

        yield enter


@pytest.fixture
def room() -> str:
    """A room in which nobody has been before."""
    return f"room{next(NUMBERS)}"


def say(page, *texts: str) -> None:
    """Say something, whether there is a connection or not."""
    for text in texts:
        page.get_by_label("Message").fill(text)
        page.keyboard.press("Enter")


def reads(page, words: str) -> None:
    """Wait until these words stand in the log."""
    page.locator("#log li", has_text=words).last.wait_for()


def shows(page, *texts: str) -> None:
    """Wait until all is acknowledged, and just these messages stand in the log, in this order."""
    page.wait_for_function(
        "texts => [...document.querySelectorAll('#log li:not([data-state]) p')]"
        ".map(one => one.textContent).join('|') === texts"
        " && !document.querySelector('#log [data-state]')",
        arg="|".join(texts),
    )


def sees(page, *names: str) -> None:
    """Wait until just these people are listed."""
    page.wait_for_function(
        "names => [...document.querySelectorAll('#people button')]"
        ".map(one => one.childNodes[1].textContent).join() === names",
        arg=",".join(names),
    )


def test_pages_at_two_processes_chat(come, places, room):
    ada, zoe = come(f"ada.{room}", room, places[0]), come(f"zoe.{room}", room, places[1])
    for page in (ada, zoe):
        sees(page, f"ada.{room}", f"zoe.{room}")
    say(ada, MARKUP)
    shows(zoe, MARKUP)
    say(zoe, "good morning")
    for page in (ada, zoe):
        shows(page, MARKUP, "good morning")
        assert page.locator("#log p *").count() == 0
        assert page_errors(page) == []


def test_page_survives_its_process(come, places, room):
    ada, zoe = come(f"ada.{room}", room, places[0]), come(f"zoe.{room}", room, places[1])
    say(ada, "before")
    shows(zoe, "before")
    places[0].kill()
    ada.locator("#status[data-state=lost]").wait_for()
    say(ada, "meanwhile")
    say(zoe, "are you there?")
    sees(zoe, f"zoe.{room}")
    places[0].start()
    for page in (ada, zoe):
        shows(page, "before", "are you there?", "meanwhile")
        sees(page, f"ada.{room}", f"zoe.{room}")


def test_pages_outlive_redis(come, places, redis, room):
    ada, zoe = come(f"ada.{room}", room, places[0]), come(f"zoe.{room}", room, places[1])
    redis.stop()
    try:
        say(ada, "into the void")
    finally:
        redis.restart()
    for page in (ada, zoe):
        shows(page, "into the void")
        sees(page, f"ada.{room}", f"zoe.{room}")
    say(zoe, "and back")
    shows(ada, "into the void", "and back")


def test_page_says_much_at_once(come, places, room):
    ada, zoe = come(f"ada.{room}", room, places[0]), come(f"zoe.{room}", room, places[1])
    texts = [f"{number} of 12." for number in range(1, 13)]
    ada.evaluate("(texts) => texts.forEach(say)", texts)  # more than five at once are refused
    for page in (ada, zoe):
        shows(page, *texts)
