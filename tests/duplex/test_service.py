"""What lab 08's grader reads: headers, cookies, policies, numbers and lines of a log."""

import types
from email.message import Message

import pytest

from duplex import service, wire
from duplex.expect import Mismatch


def answer(*headers: tuple[str, str], body: bytes = b"", status: int = 200) -> wire.Response:
    """Return an answer with these headers."""
    message = Message()
    for name, value in headers:
        message[name] = value
    return wire.Response(status, message, body)


def log(text: str):
    """Return a log that holds this text."""
    return types.SimpleNamespace(text=lambda: text)


def test_header_must_match():
    page = answer(("X-Frame-Options", "DENY"))
    service.demands(page, "x-frame-options", "DENY", "DENY")
    with pytest.raises(Mismatch, match="saw X-Frame-Options: DENY; should see"):
        service.demands(page, "X-Frame-Options", "SAMEORIGIN", "SAMEORIGIN")
    with pytest.raises(Mismatch, match="saw no header Via"):
        service.demands(page, "Via", "x", "x")


def test_cookies_have_attributes():
    lines = "sessionid=a; HttpOnly; Path=/; SameSite=Lax; Secure", "name=x; Max-Age=5"
    found = service.cookies_of(answer(*(("Set-Cookie", line) for line in lines)))
    assert found["sessionid"] == {"httponly", "path=/", "samesite=lax", "secure"}
    assert found["name"] == {"max-age=5"}


def test_policy_is_read():
    page = answer(("Content-Security-Policy", "default-src 'none'; IMG-SRC 'self' data:;"))
    assert service.policy_of(page, "") == {
        "default-src": ["'none'"],
        "img-src": ["'self'", "data:"],
    }
    with pytest.raises(Mismatch, match="saw none; should see one"):
        service.policy_of(answer(), "a page")


def test_files_of_a_page():
    page = """<link rel="icon" href="data:,"><link rel="stylesheet" href="static/a.css">
    <SCRIPT src='static/b.js' defer></SCRIPT><script src=https://cdn.example/c.js></script>"""
    assert service.files_of(page) == ["static/a.css", "static/b.js"]


ACCESS = '127.0.0.1:5 - - [24/Nov/2026:19:21:40] "GET /live/" 200 14\n'
LINE = '{"event": "connect", "room": "a\\n\u2028b"}\n'


def test_log_of_json_is_read():
    assert service.stray(log(ACCESS + LINE + "\n" + LINE)) == ""
    assert [one["event"] for one in service.records(log(LINE + ACCESS + LINE))] == ["connect"] * 2


@pytest.mark.parametrize("line", ["Traceback (most recent call last):", "  File x", "[1]"])
def test_stray_line_is_found(line):
    assert service.stray(log(LINE + line + "\n" + ACCESS)) == line


def test_half_an_object_is_no_record():
    assert service.records(log('{"event": \n7\n[]\n')) == []


SAMPLES = b"""# TYPE chat_messages_total counter
chat_messages_total 3.0
# TYPE chat_refused_total counter
chat_refused_total{code="4401"} 2.0
chat_refused_total{code="4403"} 1.0
"""


def test_numbers_are_added_up(peer):
    def metrics(connection, _):
        head = (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: %d\r\n"
        )
        connection.sendall(head % len(SAMPLES) + b"\r\n" + SAMPLES)

    found = service.metrics_of(types.SimpleNamespace(address=peer(metrics)))
    assert found[("chat_refused_total", ("code", "4401"))] == 2
    assert service.total(found, "chat_refused_total") == 3
    assert service.total(found, "chat_messages_total") == 3


def test_order_of_what_is_missing_is_free():
    said = {"ready": False, "missing": ["redis", "database"], "more": 1}
    assert service._sorted(said) == {"ready": False, "missing": ["database", "redis"]}
    assert service._sorted([]) == []
