"""The chat's pages of labs 03 to 05, in a real browser: two pages talk, and come back when lost."""

import contextlib

import pytest

from duplex import catalog
from duplex.browser import open_page, page_errors
from duplex.line import Line
from duplex.server import serve
from duplex.visitor import PASSWORD

SOLUTIONS = catalog.ROOT / "solutions"
PANES = ["lab03_naive", "lab04_rooms"]  # pages with two people each
MARKUP = "<b onclick='alert(1)'>caffè</b> & <script>alert(1)</script>"


@pytest.fixture(scope="module", params=PANES)
def server(request):
    """A lab's solution, served as a student serves it."""
    with serve(SOLUTIONS / request.param, "runserver") as server:
        yield server


@pytest.fixture
def pages(browser, server):
    """Two pages of the chat, each in a browser of its own, both connected."""
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(open_page(browser)) for _ in range(2)]
        for page in opened:
            page.goto(server.url + "/")
            connected(page)
        yield opened


def pane(page, name: str):
    """Return one person's half of a page."""
    return page.get_by_role("region", name=name)


def connected(page, times: int = 1) -> None:
    """Wait until both halves of a page have been welcomed so many times."""
    for name in ("Ada", "Grace"):
        pane(page, name).locator(".log li", has_text="welcome to").nth(times - 1).wait_for()
        pane(page, name).get_by_role("button", name="Disconnect").wait_for()


def says(page, name: str, text: str) -> None:
    """Let a person write a message, and send it with the keyboard."""
    pane(page, name).get_by_label("Message").fill(text)
    page.keyboard.press("Enter")


def reads(page, name: str, text: str) -> None:
    """Wait until a person reads these words as text."""
    pane(page, name).locator(".log li p", has_text=text).wait_for()


def test_pages_chat_with_each_other(pages):
    here, there = pages
    says(here, "Ada", "hello, other page")
    reads(there, "Grace", "hello, other page")
    says(there, "Grace", "hello, first page")
    reads(here, "Ada", "hello, first page")
    assert [page_errors(page) for page in pages] == [[], []]


def test_markup_appears_as_text(pages):
    here, there = pages
    pane(here, "Ada").get_by_label("Name").fill("<i>Ada</i>")
    says(here, "Ada", MARKUP)
    reads(there, "Grace", MARKUP)
    last = pane(there, "Grace").locator(".log li").last
    assert last.locator("b").first.inner_text() == "<i>Ada</i>"
    assert last.locator("p *, script").count() == 0


@pytest.mark.parametrize("lab", PANES)
def test_page_returns_after_restart(browser, lab):
    with serve(SOLUTIONS / lab) as first, Line(first.address) as line, open_page(browser) as page:
        page.goto(f"http://127.0.0.1:{line.address[1]}/")
        connected(page)
        first.stop()
        for name in ("Ada", "Grace"):
            pane(page, name).get_by_role("status").filter(has_text="trying again").wait_for()
        with serve(SOLUTIONS / lab) as second:
            line.target = second.address
            connected(page, 2)
            says(page, "Ada", "here again")
            reads(page, "Grace", "here again")


def test_page_with_people_returns(browser):
    lab = SOLUTIONS / "lab05_people"
    with serve(lab) as server, Line(server.address) as line, open_page(browser) as page:
        page.goto(f"http://127.0.0.1:{line.address[1]}/signup/")
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.locator("#log li", has_text="welcome to").wait_for()
        line.cut()
        page.locator("#log li", has_text="welcome to").nth(1).wait_for()


def test_wanted_end_is_an_end(pages):
    page = pages[0]
    ada = pane(page, "Ada")
    ada.get_by_role("button", name="Disconnect").click()
    ada.get_by_role("status").filter(has_text="closed, 1000").wait_for()
    ada.get_by_role("button", name="Connect", exact=True).click()
    ada.locator(".log li", has_text="welcome to").nth(1).wait_for()


def test_waiting_page_can_be_stopped(browser):
    with serve(SOLUTIONS / PANES[0]) as server, open_page(browser) as page:
        page.goto(server.url + "/")
        connected(page)
        server.stop()
        ada = pane(page, "Ada")
        ada.get_by_role("status").filter(has_text="trying again").wait_for()
        ada.get_by_role("button", name="Disconnect").click()
        assert ada.get_by_role("status").inner_text() == "closed"
        assert ada.get_by_role("button", name="Connect", exact=True).is_enabled()


@pytest.fixture(scope="module")
def polled():
    """Lab 01's solution, which answers polls, and a line in front of it."""
    with serve(SOLUTIONS / "lab01_polling") as server, Line(server.address) as line:
        yield server, line


def posts(page, text: str) -> None:
    """Send a message from a page that polls."""
    page.get_by_label("Name").fill("<i>Ada</i>")
    page.get_by_role("textbox", name="Message").fill(text)
    page.keyboard.press("Enter")


def test_nothing_is_lost_before_the_scripts(browser, slow_scripts):
    """Who is quicker than the network keeps what they wrote."""
    with serve(SOLUTIONS / "lab01_polling") as server, open_page(browser) as page:
        release = slow_scripts(page)
        page.goto(server.url + "/", wait_until="commit")
        posts(page, "too early")
        release()
        page.get_by_role("button", name="Send", disabled=False).click()
        page.locator("#log p", has_text="too early").wait_for()
        assert page_errors(page) == []


def test_polling_pages_chat_and_return(browser, polled):
    server, line = polled
    with open_page(browser) as here, open_page(browser) as there:
        for page in (here, there):
            page.goto(f"http://127.0.0.1:{line.address[1]}/")
        server.stop()
        for page in (here, there):
            page.get_by_role("status").filter(has_text="retrying").wait_for()
        with serve(SOLUTIONS / "lab01_polling") as second:
            line.target = second.address
            posts(here, MARKUP)
            there.locator("#log p", has_text=MARKUP).wait_for()
        assert there.locator("#log p *, #log script").count() == 0
