"""The page of lab 02 that speaks to the echo, in a real browser."""

import pytest

from duplex import catalog
from duplex.browser import open_page, page_errors
from duplex.line import Line
from duplex.server import serve

PROJECT = catalog.ROOT / "solutions" / "lab02_handshake"


@pytest.fixture(scope="module")
def server():
    """The solution, served as a student serves it."""
    with serve(PROJECT, "runserver") as server:
        yield server


@pytest.fixture
def page(browser, server):
    """The echo's page, connected, its greeting read."""
    with open_page(browser) as page:
        page.goto(server.url + "/")
        page.get_by_role("link", name="Echo").click()
        page.get_by_role("button", name="Connect").click()
        waits_for(page, "received", "text", "Connected!")
        yield page


def waits_for(page, way: str, kind: str, content: str) -> None:
    """Wait until the newest line of the log is this one."""
    line = f"#log li:last-child[data-way='{way}'][data-kind='{kind}'] .content"
    page.locator(line, has_text=content).wait_for()


def test_early_click_waits_for_the_scripts(browser, server, slow_scripts):
    with open_page(browser) as page:
        release = slow_scripts(page)
        page.goto(f"{server.url}/echo/", wait_until="commit")
        assert page.get_by_role("button", name="Connect").is_disabled()
        release()
        page.get_by_role("button", name="Connect").click()
        waits_for(page, "received", "text", "Connected!")


def test_text_shown_as_text(page):
    page.get_by_label("Text").fill("<b>caffè</b>")
    page.keyboard.press("Enter")
    waits_for(page, "received", "text", "<b>caffè</b>")
    assert page.locator("#sent").inner_text() == "1"
    assert page.locator("#log li:last-child .size").inner_text() == "13 bytes"
    assert page_errors(page) == []


def test_bytes_and_files_echoed(page):
    page.get_by_role("button", name="Send bytes").click()
    waits_for(page, "received", "binary", "00 7f 80 ff")
    photo = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8" * 1000}
    page.set_input_files("#file", photo)
    waits_for(page, "received", "binary", "ff d8 ff d8")
    assert page.locator("#log li:last-child .size").inner_text() == "2,000 bytes"


def test_what_cannot_be_sent_is_told(page):
    page.get_by_label("Bytes").fill("0g")
    page.get_by_role("button", name="Send bytes").click()
    assert "two hexadecimal digits" in page.get_by_role("alert").inner_text()
    big = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": bytes(2**20 + 1)}
    page.set_input_files("#file", big)
    page.get_by_role("alert").filter(has_text="1,048,577 bytes").wait_for()
    assert page.locator("#sent").inner_text() == "0"


def test_close_code_told(page):
    page.get_by_role("button", name="Disconnect").click()
    waits_for(page, "", "close", "1000, closed by this page")
    page.get_by_role("button", name="Connect").click()
    waits_for(page, "received", "text", "Connected!")


def test_refusal_told(page):
    page.get_by_role("button", name="Disconnect").click()
    page.get_by_label("Path").fill("ws/nowhere/")
    page.get_by_role("button", name="Connect").click()
    waits_for(page, "", "lost", "1006, no connection")
    assert page.get_by_role("status").inner_text() == "no connection, 1006"


def test_lost_server_told(browser):
    with serve(PROJECT, "runserver") as server, open_page(browser) as page:
        page.goto(server.url + "/echo/")
        page.get_by_role("button", name="Connect").click()
        waits_for(page, "received", "text", "Connected!")
        server.stop()
        waits_for(page, "", "lost", "1006, the connection was lost")
        assert page.get_by_role("button", name="Send text").is_disabled()


def test_connects_again_after_restart(browser):
    with serve(PROJECT) as first, Line(first.address) as line, open_page(browser) as page:
        page.goto(f"http://127.0.0.1:{line.address[1]}/echo/")
        page.get_by_role("button", name="Connect").click()
        waits_for(page, "received", "text", "Connected!")
        first.stop()
        waits_for(page, "", "lost", "1006, the connection was lost")
        with serve(PROJECT) as second:
            line.target = second.address
            page.get_by_role("button", name="Connect").click()
            waits_for(page, "received", "text", "Connected!")


def test_prefix_of_a_proxy_kept(browser, server):
    with open_page(browser) as page:

        def without_prefix(route):
            answer = route.fetch(url=route.request.url.replace("/proxy/8000/", "/"))
            route.fulfill(response=answer)

        page.route("**/proxy/8000/**", without_prefix)
        page.goto(server.url + "/proxy/8000/echo/")
        assert page.evaluate("address().href") == f"{server.ws_url}/proxy/8000/ws/echo/"
        page.get_by_role("link", name="Chat").click()
        page.wait_for_url("**/proxy/8000/")
