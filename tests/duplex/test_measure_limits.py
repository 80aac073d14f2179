"""Bytes that pile up, credit, sizes, token buckets, and the sums for a million."""

import matplotlib as mpl
import pytest

mpl.use("agg")
from duplex import wire  # noqa: E402
from duplex.figures import limits as figures  # noqa: E402
from duplex.measure import bucket, memory, million  # noqa: E402
from duplex.notebook import scale  # noqa: E402


@pytest.fixture(scope="module")
def server():
    with scale.serve() as server:
        yield server


def test_idle_connection_costs_memory(server):
    assert 2_000 < memory.idle(server, 100) < 500_000


def test_unread_bytes_pile_up(server):
    piled = memory.flood(server)
    assert piled.asked[-1] == memory.STEPS * memory.STEP * memory.BLOCK
    assert piled.grown[-1] > piled.asked[-1] / 2 and piled.kernel < piled.asked[-1] / 10


def test_credit_piles_up_nothing():
    with scale.serve() as server:
        piled = memory.credit(server)
    assert piled.grown[-1] < piled.asked[-1] / 4
    axes = figures.piled({"credit": piled, "again": piled}).axes[0]
    assert axes.lines[0].get_xdata()[-1] == pytest.approx(piled.asked[-1] / 1e6)
    mpl.pyplot.close("all")


def test_window_bounds_sending(server):
    says = [{"want": 100}, {"seen": 20}, {"seen": 3}, {"seen": 500}, {"seen": 60}]
    with wire.connect(server.address, "/ws/credit/") as client:
        assert [memory.came(client, **words) for words in says] == [20, 20, 0, 20, 20]


@pytest.mark.parametrize(("every", "got"), [(1, 60), (20, 60), (21, 20)])
def test_late_seen_stops(server, every, got):
    with wire.connect(server.address, "/ws/credit/") as client:
        told = memory.reads(client, 60, every)
    assert told == {"messages that come": got, "seen frames": got // every}


@pytest.mark.parametrize(
    ("path", "length", "told"),
    [
        ("/ws/small/4413/", 16_384, "echoed"),
        ("/ws/small/4413/", 16_385, "closed, 4413"),
        ("/ws/small/1009/", 16_385, "closed, 1011"),
        ("/ws/where/", 2**20, "echoed"),
        ("/ws/where/", 2**20 + 1, "dropped"),
    ],
)
def test_large_text_is_stopped(server, path, length, told):
    assert memory.size(server, path, "x" * length) == told


def test_bucket_allows_burst():
    tried = bucket.attempt(bucket.TokenBucket(), bucket.typing())
    assert tried.refused == [] and len(tried.allowed) == len(bucket.typing())


@pytest.mark.parametrize("span", [0.2, 1.0, 2.5])
def test_bucket_bounds_each_span(span):
    tried = bucket.attempt(bucket.TokenBucket(), bucket.flooding())
    assert tried.most_within(span) <= bucket.SIZE + bucket.RATE * span + 1


def test_bucket_is_never_overfull():
    tried = bucket.attempt(bucket.TokenBucket(), [0.0, 50.0])
    assert max(level for _, level in tried.levels) == bucket.SIZE


def test_counter_doubles_at_edge():
    tried = bucket.attempt(bucket.Windows(), bucket.edges())
    assert tried.most_within(0.2) == 2 * bucket.LIMIT


def test_counter_refuses_paste():
    tried = bucket.attempt(bucket.Windows(), bucket.typing())
    assert len(tried.refused) == 6


def test_limits_draw_each_frame():
    tried = {"who": {"limit": bucket.attempt(bucket.TokenBucket(2, 1.0), [0.0, 0.1, 0.2])}}
    axes = figures.limits(tried).axes[0]
    assert [text.get_text() for text in axes.texts] == ["2 pass", "1 refused"]
    mpl.pyplot.close("all")


def test_million_multiplies():
    results = [row["result"] for row in million.at_rest(33_000)]
    assert results[:3] == ["33 GB", "50,000 a second", "3,000,000"]
    assert million.in_talk(5_000, seconds=600, room=50) == (pytest.approx(83_333.3, 1e-3), 17)


def test_ports_and_files_are_counted():
    assert 0 < million.ports() < 65_536
    assert million.descriptors() > 0
