"""Frames that no chat wants: each costs its sender an error or the connection, and nobody else."""

import json
from contextlib import suppress

import pytest

from duplex import frames
from duplex.frames import BINARY, CLOSE, CONTINUATION, PING, TEXT
from duplex.sockets import Dropped

MASK = bytes(4)  # a masking key that leaves the payload as it is
CODES = (None, 1002, 1007, 1009)  # the line is cut; broken protocol, no UTF-8, too big
ENOUGH = 16 * 1024 * 1024  # bytes: by then a message without end must have met one


def frame(opcode: int, payload: bytes = b"", fin: bool = True) -> bytes:
    """Return a masked frame."""
    return frames.header(opcode, len(payload), fin=fin, masking_key=MASK) + payload


MALFORMED = {
    "not masked": frames.encode(TEXT, b"hello"),
    "an opcode that nobody knows": frame(3, b"x"),
    "a reserved bit": bytes([0xC0 | TEXT, 0x80]) + MASK,
    "an end without a beginning": frame(CONTINUATION, b"x"),
    "a text within a text": frame(TEXT, b"x", fin=False) + frame(TEXT, b"x"),
    "a ping of 126 bytes": frame(PING, b"x" * 126),
    "a ping in pieces": frame(PING, b"x", fin=False),
    "no UTF-8": frame(TEXT, b'{"type": "message", "text": "\xff\xfe"}'),
    "UTF-8 that breaks off": frame(TEXT, b'{"type": "leave"}\xe2\x82'),
    "half a character in each piece": frame(TEXT, b'"\xce', fin=False) + frame(CONTINUATION, b'x"'),
    "a surrogate in UTF-8": frame(TEXT, b'{"type": "message", "text": "\xed\xa0\x80"}'),
    "a close of one byte": frame(CLOSE, b"\x03"),
    "a close code that nobody may send": frame(CLOSE, (1005).to_bytes(2, "big")),
    "a close reason that is no UTF-8": frame(CLOSE, (1000).to_bytes(2, "big") + b"\xff"),
    "a length of half of all numbers": frames.header(TEXT, 2**62, masking_key=MASK),
    "a length that is negative": frames.header(TEXT, 2**63, masking_key=MASK),
}
OVERSIZED = {
    "one frame of 2 MiB": frame(TEXT, b'{"type": "message", "text": "%s"}' % (b"x" * 2**21)),
    "a frame that announces 2 MiB": frames.header(TEXT, 2**21, masking_key=MASK) + b"{",
    "2 MiB in two frames": frame(TEXT, bytes(2**20), fin=False) + frame(CONTINUATION, bytes(2**20)),
}
ODD = {
    "nothing": "", "a number": "7", "NaN": "NaN", "no object": '["message"]', "half": '{"type": ',
    "5,000 digits": "1" * 5000, "deeply nested": "[" * 10_000, "type is a list": '{"type": []}',
    "a method's name": '{"type": "__call__"}', "an event's type": '{"type": "chat.message"}',
    "the server's word": '{"type": "welcome", "you": "ada"}',
}  # fmt: skip
STRANGE = {
    "half a surrogate pair": "\ud83d", "a zero byte": "a\0b", "right to left": "\u202eolleh",
    "many accents": "e" + "\u0301" * 900, "a byte order mark": "\ufeffhello",
}  # fmt: skip


@pytest.mark.parametrize("abuse", MALFORMED)
def test_malformed_frame_ends_its_sender(chat, abuse):
    raw = chat.intruder()
    raw.send(MALFORMED[abuse])
    assert chat.end_of(raw) in CODES


@pytest.mark.parametrize("abuse", OVERSIZED)
def test_oversized_message_ends_its_sender(chat, abuse):
    raw = chat.intruder()
    with suppress(Dropped):  # the server does not wait for all of it
        raw.send(OVERSIZED[abuse])
    assert chat.end_of(raw) in CODES


@pytest.mark.parametrize("piece", [b"x" * 2**16, b""], ids=["much", "little"])
def test_message_without_end_is_ended(chat, piece):
    raw, sent = chat.intruder(), 0
    flow = frame(CONTINUATION, piece, fin=False) * (2**16 // max(len(piece), 64))
    raw.send(frame(TEXT, b'{"type": "message", "text": "', fin=False))
    with suppress(Dropped):
        while sent < ENOUGH // 16 if not piece else sent < ENOUGH:
            raw.send(flow)
            sent += len(flow)
    if piece:
        assert sent < ENOUGH and chat.end_of(raw) in CODES


@pytest.mark.parametrize("abuse", ODD)
def test_odd_json_gets_an_error(chat, abuse):
    eve = chat.tab("eve")
    eve.socket.send_text(ODD[abuse])
    eve.is_refused(f"the answer to {abuse}")
    eve.send(type="leave")
    assert eve.listen()["type"] == "left"


def test_binary_frame_gets_an_error(chat):
    eve = chat.tab("eve")
    eve.socket.send_binary(json.dumps(chat.words("hello")).encode())
    eve.is_refused("the answer to a binary frame")


def test_long_text_gets_an_error(chat):
    eve = chat.tab("eve")
    for text in ("x" * 1001, " " * 1000, ["x"], {"text": "x"}, 7, None):
        eve.send(**chat.words(text))
        eve.is_refused(f"the answer to the text {text!r:.20}")


@pytest.mark.parametrize("abuse", STRANGE)
def test_strange_text_is_text_or_refused(chat, abuse):
    eve = chat.tab("eve")
    eve.send(**chat.words(STRANGE[abuse]))
    while (heard := eve.listen())["type"] == "ack":
        pass
    assert heard["type"] == "error" or heard["text"] == STRANGE[abuse]
    eve.send(type="leave")
    assert eve.listen()["type"] in ("left", "ack")


def test_last_word_counts_of_two(chat):
    eve = chat.tab("eve")
    eve.socket.send_text('{"type": "message", "text": "x", "type": "leave"}')
    assert eve.listen()["type"] == "left"


def test_flood_stops_nobody(chat):
    eve, flood = chat.intruder(), b""
    for number in range(500):
        flood += frame(TEXT, json.dumps(chat.words(f"flood {number}")).encode())
        flood += frame(BINARY, b"x") + frame(PING, b"x")
    eve.send(flood)
    chat.goes_on()  # while the flood is read, too
