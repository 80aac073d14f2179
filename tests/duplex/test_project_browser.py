"""The project of notebook 04: its consumers over the wire, its page in a real browser."""

from pathlib import Path

import pytest

from duplex import wire
from duplex.browser import find_browser
from duplex.notebook.tab import Tab
from duplex.server import serve

PROJECT = Path(__file__).parents[2] / "notebooks/projects/browser"
PRESS = 'document.querySelector("#{form} button").click();'
CONNECT, SEND = PRESS.format(form="connection"), PRESS.format(form="message")
LOG = (
    'return [...$("log").rows].map((row) => [...row.cells].slice(1).map((one) => one.textContent))'
)
needs_browser = pytest.mark.skipif(find_browser() is None, reason="no browser on this computer")


@pytest.fixture(scope="module")
def server():
    with serve(PROJECT, "daphne") as server:
        yield server


@pytest.fixture(scope="module")
def tab(server):
    with Tab(server.url + "/") as tab:
        yield tab


@pytest.fixture
def page(server, tab):
    tab.goto(server.url + "/")
    return tab.run


def choose(path):
    return f'$("path").value = "{path}";'


@pytest.mark.parametrize("path", ["/endpoint", "/ws/echo/"])
def test_echo_keeps_the_kind(server, path):
    with wire.connect(server.address, path) as client:
        assert client.receive() == wire.text("Connected!")
        client.send_text("")
        client.send_binary(b"\x00\xff")
        assert client.receive().kind == "binary"


def test_ticks_are_numbered(server):
    with wire.connect(server.address, "/ws/ticks/") as client:
        client.send_json([1, 1, 1])
        ticks = [client.receive().json() for _ in range(3)]
    assert [tick["tick"] for tick in ticks] == [1, 2, 3]
    assert ticks[0]["sent"] < ticks[2]["sent"]


def test_sink_counts(server):
    with wire.connect(server.address, "/ws/sink/") as client:
        client.send_binary(b"abc")
        client.send_binary(b"d")
        client.send_text("how much?")
        assert client.receive().json() == {"messages": 2, "bytes": 4}


@pytest.mark.parametrize(("said", "code"), [("4001 enough", 4001), ("1000", 1000), ("x", 1011)])
def test_close_obeys(server, said, code):
    with wire.connect(server.address, "/ws/close/") as client:
        client.send_text(said)
        assert client.receive().code == code


@pytest.mark.parametrize("path", ["/ws/refuse/", "/ws/nowhere/"])
def test_refusal_is_403(server, path):
    with pytest.raises(wire.Refused, match="403"):
        wire.connect(server.address, path)


@needs_browser
def test_page_logs_every_event(page):
    page(CONNECT + 'await until(() => $("log").childElementCount === 3);' + SEND)
    page('await until(() => $("log").childElementCount === 5); $("close").click();')
    page('await until(() => $("log").childElementCount === 6)')
    log = page(LOG)
    assert [row[0] for row in log] == ["you", "open", "message", "you", "message", "close"]
    assert log[2][3] == "Connected!" and log[4][1:] == ["1 OPEN", "0", "Hello"]
    assert log[5][1] == "3 CLOSED" and log[5][3].startswith("code 1000")


@needs_browser
def test_markup_stays_text(page):
    page(CONNECT + "await until(() => socket.readyState === 1);")
    page('$("text").value = "<img src=x onerror=window.hit=1>";' + SEND)
    page('await until(() => $("log").lastChild.dataset.event === "message")')
    log = page(LOG)
    assert log[-1][3] == "<img src=x onerror=window.hit=1>"
    assert page('return [document.querySelectorAll("table img").length, "hit" in window]') == [
        0, False
    ]  # fmt: skip


@needs_browser
def test_picture_is_drawn(page):
    page(choose("ws/picture/") + CONNECT + 'await until(() => !$("picture").hidden)')
    page('await until(() => $("log").textContent.includes("drew 320 × 200"))')
    assert page('return $("picture").getContext("2d").getImageData(5, 5, 1, 1).data[3]') == 255


@needs_browser
def test_standstill_is_measured(page):
    page("await until(() => pulse.longest > 0); block(300); await pause(50)")
    page('await until(() => Number($("standstill").textContent) >= 300)')


@needs_browser
def test_wait_doubles_up_to_limit(page):
    waits = page("return [0, 1, 2, 9].flatMap((n) => [nextWait(n, 0), nextWait(n, 1)])")
    assert waits == [100, 200, 200, 400, 400, 800, 2500, 5000]


@needs_browser
def test_loss_is_retried_and_no_is_not(page):
    final = page("return [1000, 1001, 1006, 1011, 3999, 4000, 4401].filter(isFinal)")
    assert final == [1000, 4000, 4401]
    tries = 'events.filter((name) => name === "try").length'
    page('window.events = []; window.leave = stayConnected(address("ws/refuse/"), '
         f"(event) => events.push(event.type)); await until(() => {tries} === 3)")  # fmt: skip
    assert page(f"leave(); await pause(900); return {tries}") == 3


@needs_browser
@pytest.mark.parametrize(
    ("base", "address"),
    [
        ("https://host/user/proxy/9/", "wss://host/user/proxy/9/ws/"),
        ("http://host/", "ws://host/ws/"),
    ],
)
def test_address_follows_the_page(page, base, address):
    page(f'const base = document.createElement("base"); base.href = "{base}";'
         "document.head.append(base)")  # fmt: skip
    assert page('return address("ws/")') == address
