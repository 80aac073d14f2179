"""One chat over several processes, on a real Redis: killed, restarted, watched and crowded."""

import asyncio
import contextlib

import matplotlib as mpl
import pytest

mpl.use("agg")
from duplex import server as servers  # noqa: E402
from duplex.deadline import wait_until  # noqa: E402
from duplex.figures import scale as figures  # noqa: E402
from duplex.measure import crowd, outage  # noqa: E402
from duplex.measure.rooms import enter, hear_each_other  # noqa: E402
from duplex.notebook import scale  # noqa: E402
from duplex.redis import Redis, find_redis  # noqa: E402

pytestmark = pytest.mark.skipif(
    find_redis() is None or not servers.CAN_FORK, reason="no redis-server on this computer"
)
GROUP = "asgi:group:room.lobby"
DESIGNS = {
    "core": ("Redis core", "room"),
    "pub/sub": ("Redis pub/sub", "room"),
    "steady": ("Redis pub/sub", "steady"),
}


@pytest.fixture(scope="module")
def redis():
    with Redis() as redis:
        yield redis


@pytest.fixture(scope="module")
def told():
    """What mostly waits, side by side: a restart under each design, and who is here meanwhile."""
    presence = scale.begin_presences()
    return scale.restarts(DESIGNS), presence.result()


def test_core_closes_listener(told):
    core = told[0]["core"]
    assert core.closed[0][0] == "1011" and core.lost and core.all_heard()


def test_pubsub_misses_in_silence(told):
    pubsub = told[0]["pub/sub"]
    assert pubsub.closed == [] and pubsub.lost and pubsub.all_heard()


def test_database_loses_nothing(told):
    steady = told[0]["steady"]
    numbers = [number for number, _ in steady.heard]
    assert numbers == sorted(set(numbers)) == list(steady.said)
    assert (steady.closed, steady.unsaid) == ([], {})


def test_restarts_mark_losses(told):
    axes = figures.restarts(told[0]).axes[0]
    crosses = [line for line in axes.lines if line.get_marker() == "x"]
    lost = [len(story.lost) for story in told[0].values()]
    assert [len(line.get_xdata()) for line in crosses] == lost
    mpl.pyplot.close("all")


def test_set_keeps_killed(told):
    assert told[1].books["set"].people() == ["ada", "grace"]


def test_lease_runs_out(told):
    assert told[1].books["times"].people() == ["grace"]
    assert told[1].late("times", "ada") > 0 and told[1].late("times", "edsger") < 5


def test_presence_draws_spans(told):
    axes = figures.presence(told[1]).axes[0]
    assert len(axes.patches) == 6  # two people: the truth and two books
    mpl.pyplot.close("all")


def test_memory_is_one_process():
    with scale.serve() as one, scale.serve() as other:
        assert not hear_each_other(one, other)


def test_killed_stays_in_group(redis):
    with scale.serve(redis) as lives, scale.serve(redis) as dies, redis.client() as inside:
        with enter(lives, "lobby") as ada, enter(dies, "lobby") as edsger:
            dies.child.kill()
            assert outage.fate(edsger) == "dropped, without a close frame"
            for number in range(120):
                ada.send_text(str(number))
                assert outage.fate(ada) == str(number)
            assert inside.zcard(GROUP) == 2
            assert list(outage.letter_boxes(inside).values()) == [100]
        inside.flushall()


def test_steady_joins_again(redis):
    store = str(redis.folder / "said.sqlite3")
    with contextlib.ExitStack() as stack:
        inside = stack.enter_context(redis.client())
        server = stack.enter_context(scale.serve(redis, STORE=store))
        client = stack.enter_context(enter(server, "lobby", "steady"))
        inside.flushall()
        assert wait_until(lambda: inside.zcard(GROUP) == 1)
        client.send_text("hello")
        assert outage.fate(client) == "hello"


def test_short_patience_closes(redis):
    with scale.serve(redis, PATIENCE="0.3") as server, enter(server, "quiet") as client:
        assert outage.fate(client) == "a close frame with code 1011"


def test_silence_is_nothing(redis):
    with scale.serve(redis) as server, enter(server, "quiet") as client:
        assert outage.fate(client, 0.1) == "nothing"


def test_crowd_hears_everything(redis):
    with scale.serve(redis) as one, scale.serve(redis) as other, redis.client() as inside:
        load = crowd.load([one.address, other.address], 6)
        assert (load.clients, load.processes) == (6, 2)
        assert load.heard + load.lost == 6 * (crowd.PACED + crowd.BURST)
        assert load.lost <= 6 and load.rate > 0  # a layer may lose one
        assert len(load.seconds) <= 6 * crowd.PACED
        assert 0 < load.after(50) <= load.after(95) <= load.after(99)
        assert wait_until(lambda: not inside.exists("asgi:group:room.6-over-2"))


def test_refused_crowd_is_told():
    with scale.serve() as server, pytest.raises(ConnectionError, match="500"):
        asyncio.run(crowd.enter([server.address], 2, "/ws/nowhere/"))


def test_speed_draws_each_process():
    loads = [crowd.Load(clients, count, [0.001, 0.002], 1000.0, 2)
             for count in (1, 2) for clients in (10, 20)]  # fmt: skip
    left, right = figures.speed(loads).axes
    assert (len(left.lines), len(right.lines)) == (6, 2)
    mpl.pyplot.close("all")


def test_plan_names_parts():
    texts = [text.get_text() for text in figures.plan(2).axes[0].texts]
    assert {"Daphne 1", "Daphne 2", "proxy\none address"} <= set(texts)
    mpl.pyplot.close("all")
