"""The browser is found, reaches only this computer, and ends with its owner."""

import os
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psutil
import pytest

from duplex import browser as browsers
from duplex.browser import Browsers, find_browser, open_browser, open_page, page_errors
from duplex.deadline import wait_until
from duplex.errors import CourseError

needs_browser = pytest.mark.skipif(find_browser() is None, reason="no browser on this computer")
OWNER = """
from duplex.browser import open_browser, open_page
import psutil
with open_browser() as browser, open_page(browser) as page:
    print(*[child.pid for child in psutil.Process().children(recursive=True)], flush=True)
    page.wait_for_function("window.never", timeout=0)
"""


def program(path):
    """Make an executable file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o755)
    return path


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A computer without any browser."""
    monkeypatch.delenv("DUPLEX_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "browsers"))
    monkeypatch.setattr(browsers, "MAC_APPS", ())
    monkeypatch.setattr(browsers, "WINDOWS_APPS", ())
    return tmp_path


def test_bare_computer_has_none(bare):
    assert find_browser() is None
    with pytest.raises(CourseError, match="No Chromium"), open_browser():
        pass


def test_chosen_browser_wins(bare, monkeypatch):
    program(bare / "bin/chromium")
    chosen = program(bare / "my browser")
    monkeypatch.setenv("DUPLEX_CHROMIUM", str(chosen))
    assert find_browser() == chosen


def test_wrong_choice_is_told(bare, monkeypatch):
    monkeypatch.setenv("DUPLEX_CHROMIUM", str(bare / "nothing"))
    with pytest.raises(CourseError, match="DUPLEX_CHROMIUM names .*nothing"):
        find_browser()


@pytest.mark.skipif(sys.platform == "win32", reason="PATH asks for .exe there")
@pytest.mark.parametrize("name", ["chromium-browser", "google-chrome", "msedge"])
def test_path_is_searched(bare, name):
    assert find_browser() is None
    found = program(bare / "bin" / name)
    assert find_browser() == found


@pytest.mark.skipif(sys.platform == "win32", reason="its folders have other names there")
def test_newest_playwright_browser_found(bare):
    program(bare / "browsers/chromium-1100/chrome-linux/chrome")
    newest = program(bare / "browsers/chromium-1200/chrome-linux64/chrome")
    assert find_browser() == newest


@pytest.fixture(scope="module")
def kept():
    with Browsers() as browsers:
        yield browsers


@pytest.fixture
def browser(kept):
    return kept.get()


class Hello(BaseHTTPRequestHandler):
    """Answers every GET with one word."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def site():
    """A web server on this computer."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Hello) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@needs_browser
def test_loopback_only(browser, site):
    with open_page(browser) as page:
        page.goto(site)
        assert page.inner_text("body") == "hello"
        for outside in ("http://192.0.2.1/", "http://outside.test/"):
            assert page.evaluate("u => fetch(u).catch(() => 'refused')", outside) == "refused"


@needs_browser
def test_pages_share_nothing(browser, site):
    with open_page(browser) as first:
        first.goto(site)
        first.evaluate("document.cookie = 'a=1'")
    with open_page(browser) as second:
        second.goto(site)
        assert second.evaluate("document.cookie") == ""


@needs_browser
def test_browser_is_kept(kept, browser):
    assert kept.get() is browser


@needs_browser
def test_lost_browser_is_replaced(kept, browser):
    browser.close()
    assert kept.get().is_connected()


@needs_browser
def test_page_errors_collected(browser):
    with open_page(browser) as page:
        page.set_content("<script>console.error('first'); console.log('no'); second()</script>")
        page.wait_for_function("true")
        assert wait_until(lambda: page.evaluate("1") and len(page_errors(page)) == 2)
        assert page_errors(page) == ["first", "second is not defined"]


@needs_browser
@pytest.mark.skipif(sys.platform == "win32", reason="signals differ there")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_browser_ends_with_owner(how):
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        start_new_session=True,
    )
    with owner:
        started = [int(word) for word in owner.stdout.readline().split()]
        os.kill(owner.pid, how)
        owner.wait(30)
    assert len(started) > 1
    assert wait_until(lambda: not any(map(lives, started)), 20)


def lives(pid):
    """Tell whether a process runs (a zombie does not)."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
