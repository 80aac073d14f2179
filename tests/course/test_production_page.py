"""The pages of lab 08 in a real browser, by https and wss, under their policy, to the goodbye."""

import contextlib
import sys
from itertools import count

import pytest

from duplex import catalog
from duplex.browser import open_browser, open_page, page_errors
from duplex.certs import Authority, serve_tls
from duplex.deadline import wait_until
from duplex.errors import CourseError
from duplex.line import Line
from duplex.nursery import Nursery
from duplex.server import CAN_FORK
from duplex.service import KEY
from duplex.visitor import PASSWORD

PROJECT = catalog.ROOT / "solutions" / "lab08_production"
NUMBERS = count(1)


class House:
    """One address and one database, served by TLS; the process may be asked to end."""

    def __init__(self, nursery, authority, database):
        self.nursery, self.authority, self.server = nursery, authority, None
        self.env = {"CHAT_SECRET_KEY": KEY, "CHAT_DATABASE": str(database), "CHAT_DEBUG": "0"}
        self.start()
        self.line = Line(self.server.address[:2])
        self.url = f"https://localhost:{self.line.address[1]}"

    def start(self):
        """Serve, as for strangers."""
        self.server = serve_tls(PROJECT, self.authority, nursery=self.nursery, env=self.env)

    def close(self):
        """Leave nothing behind."""
        self.server.stop()
        self.line.close()


@pytest.fixture(scope="module")
def authority():
    """Who signs the certificate; the browser is told of it."""
    return Authority()


@pytest.fixture(scope="module")
def browser(authority):
    """A real browser; without one there is nothing to test."""
    try:
        with open_browser([authority.browser_flag()]) as browser:
            yield browser
    except CourseError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def house(authority, tmp_path_factory):
    """The solution, served at an address that stays."""
    with contextlib.ExitStack() as stack:
        nursery = stack.enter_context(Nursery("service")) if CAN_FORK else None
        database = tmp_path_factory.mktemp("production") / "chat.sqlite3"
        yield stack.enter_context(contextlib.closing(House(nursery, authority, database)))


@pytest.fixture
def come(browser, house):
    """Sign somebody up in a browser of their own, and go to a room: come(name, room)."""
    with contextlib.ExitStack() as stack:

        def enter(name: str, room: str):
            page = stack.enter_context(open_page(browser))
            page.goto(f"{house.url}/signup/")
            page.get_by_label("Name").fill(name)
            page.get_by_label("Password").fill(PASSWORD)
            page.keyboard.press("Enter")
            reads(page, f"{name}, welcome to lobby")
            page.goto(f"{house.url}/#{room}")
            reads(page, f"{name}, welcome to {room}")
            return page

        yield enter


@pytest.fixture
def room() -> str:
    """A room in which nobody has been before."""
    return f"room{next(NUMBERS)}"


def say(page, text: str) -> None:
    """Say something."""
    page.get_by_label("Message").fill(text)
    page.keyboard.press("Enter")


def reads(page, words: str) -> None:
    """Wait until these words stand in the log."""
    page.locator("#log li", has_text=words).last.wait_for()


def test_people_talk_by_tls(come, room):
    ada, zoe = come(f"ada.{room}", room), come(f"zoe.{room}", room)
    say(ada, "<b>caffè</b><script>alert(1)</script>")
    reads(zoe, "<b>caffè</b><script>alert(1)</script>")
    say(zoe, "good morning")
    reads(ada, "good morning")
    assert zoe.locator("#log p *").count() == 0
    assert ada.evaluate("socket.url").startswith("wss://localhost")
    assert [page_errors(page) for page in (ada, zoe)] == [[], []]


def test_scripts_see_no_session(come, room):
    ada = come(f"ada.{room}", room)
    assert ada.evaluate("document.cookie") == ""
    cookies = {one["name"]: one for one in ada.context.cookies()}
    assert {"sessionid", "csrftoken", "name"} <= cookies.keys()
    assert all(one["secure"] and one["httpOnly"] for one in cookies.values())


INJECTED = """() => {
  document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.stolen = 1'>");
  const script = document.createElement("script");
  script.textContent = "window.stolen = 2";
  document.body.append(script);
  return new Promise((told) => document.addEventListener("securitypolicyviolation",
    (event) => told(event.effectiveDirective), { once: true }));
}"""


def test_injected_script_does_not_run(come, room):
    ada = come(f"ada.{room}", room)
    assert ada.evaluate(INJECTED).startswith("script-src")
    assert ada.evaluate("window.stolen") is None
    with pytest.raises(Exception, match="Content Security Policy|Failed to fetch|violates"):
        ada.evaluate("fetch('https://127.0.0.1:9/').then(() => 1)")
    say(ada, "still here")
    reads(ada, "still here")


def test_nobody_frames_the_page(come, house, browser, room):
    with open_page(browser) as page:
        page.goto("about:blank")
        page.set_content(f"<iframe src='{house.url}/login/'></iframe>")
        wait_until(lambda: len(page.frames) > 1 and page.frames[1].url != "about:blank")
        assert page.frames[1].get_by_label("Password").count() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to ask with")
def test_page_hears_goodbye_and_comes_back(come, house, room):
    ada, zoe = come(f"ada.{room}", room), come(f"zoe.{room}", room)
    say(ada, "before")
    reads(zoe, "before")
    server = house.server
    assert server.terminate() == 0
    for page in (ada, zoe):
        page.locator("#frames", has_text="close 1001").wait_for()
    say(ada, "meanwhile")
    house.start()
    house.line.target = house.server.address[:2]
    server.stop()
    reads(zoe, "meanwhile")
    for page in (ada, zoe):
        page.get_by_text("connected again").first.wait_for()
        assert page.locator("#log li p", has_text="before").count() == 1
