"""The page of lab 06 in a real browser, while its server is killed and started again."""

import contextlib
from itertools import count

import pytest

from duplex import catalog
from duplex.browser import open_page, page_errors
from duplex.line import Line
from duplex.nursery import Nursery
from duplex.people import People
from duplex.server import CAN_FORK, serve

PROJECT = catalog.ROOT / "solutions" / "lab06_memory"
NUMBERS = count(1)


class House:
    """One address and one database; whoever serves them may be killed and started again."""

    def __init__(self, nursery, database):
        self.nursery, self.env = nursery, {"CHAT_DATABASE": str(database)}
        self.server, self.line = None, None
        self.start()
        self.line = Line(self.server.address)
        self.url = "http://{}:{}".format(*self.line.address)

    def start(self):
        """Serve, as a student does."""
        self.server = serve(PROJECT, "runserver", nursery=self.nursery, env=self.env)
        if self.line:
            self.line.target = self.server.address

    def kill(self):
        """Kill the server; nobody listens until it is started again."""
        self.server.stop()
        self.line.cut()

    def close(self):
        """Leave nothing behind."""
        self.server.stop()
        self.line.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """The solution, served at an address that stays."""
    with contextlib.ExitStack() as stack:
        nursery = stack.enter_context(Nursery()) if CAN_FORK else None
        database = tmp_path_factory.mktemp("memory") / "chat.sqlite3"
        yield stack.enter_context(contextlib.closing(House(nursery, database)))


@pytest.fixture
def come(browser, house):
    """Open a person's page in a room, and wait for the welcome: come(name, room)."""
    with contextlib.ExitStack() as stack:

        def enter(name: str, room: str):
            page = stack.enter_context(open_page(browser))
            cookies = People(house.server).visitor(name).cookies
            page.context.add_cookies(
                [{"name": one, "value": value, "url": house.url} for one, value in cookies.items()]
            )
            page.goto(f"{house.url}/#{room}")
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


def test_history_outlives_pages(come, room):
    ada = come(f"ada.{room}", room)
    say(ada, "<b>caffè</b>", "<img src=x onerror=alert(1)>", "&amp;")
    shows(ada, "<b>caffè</b>", "<img src=x onerror=alert(1)>", "&amp;")
    zoe = come(f"zoe.{room}", room)
    shows(zoe, "<b>caffè</b>", "<img src=x onerror=alert(1)>", "&amp;")
    assert zoe.locator("#log p *").count() == 0
    ada.reload()
    say(zoe, "good morning")
    for page in (ada, zoe):
        shows(page, "<b>caffè</b>", "<img src=x onerror=alert(1)>", "&amp;", "good morning")
    assert page_errors(zoe) == []


def test_pages_come_back_after_kills(come, house, room):
    ada, zoe = come(f"ada.{room}", room), come(f"zoe.{room}", room)
    said = []
    for number in range(2):
        say(ada, f"before {number}")
        reads(zoe, f"before {number}")
        house.kill()
        for page in (ada, zoe):
            page.locator("#status[data-state=lost]").wait_for()
        say(ada, f"meanwhile {number}", f"and also {number}")
        assert ada.locator("#log [data-state=pending]").count() == 2
        house.start()
        said += [f"before {number}", f"meanwhile {number}", f"and also {number}"]
        for page in (ada, zoe):
            shows(page, *said)
            page.get_by_text("connected again").nth(number).wait_for()
    assert "after=" in zoe.evaluate("socket.url")
    ada.reload()
    shows(ada, *said)


def test_killed_while_speaking(come, house, room):
    ada, zoe = come(f"ada.{room}", room), come(f"zoe.{room}", room)
    texts = [f"word {number}" for number in range(12)]
    ada.evaluate("texts => texts.slice(0, 8).forEach(say)", texts)
    reads(zoe, texts[0])
    house.kill()
    ada.evaluate("texts => texts.slice(8).forEach(say)", texts)
    house.start()
    for page in (ada, zoe):
        shows(page, *texts)


def test_refused_message_comes_back(come, room):
    ada = come(f"ada.{room}", room)
    say(ada, " ")
    ada.get_by_role("alert").filter(has_text="not blank").wait_for()
    assert ada.get_by_label("Message").input_value() == " "
    shows(ada)
    say(ada, "better")
    shows(ada, "better")


def test_two_rooms_keep_their_messages(come, room):
    ada = come(f"ada.{room}", room)
    say(ada, "here")
    shows(ada, "here")
    other = f"next-door-{room}"
    ada.get_by_label("Another room").fill(other)
    ada.keyboard.press("Enter")
    reads(ada, f"welcome to {other}")
    shows(ada)
    ada.get_by_role("button", name=room, exact=True).click()
    shows(ada, "here")


def test_leaving_misses_nothing(come, room):
    ada, zoe = come(f"ada.{room}", room), come(f"zoe.{room}", room)
    ada.get_by_role("button", name="Leave").click()
    reads(ada, "you have left")
    say(zoe, "while she is away")
    shows(zoe, "while she is away")
    ada.get_by_role("button", name="Join").click()
    shows(ada, "while she is away")


def test_younger_memory_is_read_anew(come, house, room):
    ada = come(f"ada.{room}", room)
    say(ada, "one", "two")
    shows(ada, "one", "two")
    ada.evaluate("last = 1000; socket.close(4000)")
    shows(ada, "one", "two")
    assert page_errors(ada) == []
