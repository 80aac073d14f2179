"""Frames by hand: the examples of RFC 6455 and the limits between header sizes."""

import pytest

from duplex import frames
from duplex.frames import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, RawFrame

KEY = bytes.fromhex("37fa213d")
SEEN = [
    RawFrame(TEXT, b"Hello"),
    RawFrame(TEXT, b"Hello", masking_key=KEY),
    RawFrame(TEXT, b"Hel", fin=False),
    RawFrame(CONTINUATION, b"lo"),
    RawFrame(PING, b"Hello"),
    RawFrame(PONG, b"Hello", masking_key=KEY),
    RawFrame(BINARY, bytes(256)),
    RawFrame(BINARY, bytes(65536)),
]


@pytest.mark.parametrize(("name", "frame"), list(zip(frames.RFC_EXAMPLES, SEEN, strict=True)))
def test_examples_of_the_rfc(name, frame):
    data = bytes.fromhex(frames.RFC_EXAMPLES[name])
    assert frames.decode(data) == (frame, b"")
    assert bytes(frame) == data


def test_accept_key_of_the_rfc():
    assert frames.accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def test_new_keys_are_valid():
    assert len(frames.new_key()) == 24
    assert frames.new_key() != frames.new_key()


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65535, 65536])
@pytest.mark.parametrize("masked", [False, True])
def test_every_size_survives(length, masked):
    frame = RawFrame(
        BINARY, bytes(i % 251 for i in range(length)), masking_key=KEY * masked or None
    )
    data = bytes(frame)
    assert len(data) == length + frames.header_size(length, masked) == length + frame.header_size
    assert frames.decode(data + b"more") == (frame, b"more")


def test_header_sizes():
    sizes = [0, 125, 126, 65535, 65536]
    assert [frames.header_size(size, masked=False) for size in sizes] == [2, 2, 4, 4, 10]
    assert [frames.header_size(size, masked=True) for size in sizes] == [6, 6, 8, 8, 14]


def test_masking_twice_restores():
    assert frames.mask(b"Hello", KEY) == bytes.fromhex("7f9f4d5158")
    assert frames.mask(frames.mask(b"Hello", KEY), KEY) == b"Hello"


@pytest.mark.parametrize("length", [5, 200, 70000])
def test_half_a_frame_waits(length):
    data = frames.encode(BINARY, bytes(length), masking_key=KEY)
    for end in (0, 1, 2, 3, len(data) - 1):
        with pytest.raises(frames.Incomplete):
            frames.decode(data[:end])


def test_close_has_a_code():
    frame = RawFrame(CLOSE, frames.close_payload(4001, "sorry"))
    assert (frame.code, frame.reason, str(frame)) == (4001, "sorry", "close 4001 'sorry'")
    assert str(RawFrame(CLOSE, b"")) == "close without a code"


def test_frames_name_themselves():
    shown = [str(frame) for frame in frames.decode_all(bytes(RawFrame(TEXT, b"Hi")) * 2)]
    assert shown == ["text 'Hi'"] * 2
    assert str(RawFrame(TEXT, b"\xff", masking_key=KEY)) == r"text b'\xff', masked"
    assert str(RawFrame(TEXT, b"Hel", fin=False)) == "text b'Hel', more to come"
    assert str(RawFrame(BINARY, bytes(99))) == "binary of 99 bytes"
    assert str(RawFrame(0x3, b"")) == "opcode 3 b''"


def test_anatomy_names_all_bytes():
    data = bytes.fromhex("81 85 37 fa 21 3d 7f 9f 4d 51 58")
    parts = frames.anatomy(data)
    assert [name for name, _ in parts] == [
        "FIN and opcode", "MASK and length", "masking key", "payload"
    ]  # fmt: skip
    assert b"".join(part for _, part in parts) == data
