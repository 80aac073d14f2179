"""What notebook 08 imports: channel layers in the kernel and in served rooms, and a Redis."""

import re
from asyncio import gather

from channels.exceptions import ChannelFull
from channels.layers import InMemoryChannelLayer
from channels_redis.core import RedisChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer
from IPython import get_ipython

from duplex import server as servers
from duplex import wire
from duplex.deadline import wait_until
from duplex.figures import layers as figures
from duplex.measure.layers import (
    LAYERS,
    close,
    contract,
    cost,
    drain,
    losses,
    makers,
    member,
    paced,
    rows,
)
from duplex.measure.rooms import delivered, enter, fan_out, hear_each_other, hears_next, membership
from duplex.measure.routing import knock
from duplex.notebook.cells import skip_without_redis
from duplex.notebook.check import check
from duplex.notebook.show import NOTEBOOKS, draw, quiz, show, table
from duplex.nursery import Nursery
from duplex.redis import Redis

__all__ = [
    "check", "LAYERS", "ChannelFull", "InMemoryChannelLayer", "Redis", "RedisChannelLayer",
    "RedisPubSubChannelLayer", "close", "contract", "cost", "delivered", "drain",
    "draw", "enter", "fan_out", "figures", "gather", "hear_each_other", "hears_next",
    "knock", "losses", "makers", "member", "membership", "paced", "quiz", "re",
    "rows", "serve", "serve_two", "show", "table", "wait_until", "wire",
]  # fmt: skip

_kept = {}  # what must live as long as the kernel


def serve(project: str, **env: str) -> servers.Server:
    """Serve a project of the notebooks under Daphne, until the kernel ends."""
    if servers.CAN_FORK and "nursery" not in _kept:
        _kept["nursery"] = Nursery()
    return servers.serve(NOTEBOOKS / project, "daphne", nursery=_kept.get("nursery"), env=env)


def serve_two(project: str, layer: str, redis: Redis) -> tuple[servers.Server, servers.Server]:
    """Serve a project twice, in two processes, with a layer out of LAYERS."""
    kind = LAYERS[layer]
    env = {"LAYER": f"{kind.__module__}.{kind.__qualname__}"}
    if kind is not InMemoryChannelLayer:
        env["REDIS_URL"] = redis.url
    return serve(project, **env), serve(project, **env)


if get_ipython() is not None:
    skip_without_redis(get_ipython())
