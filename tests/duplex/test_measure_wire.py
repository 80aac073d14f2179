"""What notebook 03 measures, against its own project under a real Daphne."""

from pathlib import Path

import pytest

from duplex.measure import wire as measure_wire
from duplex.server import serve

ECHO = Path(__file__).parents[2] / "notebooks/projects/echo"


@pytest.fixture(scope="module")
def address():
    with serve(ECHO, "daphne") as server:
        yield server.address


def test_headers_grow_in_steps(address):
    costs = measure_wire.header_costs(address, "/ws/echo/", [1, 125, 126, 65535, 65536])
    assert [cost["server to client"] for cost in costs] == [2, 2, 4, 4, 10]
    assert [cost["client to server"] for cost in costs] == [6, 6, 8, 8, 14]


def test_moments_are_repeatable():
    when = measure_wire.moments(5, 2.0)
    assert when == measure_wire.moments(5, 2.0) == sorted(when)
    assert when[0] >= 0 and when[-1] <= 2


@pytest.mark.parametrize("again", [False, True])
def test_both_follow_everything(address, again):
    polling, pushed = measure_wire.race(address, address, address, [0, 0.05, 0.1], 0.04)
    assert [moment for moment, _ in polling.seen] == [moment for moment, _ in pushed.seen]
    assert len(pushed.seen) == 3
    assert polling.requests > pushed.requests == 1
    assert all(delay >= 0 for delay in polling.delays + pushed.delays)
