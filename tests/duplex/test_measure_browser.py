"""What notebook 01 says of a browser, against a real one."""

import sys
from pathlib import Path

import pytest

from duplex.browser import find_browser, open_browser, open_page
from duplex.line import Line
from duplex.measure import browser as measure_browser
from duplex.rawhttp import split
from duplex.server import serve

PAGES = Path(__file__).parents[2] / "notebooks/projects/pages"
ALIKE = {"Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-User", "Sec-Fetch-Dest", "Connection",
         "Upgrade-Insecure-Requests"}  # fmt: skip


@pytest.fixture(scope="module")
def server():
    if find_browser() is None:
        pytest.skip("no Chromium, Chrome or Edge on this computer")
    with serve(PAGES, "runserver") as server:
        yield server


def test_headers_are_the_browsers(server):
    with Line(server.address) as line, open_browser() as browser, open_page(browser) as page:
        page.goto(f"http://127.0.0.1:{line.address[1]}/page/")
        page.evaluate("fetch('/hello/').then(answer => answer.text())")
        asked = split(line.data(up=True))
    for wanted in (measure_browser.FOR_A_PAGE, measure_browser.FOR_A_SCRIPT):
        message = asked.pop(0)
        names = {text.partition(":")[0] for text in message.lines[1:]} - {"Host"}
        assert names == set(wanted)
        assert {name: message.header(name) for name in ALIKE & names} == {
            name: value for name, value in wanted.items() if name in ALIKE
        }
    assert asked == []


def test_only_asynchronous_pages_live(server):
    link, frozen, xhr, fetched = measure_browser.waiting_pages(server.url)
    assert [row["requests"] for row in (link, frozen, xhr, fetched)] == [1, 1, 1, 1]
    assert [row["the page stays"] for row in (link, frozen, xhr, fetched)] == [
        "no", "yes", "yes", "yes"
    ]  # fmt: skip
    assert frozen["ticks"] == 0 and xhr["ticks"] >= 5 and fetched["ticks"] >= 5


@pytest.mark.parametrize("named", ["/nowhere/chromium", sys.executable])
def test_missing_browser_is_told(monkeypatch, named):
    monkeypatch.setenv("DUPLEX_CHROMIUM", named)  # absent, or no browser at all
    assert measure_browser.waiting_pages("http://127.0.0.1:1") is None
