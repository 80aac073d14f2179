"""Three channel layers against one contract, on a real Redis; and what the pictures show of it."""

import asyncio

import matplotlib as mpl
import pytest

mpl.use("agg")
from duplex.figures import layers as figures  # noqa: E402
from duplex.measure import layers  # noqa: E402
from duplex.redis import Redis, find_redis  # noqa: E402

pytestmark = pytest.mark.skipif(find_redis() is None, reason="no redis-server on this computer")


@pytest.fixture(scope="module")
def redis():
    with Redis() as redis:
        yield redis


@pytest.fixture(scope="module")
def answers(redis):
    return asyncio.run(layers.contract(redis.url))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("order, from one sender", ["kept", "kept", "kept"]),
        ("150 published at once, arrive", ["100", "100", "150"]),
        ("`send` 150 to one channel", ["ChannelFull after 100"] * 2 + ["takes all 150"]),
        ("a datetime arrives as", ["datetime", *["TypeError in the sender"] * 2]),
        ("a tuple arrives as", ["tuple", "list", "list"]),
        ("a dict whose key is a number", ["dict", *["ValueError in the receiver"] * 2]),
        ("a message older than `expiry`", ["gone", "gone", "still there"]),
        ("its member, in the group", ["put out", "stays", "stays"]),
        ("a member older than `group_expiry`", ["put out", "put out", "stays"]),
        ("a group called `caffè`", ["TypeError", "TypeError", "works"]),
        ("longest name of a group", ["99", "99", "1,000 and more"]),
    ],
)
def test_layers_answer(answers, asked, told):
    assert [answers[layer][asked] for layer in layers.LAYERS] == told


def test_every_question_is_a_row(answers):
    rows = layers.rows(answers)
    assert [row["asked"] for row in rows] == list(layers.QUESTIONS)
    assert rows[0] == {"asked": "order, from one sender"} | dict.fromkeys(layers.LAYERS, "kept")


def test_keeping_up_loses_nothing(redis):
    async def all_of_them():
        return await asyncio.gather(
            *(layers.paced(make, 20) for make in layers.makers(redis.url).values())
        )

    assert asyncio.run(all_of_them()) == [20, 20, 20]


def test_bursts_lose_their_rest(redis):
    lost = asyncio.run(layers.losses(redis.url, [10, 125]))
    assert lost["in memory"] == lost["Redis core"] == [0, pytest.approx(0.2)]
    assert lost["Redis pub/sub"] == [0, 0]
    axes = figures.losses([10, 125], lost, 100).axes[0]
    assert list(axes.lines[1].get_ydata()) == [0, pytest.approx(20)]
    mpl.pyplot.close("all")


def test_socket_costs_more_than_memory(redis):
    made = layers.makers(redis.url)
    costs = [asyncio.run(layers.cost(made[name], 3, 5)) for name in ("in memory", "Redis core")]
    assert 0 < costs[0] < costs[1]


def test_nothing_stays_in_redis(redis):
    with redis.client() as inside:
        inside.flushall()
        asyncio.run(layers.burst(layers.makers(redis.url)["Redis core"], 3))
        assert inside.keys("*:group:*") == []
        assert len(inside.client_list()) == 1  # the one that asks


def test_arrivals_name_losses():
    axes = figures.arrived({"in memory": 101, "Redis pub/sub": 150}, 150).axes[0]
    assert [text.get_text() for text in axes.texts] == ["101, 49 lost", "150"]
    mpl.pyplot.close("all")
