"""Handshakes that nobody should make: each is refused or left alone, and others still come in."""

import os
from contextlib import suppress
from urllib.parse import unquote

import pytest

from duplex.people import speak_at_once
from duplex.sockets import Dropped
from duplex.wire import Refused

HALF_OPEN = int(os.environ.get("DUPLEX_HALF_OPEN", 60))  # connections; thousands in a soak run
REFUSED = ("400", "403", "404", "414")
FOREIGN = (
    "https://evil.example", "null", "", "http://127.0.0.1.evil.example", "http://evil-localhost",
    "http://localhost@evil.example", "http://evil.example/?localhost", "http://evil.example#[::1]",
    "javascript:alert(1)", "http://[", "\xff", "http://localhost.",
)  # fmt: skip
PATHS = (
    "a%2fb", "a%2Fb", "..", ".", "../tea", "..%2ftea", "%2e%2e", "%2e%2e%2ftea", "tea/../secret",
    "%252e%252e%252ftea", "tea//", "", "%00", "tea%00", "tea%2500", "%0d%0aX-Evil:%201", "%", "%zz",
    "%ff%fe", "%c0%ae%c0%ae", "tea%20", "%20tea", "Tea", "te%61%09", "..;", "tea;x=1", "~", "@",
    "%5c..%5ctea", "%2540ada", "%40ada", "%e2%80%aetea", "tea%3f", "tea%23", "x" * 81, "x" * 3000,
)  # fmt: skip


@pytest.mark.parametrize("origin", FOREIGN)
def test_foreign_page_is_refused(chat, origin):
    with pytest.raises((Refused, Dropped)) as refusal:
        chat.people.connect(chat.eve, "elsewhere", origin=origin)
    assert refusal.type is Dropped or str(refusal.value.status) in REFUSED


def test_path_leads_to_its_own_room_only(chat):
    for path in PATHS:
        raw, status = chat.knock(f"/ws/chat/{path}/")
        if status != "101":
            assert status in REFUSED, path
            continue
        heard = raw.receive().payload
        wanted = unquote(path, errors="replace")
        if b"welcome" in heard:
            assert chat.said(heard)["room"] == wanted and wanted != "tea"
        else:
            assert int.from_bytes(heard[:2], "big") == 4403 and wanted.startswith("@"), path


def test_room_of_others_is_shut(chat):
    ada = chat.tab("ada", "@ada+grace")
    for path in ("@ada+grace", "%40ada+grace", "@ada%2Bgrace"):
        raw, _ = chat.knock(f"/ws/chat/{path}/")
        assert chat.end_of(raw) == 4403
    socket = chat.people.connect(chat.eve, "@ada+grace")
    speak_at_once(socket, '{"type": "join"}', '{"type": "message", "key": "k", "text": "hello"}')
    ada.send(**chat.words("who is here?"))
    chat.hears(ada, "who is here?")
    assert ada.met == {"ada"}


def test_half_open_handshakes_stop_nobody(chat):
    silent = [chat.line() for _ in range(HALF_OPEN)]
    for raw in silent[::2]:
        raw.send(b"GET /ws/chat/tea/ HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nOrigin: ")
    chat.goes_on()  # while all of them wait
    for raw in silent:
        raw.close()


@pytest.mark.parametrize("head", [
    "GET /ws/chat/tea/ HTTP/1.1\r\nX: " + "x" * 2**20, "GET /" + "x" * 2**20,
    "GET / HTTP/1.1\r\n" + "X: y\r\n" * 2**16, "GET / HTTP/9.9\r\n\r\n", "\0\xff" * 99 + "\r\n\r\n",
], ids=["a header", "a path", "many headers", "a version", "no HTTP"])  # fmt: skip
def test_head_without_end_is_ended(chat, head):
    raw = chat.line()
    with suppress(Dropped):  # it was enough
        assert " 101 " not in raw.ask(head)


@pytest.mark.parametrize("changes", [
    {"key": None}, {"key": "short"}, {"version": "12"}, {"Upgrade": "h2c"}, {"Connection": "close"},
], ids=str)  # fmt: skip
def test_bad_handshake_is_no_websocket(chat, changes):
    raw = chat.line()
    head = raw.ask(chat.request("/ws/chat/tea/", **changes))
    assert head.partition(" ")[2][:1] in ("", "3", "4"), head
