"""When messages came, how long they waited, and how a page came back."""

import json

import pytest

from duplex import frames
from duplex.line import Line, Passage
from duplex.measure import page
from duplex.measure.page import Attempt, Wait

SOCKET = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n\r\n"
HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<!doctype html>"


def tick(number, sent):
    return frames.encode(frames.TEXT, json.dumps({"tick": number, "sent": sent}).encode())


@pytest.fixture
def line():
    with Line(("127.0.0.1", 1)) as line:
        yield line


def passed(line, *passages):
    line.passages = [Passage(at, False, data, connection) for at, data, connection in passages]


def names(line):
    return [frame.payload for _, frame in page.frames_on(line, up=False)]


def test_pages_are_not_frames(line):
    passed(line, (1, HTML, 1), (2, SOCKET, 2), (3, frames.encode(frames.TEXT, b"hi"), 2))
    assert names(line) == [b"hi"]


def test_connections_are_kept_apart(line):
    first, second = frames.encode(frames.TEXT, b"first"), frames.encode(frames.TEXT, b"second")
    passed(line, (1, SOCKET + first[:3], 1), (2, SOCKET + second, 2), (3, first[3:], 1))
    assert names(line) == [b"second", b"first"]


def test_head_may_come_in_pieces(line):
    passed(line, (1, SOCKET[:20], 1), (2, SOCKET[20:] + frames.encode(frames.TEXT, b"hi"), 1))
    assert names(line) == [b"hi"]


def test_wait_begins_at_the_line(line):
    passed(line, (1.0, SOCKET + tick(1, 5.25), 1), (1.1, tick(2, 6.5) + tick(3, 7), 1))
    ticks = [{"sent": 7, "done": 0}, {"sent": 5.25, "done": 0}]
    came = [wait.came for wait in page.waits(line, ticks, "done")]
    assert came[0] - came[1] == pytest.approx(100, abs=0.5)


def test_wait_is_never_negative():
    assert Wait(5.0, 4.6).time == 0
    assert page.longest([Wait(5, 6), Wait(5, 9)]) == 4


def heard(*events):
    return [{"name": name, "at": at} for name, at in events]


def test_attempts_after_loss():
    tried = page.attempts(heard(
        ("try", 0), ("open", 5), ("message", 6), ("close", 1000), ("try", 1150), ("error", 1160),
        ("close", 1160), ("try", 1500), ("open", 1510), ("message", 1511),
    ))  # fmt: skip
    assert tried == [Attempt(0.15, 0.16, False), Attempt(0.5, 0.51, True)]
    assert page.pauses(tried) == pytest.approx([150, 340])


def test_busiest_moment_counts_all_clients():
    assert page.busiest([[1, 100], [5, 200], [19, 300]], width=20) == 3
    assert page.busiest([[1], [21]], width=20) == 1
