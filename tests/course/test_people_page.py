"""The pages of lab 05, in a real browser: the doors, the rooms, and who is here."""

import contextlib
from itertools import count

import pytest

from duplex import catalog
from duplex.browser import open_page, page_errors
from duplex.server import serve
from duplex.visitor import PASSWORD, Visitor

PROJECT = catalog.ROOT / "solutions" / "lab05_people"
NUMBERS = count(1)


@pytest.fixture(scope="module")
def server():
    """The solution, served as a student serves it."""
    with serve(PROJECT, "runserver") as server:
        yield server


@pytest.fixture
def come(browser, server):
    """Sign somebody up in a browser of their own, and wait for the welcome: come(name, room)."""
    with contextlib.ExitStack() as stack:

        def enter(name: str, room: str):
            page = stack.enter_context(open_page(browser))
            page.goto(f"{server.url}/signup/")
            sign(page, name, PASSWORD)
            reads(page, f"{name}, welcome to lobby")
            page.goto(f"{server.url}/#{room}")
            reads(page, f"{name}, welcome to {room}")
            return page

        yield enter


@pytest.fixture
def room() -> str:
    """A room in which nobody has been before."""
    return f"room{next(NUMBERS)}"


def sign(page, name: str, password: str) -> None:
    """Fill in the form of a door, and press its button."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def reads(page, words: str) -> None:
    """Wait until these words stand in the log."""
    page.locator("#log li", has_text=words).last.wait_for()


def sees(page, *names: str) -> None:
    """Wait until just these people are listed."""
    page.wait_for_function(
        "names => [...document.querySelectorAll('#people button')]"
        ".map(one => one.childNodes[1].textContent).join() === names",
        arg=",".join(names),
    )


def test_people_talk_and_see_each_other(come, room):
    ada, zoe = come(f"ada.{room}", room), come(f"Zoë.{room}", room)
    for page in (ada, zoe):
        sees(page, f"Zoë.{room}", f"ada.{room}")
    ada.get_by_label("Message").fill("<b>caffè</b>")
    ada.keyboard.press("Enter")
    reads(zoe, "<b>caffè</b>")
    assert zoe.locator("#log li:last-child b").inner_text() == f"ada.{room}"
    zoe.close()
    sees(ada, f"ada.{room}")
    assert page_errors(ada) == []


def test_second_tab_counts_once(come, room):
    ada = come(f"ada-{room}", room)
    tab = ada.context.new_page()
    tab.goto(ada.url)
    sees(tab, f"ada-{room}")
    tab.close()
    ada.get_by_label("Message").fill("still here")
    ada.keyboard.press("Enter")
    reads(ada, "still here")
    sees(ada, f"ada-{room}")


def test_click_opens_private_room(come, room):
    names = [f"{one}_{room}" for one in ("ada", "eve", "grace")]
    ada, eve, grace = [come(name, room) for name in names]
    ada.get_by_role("button", name=names[2]).click()
    private = f"@{names[0]}+{names[2]}"
    reads(ada, f"welcome to {private}")
    assert ada.locator("#title").inner_text() == private
    for page in (grace, eve):
        page.get_by_label("Another room").fill(private)
        page.get_by_role("button", name="Go").click()
    reads(grace, f"welcome to {private}")
    eve.get_by_role("alert").filter(has_text="This room is private").wait_for()
    assert eve.get_by_role("status").inner_text() == "closed, 4403"


def test_log_out_is_told_in_other_tab(come, room):
    ada = come(f"out-{room}", room)
    tab = ada.context.new_page()
    tab.goto(ada.url)
    reads(tab, "welcome to")
    ada.get_by_role("button", name="Log out").click()
    ada.get_by_role("button", name="Log in").wait_for()
    assert ada.get_by_label("Name").input_value() == f"out-{room}"
    tab.get_by_label("Message").fill("am I still here?")
    tab.keyboard.press("Enter")
    tab.get_by_role("alert").filter(has_text="You are not logged in any more").wait_for()


def test_door_tells_what_is_wrong(browser, server, come, room):
    come(f"taken-{room}", room)
    with open_page(browser) as page:
        page.goto(server.url)
        sign(page, f"taken-{room}", "not my password")
        page.get_by_role("alert").filter(has_text="correct username and password").wait_for()
        page.get_by_role("link", name="Sign up").click()
        for name, password, told in (
            (f"Taken-{room}", PASSWORD, "called that already"),
            ("<b>", PASSWORD, "A name is made of letters"),
            (f"new-{room}", "short", "too short"),
            (f"new-{room}", "password1", "too common"),
        ):
            sign(page, name, password)
            page.get_by_role("alert").filter(has_text=told).wait_for()
            assert page.get_by_label("Name").input_value() == name


def test_prefix_of_a_proxy_kept(server, come, room):
    def without_prefix(route):
        url = route.request.url.replace("/proxy/8000/", "/")
        route.fulfill(response=route.fetch(url=url, max_redirects=0))

    page = come(f"far-{room}", room)
    page.route("**/proxy/8000/**", without_prefix)
    page.goto(f"{server.url}/proxy/8000/")
    assert page.evaluate("address('ws/').href") == f"{server.ws_url}/proxy/8000/ws/"
    out = page.evaluate("document.querySelector('.me').action")
    assert out == f"{server.url}/proxy/8000/logout/"


def test_doors_lead_to_relative_addresses(server):
    visitor = Visitor(server.address)
    assert visitor.get("/").headers["Location"] == "login/"
    fields = {"username": "near", "password": PASSWORD}
    assert visitor.submit("/signup/", **fields).headers["Location"] == "../"
    assert visitor.submit("/logout/", page="/").headers["Location"] == "../login/"
    assert visitor.submit("/login/", **fields).headers["Location"] == "../"


def test_early_press_keeps_the_room(come, room, slow_scripts):
    page = come("early", room)
    release = slow_scripts(page)
    page.reload(wait_until="commit")
    page.get_by_label("Another room").fill("caffè")
    page.keyboard.press("Enter")
    assert page.get_by_role("button", name="Connect").is_disabled()
    release()
    page.get_by_role("button", name="Go").click()
    reads(page, "early, welcome to caffè")
