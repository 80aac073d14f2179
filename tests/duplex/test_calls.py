"""A page's WebSockets in virtual time: when it calls, what it sends, and what goes wrong."""

import http.server
import threading

import pytest

from duplex.browser import open_browser
from duplex.calls import Desk
from duplex.errors import CourseError
from duplex.expect import Mismatch, Stalled

PAGE = """<!doctype html><label>Message <input id="text"></label><ol role="log"></ol>
<button>Disconnect</button><script>{}</script>"""
LOOP = """let socket, wait = WAIT, last = "", stopped = false;
function call() {
  socket = new WebSocket(`/ws/chat/tea/?after=${last}`);
  const words = JSON.stringify({type: "message", key: "k", text: "hi"});
  socket.addEventListener("open", () => socket.send(words));
  socket.onmessage = ({data}) => {
    const heard = JSON.parse(data);
    if (heard.type !== "message") return;
    last = heard.id;
    const line = document.createElement("li");
    line.textContent = heard.text;
    document.querySelector("ol").append(line);
  };
  socket.onclose = () => stopped || setTimeout(call, wait *= FACTOR);
}
document.querySelector("button").onclick = () => { stopped = true; };
call();"""


class Site(http.server.BaseHTTPRequestHandler):
    """Serves one page."""

    def do_GET(self):
        body = self.server.page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def desk():
    """A desk for one page after the other; without a browser there is nothing to test."""
    try:
        with open_browser() as browser:
            desk = Desk(browser)
            yield desk
            desk.close()
    except CourseError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def site():
    """A site whose page a test chooses."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join(10)


@pytest.fixture
def calls(desk, site):
    """Load a page with a script: calls(script); by default one that calls again and again."""

    def load(wait=100, factor=2, script=LOOP):
        script = script.replace("WAIT", str(wait)).replace("FACTOR", str(factor))
        site.page = PAGE.format(script)
        return desk.calls(f"http://127.0.0.1:{site.server_address[1]}", {})

    return load


def test_waits_are_the_pages(calls):
    page = calls(wait=100, factor=2)
    assert page.failing_waits(4) == [0.2, 0.4, 0.8, 1.6]
    assert page.failing_waits(2, code=1011) == [3.2, 6.4]
    page.welcome()
    assert page.wait_after(1012) == 12.8


def test_messages_go_both_ways(calls):
    page = calls()
    page.welcome()
    assert page.said(1, "now") == [("k", "hi")]
    page.hear_messages(1, 2)
    page.come_back()
    assert page.after() == "2"
    page.shows_each_once()
    page.hear_messages(2)
    with pytest.raises(Mismatch, match="message 2 on a page .*: saw it twice; should see it once"):
        page.shows_each_once()


def test_page_that_never_calls_told(calls):
    with pytest.raises(Mismatch, match=r"saw no connection \(the browser's console says: oh no\)"):
        calls(script="throw new Error('oh no')")


def test_page_that_gives_up_told(calls):
    page = calls(script="new WebSocket('/ws/chat/tea/')")
    page.stays_away(lambda: page.close(1006), "when it has given up")
    with pytest.raises(Mismatch, match="after a close with 1006: saw no connection; should"):
        page.wait_after(1006)


def test_page_that_calls_again_told(calls):
    page = calls(wait=40000, factor=1)
    page.stays_away(lambda: page.press("Disconnect"), "when it was told to")
    again = calls(wait=40000, factor=1)
    with pytest.raises(Mismatch, match="after 4401: saw 1 new connections; should see none for"):
        again.stays_away(lambda: again.close(4401), "after 4401")


def test_missing_message_told(calls):
    page = calls(script="new WebSocket('/ws/chat/tea/')")
    page.welcome()
    with pytest.raises(Mismatch, match="now: saw .*; should see 1 messages"):
        page.said(1, "now")


def test_early_send_is_an_error(calls):
    page = calls(script="new WebSocket('/ws/chat/tea/').send('too early')")
    assert (
        "InvalidStateError" in page.page.complaints[-1] or "CONNECTING" in page.page.complaints[-1]
    )


def test_endless_script_told(calls, monkeypatch):
    page = calls(script="new WebSocket('/ws/chat/tea/').onmessage = () => { for (;;); }")
    monkeypatch.setattr("duplex.calls.PATIENCE", 1.0)
    with pytest.raises(Stalled, match="busy for 1 seconds"):
        page.welcome()


def test_lost_page_replaced(calls):
    first = calls()
    first.page.close()
    assert calls().all()[0]["url"].endswith("/ws/chat/tea/?after=")
