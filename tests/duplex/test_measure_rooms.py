"""Rooms in a served project: who hears, what a burst loses, who is left in a group."""

import asyncio
import contextlib
import re

import matplotlib as mpl
import pytest

mpl.use("agg")
from channels_redis.core import RedisChannelLayer  # noqa: E402

from duplex import wire  # noqa: E402
from duplex.deadline import wait_until  # noqa: E402
from duplex.figures import layers as figures  # noqa: E402
from duplex.measure import layers, rooms  # noqa: E402
from duplex.measure.routing import knock  # noqa: E402
from duplex.notebook.show import NOTEBOOKS  # noqa: E402
from duplex.nursery import Nursery  # noqa: E402
from duplex.redis import Redis, find_redis  # noqa: E402
from duplex.server import CAN_FORK, serve  # noqa: E402

PROJECT = NOTEBOOKS / "projects" / "rooms"


@pytest.fixture(scope="module")
def start():
    """Serve the project, from one warm parent: start(LAYER=…)."""
    nursery, servers = Nursery() if CAN_FORK else None, []

    def start(**env):
        servers.append(serve(PROJECT, "daphne", nursery=nursery, env=env))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
    if nursery:
        nursery.close()


@pytest.fixture(scope="module")
def server(start):
    return start()


@contextlib.contextmanager
def entering(server, room, *kinds):
    """Connect one client of each kind to a room."""
    with contextlib.ExitStack() as clients:
        yield [clients.enter_context(rooms.enter(server, room, kind)) for kind in kinds]


def groups(server):
    return wire.Http(server.address).get("/groups/").json()


def test_room_hears_with_speaker(server):
    heard = rooms.fan_out(server, {"Ada": "one", "Grace": "one", "Edsger": "two"})
    assert [(one.name, one.speaker, one.after is None) for one in heard] == [
        ("Ada", True, False), ("Grace", False, False), ("Edsger", False, True),
    ]  # fmt: skip
    assert all(0 < one.after < 10 for one in heard[:2])
    texts = [text.get_text() for text in figures.fan_out(heard).axes[0].texts]
    assert "nothing" in texts and any("the speaker too" in text for text in texts)
    mpl.pyplot.close("all")


@pytest.mark.parametrize(
    ("kind", "members"),
    [("room", [None, 1, 2, 3, 3, 2, 1, None]), ("forgetful", [None, 1, 2, 3, 3, 3, 3, 3])],
)
def test_discard_ends_membership(server, kind, members):
    story = rooms.membership(server, kind)
    assert [moment.members for moment in story] == members
    axes = figures.membership({kind: story}).axes[0]
    crosses = [place for place, count in enumerate(members) if count is None]
    assert list(axes.lines[-1].get_xdata()) == crosses
    mpl.pyplot.close("all")


def test_burst_loses_in_silence(server):
    before = server.log.total
    numbers = rooms.delivered(server, 150)
    assert numbers == list(range(len(numbers))) and 100 <= len(numbers) < 110
    assert server.log.last_error(before) is None


@pytest.fixture(scope="module")
def redis():
    if find_redis() is None:
        pytest.skip("no redis-server on this computer")
    with Redis() as redis:
        yield redis


@pytest.fixture(scope="module")
def core(start, redis):
    """The project on the core layer of Redis."""
    return start(LAYER="channels_redis.core.RedisChannelLayer", REDIS_URL=redis.url)


def test_processes_hear_through_core(start, core, redis):
    other = start(LAYER="channels_redis.core.RedisChannelLayer", REDIS_URL=redis.url)
    assert rooms.hear_each_other(core, other)


def test_processes_hear_through_pubsub(start, redis):
    env = {"LAYER": "channels_redis.pubsub.RedisPubSubChannelLayer", "REDIS_URL": redis.url}
    assert rooms.hear_each_other(start(**env), start(**env))


def test_memory_ends_at_process(start, server):
    assert not rooms.hear_each_other(server, start())


def test_core_tells_what_it_drops(core):
    assert len(rooms.delivered(core, 150)) < 110
    told = r"1 of 1 channels over capacity in group room\.burst"
    assert wait_until(lambda: re.search(told, core.log.text()))


def test_bad_key_hits_another_room(core, redis):
    async def publish():
        layer = RedisChannelLayer(hosts=[redis.url])
        await layer.group_send("room.lobby", {"type": "room.said", "text": {1: "one"}})
        await layers.close(layer)

    with rooms.enter(core, "cellar") as below, rooms.enter(core, "lobby") as above:
        asyncio.run(publish())
        assert below.receive().code == 1011
        above.send_text("hello")
        assert rooms.hears_next(above) == "hello"


def test_echo_needs_redis_too(start):
    layer = "channels_redis.core.RedisChannelLayer"
    server = start(LAYER=layer, REDIS_URL="unix:///nowhere/redis.sock")
    with wire.connect(server.address, "/ws/echo/") as client:
        assert client.receive().code == 1011
    assert wait_until(lambda: "ConnectionError" in (server.log.last_error() or ""))


def test_without_layer_rooms_fail(start):
    server = start(LAYER="")
    assert (knock(server, "/ws/room/a/"), knock(server, "/ws/echo/")) == (500, 101)
    assert wait_until(lambda: "'NoneType' object has no" in (server.log.last_error() or ""))


def test_unknown_type_ends_all(server):
    with entering(server, "hall", "credulous", "room") as crowd:
        crowd[0].send_json({"type": "room.siad"})
        assert [client.receive().code for client in crowd] == [1011, 1011]
    assert wait_until(lambda: "No handler for message type" in (server.log.last_error() or ""))
    assert len(groups(server)["room.hall"]) == 2


def test_client_empties_group(server):
    with entering(server, "stage", "credulous", "room") as crowd:
        crowd[0].send_json({"type": "disconnect"})
        assert wait_until(lambda: "room.stage" not in groups(server))


def test_receive_calls_itself(server):
    with rooms.enter(server, "mill", "circular") as client:
        client.send_text("hello")
        heard = wire.Http(server.address)
        assert wait_until(lambda: heard.get("/heard/").json()["times"] > 100)


def test_unawaited_add_is_silent(server):
    before = server.log.total
    with rooms.enter(server, "porch", "unawaited") as silent, rooms.enter(server, "porch") as other:
        silent.send_text("hello")
        assert rooms.hears_next(other) == "hello"
        silent.ping()
        assert silent.receive(control=True).kind == "pong"
    assert wait_until(lambda: "group_add' was never awaited" in server.log.text(before))


def test_lecture_stops_in_scope(server):
    assert knock(server, "/ws/lecture/lobby/") == 500
    assert wait_until(lambda: "KeyError: 'url_router'" in (server.log.last_error() or ""))
