"""What a student reads when a client saw something else than it should."""

import pytest

from duplex.expect import Mismatch, describe, expect
from duplex.messages import Frame, Response, text


def test_equal_values_pass():
    expect(200, 200)
    expect(text("a"), Frame("text", "a", at=3.0))
    expect.that([1], "nothing", "something")


def test_mismatch_says_both():
    with pytest.raises(Mismatch) as caught:
        expect(404, 200, "GET /")
    assert str(caught.value) == "GET /: saw 404; should see 200"
    assert (caught.value.saw, caught.value.should) == ("404", "200")


def test_mismatch_without_a_moment():
    with pytest.raises(Mismatch, match="^saw the text frame 'b'; should see the text frame 'a'$"):
        expect(text("b"), text("a"))


@pytest.mark.parametrize(("saw", "should"), [(True, 1), (0, False), (1, "1"), (b"a", "a")])
def test_kinds_differ(saw, should):
    with pytest.raises(Mismatch):
        expect(saw, should)


@pytest.mark.parametrize(
    ("saw", "told"), [("no frame", "no frame"), ([1], r"\[1\]"), (None, "None")]
)
def test_condition_is_told(saw, told):
    with pytest.raises(Mismatch, match=f"^then: saw {told}; should see one frame$"):
        expect.that(0, saw, "one frame", "then")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("a", "'a'"),
        ("x" * 81, f"'{'x' * 80}'… (81 characters)"),
        ({"a": [1, 2]}, "{'a': [1, 2]}"),
        ([0] * 100, "[" + "0, " * 39 + "0,…"),
        (Response(200, {}, b"a\n  b"), "HTTP 200 with the body 'a b'"),
        (Response(500, {}, b"y" * 81), f"HTTP 500 with the body '{'y' * 80}…'"),
        (Response(204, {}, b""), "HTTP 204 with the body ''"),
    ],
)
def test_value_is_described(value, told):
    assert describe(value) == told


def test_difference_far_inside_is_shown():
    saw, should = ({"room": "x" * 200, "text": text, "time": "y" * 200} for text in ("ab", "ac"))
    with pytest.raises(Mismatch) as caught:
        expect(saw, should, "then")
    assert "'text': 'ab'" in caught.value.saw and "'text': 'ac'" in caught.value.should
    assert len(caught.value.saw) < 130
