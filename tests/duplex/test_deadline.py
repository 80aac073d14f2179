"""Every wait ends, one factor stretches them all, and one limit bounds what is inside."""

import threading
import time

import pytest

from duplex.deadline import Deadline, limit, scaled, wait_until
from duplex.errors import CourseError


@pytest.fixture(autouse=True)
def factor(monkeypatch):
    """Set DUPLEX_TIMEOUT_FACTOR; at first there is none."""
    monkeypatch.delenv("DUPLEX_TIMEOUT_FACTOR", raising=False)
    return lambda value: monkeypatch.setenv("DUPLEX_TIMEOUT_FACTOR", value)


def test_factor_stretches(factor):
    assert scaled(10) == 10
    factor("2.5")
    assert scaled(10) == 25
    assert 24 < Deadline(10).remaining() <= 25


@pytest.mark.parametrize("value", ["fast", "", "0", "-1", "nan", "inf"])
def test_odd_factor_is_told(factor, value):
    factor(value)
    with pytest.raises(CourseError, match=f"DUPLEX_TIMEOUT_FACTOR is '{value}', but must be"):
        scaled(1)


def test_remaining_is_never_negative():
    past = Deadline(-1)
    assert past.remaining() == 0
    assert past.expired()
    assert not Deadline(60).expired()


def test_limit_bounds_deadlines():
    with limit(5) as outer:
        assert Deadline(60).end == outer.end
        assert Deadline(1).end < outer.end
    assert Deadline(60).remaining() > 50


def test_inner_limit_cannot_stretch():
    with limit(5) as outer:
        with limit(60) as inner:
            assert inner.end == outer.end
        with limit(1):
            assert Deadline(60).remaining() <= 1
        assert Deadline(60).end == outer.end


def test_limit_holds_in_threads():
    found = []
    with limit(5) as outer:
        thread = threading.Thread(target=lambda: found.append(Deadline(60).end))
        thread.start()
        thread.join()
    assert found == [outer.end]


def test_limit_ends_with_an_error():
    with pytest.raises(KeyError), limit(1):
        raise KeyError
    assert Deadline(60).remaining() > 50


def test_limit_is_stretched_once(factor):
    factor("2")
    with limit(5) as outer:
        assert 9 < outer.remaining() <= 10
        assert 9 < Deadline(60).remaining() <= 10


def test_wait_returns_at_once():
    begin = time.monotonic()
    assert wait_until(lambda: True, 60) is True
    assert time.monotonic() - begin < 30


def test_wait_sees_the_change():
    answers = iter([0, "", None, "yes"])
    assert wait_until(lambda: next(answers), 60) is True


def test_wait_gives_up():
    begin = time.monotonic()
    assert wait_until(lambda: False, 0.05) is False
    assert time.monotonic() - begin >= 0.05


def test_wait_ends_with_the_limit():
    with limit(0.05):
        assert wait_until(lambda: False, 3600) is False
