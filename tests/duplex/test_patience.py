"""What must come soon may come later by as much as our own work was kept waiting."""

import time

import pytest

from duplex import patience, pressure
from duplex.deadline import limit
from duplex.patience import BUSIEST, SOON, receive_soon, soon, still
from duplex.wire import TimedOut


@pytest.fixture
def stalled(monkeypatch):
    """A made-up computer, which kept our work waiting: stalled(seconds, or None)."""
    monkeypatch.setenv("DUPLEX_TIMEOUT_FACTOR", "1")
    return lambda seconds: monkeypatch.setattr(pressure, "stalled", lambda begin, end: seconds)


@pytest.mark.parametrize(("seconds", "longest"), [(0.0, SOON), (1.5, SOON + 1.5),
                                                  (900.0, SOON * BUSIEST)])  # fmt: skip
def test_waits_as_long_as_work_did(stalled, seconds, longest):
    stalled(seconds)
    assert still(time.monotonic() - 2) == pytest.approx(longest - 2, abs=0.5)


def test_unknown_goes_by_load(stalled, monkeypatch):
    stalled(None)
    monkeypatch.setattr(patience.os, "getloadavg", lambda: (6.0, 0, 0), raising=False)
    monkeypatch.setattr(patience.os, "cpu_count", lambda: 2)
    assert soon() == 3 * SOON
    assert still(time.monotonic() - 1) == pytest.approx(3 * SOON - 1, abs=0.5)


class Silent:
    """A connection to which nothing ever comes; it notes how long each wait for it was."""

    def __init__(self):
        self.waits = []

    def receive(self, timeout: float):
        self.waits.append(timeout)
        raise TimedOut("nothing came")


def test_waits_again_for_what_was_kept_waiting(stalled, monkeypatch):
    left = iter([0.7, 0.0])
    monkeypatch.setattr(patience, "still", lambda begun: next(left))
    silent = Silent()
    with pytest.raises(TimedOut):
        receive_soon(silent)
    assert silent.waits == [SOON, 0.7]


def test_ends_with_the_task(stalled):
    stalled(900.0)
    silent = Silent()
    with pytest.raises(TimedOut), limit(0.0):
        receive_soon(silent)
    assert silent.waits == [SOON]
