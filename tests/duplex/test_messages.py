"""Frames and answers say what they are, in words that a student reads."""

from email.message import Message

import pytest

from duplex.messages import Frame, Response, binary, close, read_frame, text
from duplex.sockets import Malformed


def answer(body: bytes, kind: str | None = "text/html") -> Response:
    """Return an answer with this body."""
    headers = Message()
    if kind:
        headers["Content-Type"] = kind
    return Response(404, headers, body)


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (text("hello"), "the text frame 'hello'"),
        (text(""), "the text frame ''"),
        (binary(b"\x00"), r"the binary frame b'\x00'"),
        (text("x" * 61), f"the text frame '{'x' * 60}'… (61 long)"),
        (close(1001), "a close frame with code 1001"),
        (close(), "a close frame"),
    ],
)
def test_frame_is_told(frame, told):
    assert str(frame) == told


def test_frames_are_compared():
    assert text("a") == Frame("text", "a", at=5.0)
    assert text("a") != text("b")
    assert text("a") != binary(b"a")
    assert close(1000) == Frame("close", code=1000, reason="bye")
    assert close(1000) != close(1001)


def test_frame_holds_json():
    assert text('{"a": [1, null]}').json() == {"a": [1, None]}
    with pytest.raises(Malformed, match="^the text frame 'a' is not JSON$"):
        text("a").json()
    with pytest.raises(Malformed, match="is not JSON"):
        binary(b"\xff").json()


@pytest.mark.parametrize(
    ("opcode", "data", "frame"),
    [
        (1, "è".encode(), text("è")),
        (2, b"\xff", binary(b"\xff")),
        (8, b"\x0f\xa1bye", close(4001)),
        (8, b"", close()),
        (9, b"?", Frame("ping", b"?")),
        (10, b"!", Frame("pong", b"!")),
        (5, b"", Frame("opcode 5")),
    ],
)
def test_frame_is_read(opcode, data, frame):
    read = read_frame(opcode, data)
    assert read == frame
    assert read.at > 0


def test_reason_is_read():
    assert read_frame(8, b"\x03\xe8" + "è".encode()).reason == "è"
    assert read_frame(8, b"\x03\xe8\xff").reason == "\ufffd"


def test_answer_holds_json():
    assert answer(b'{"a": 1}').json() == {"a": 1}
    with pytest.raises(Malformed) as caught:
        answer(b"<h1>Not Found</h1>").json()
    assert str(caught.value) == (
        "HTTP 404 with a body that is not JSON (text/html: '<h1>Not Found</h1>')"
    )
    with pytest.raises(Malformed, match="no content type: ''"):
        answer(b"", None).json()
    with pytest.raises(Malformed, match="is not JSON"):
        answer(b"\xff\xfe\xfd").json()


def test_answer_holds_text():
    assert answer("è".encode()).text == "è"
    assert answer(b"\xff").text == "\ufffd"
