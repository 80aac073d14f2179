"""One contract, asked of each channel layer: what it keeps, what it drops, and when."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from uuid import uuid4

from channels.exceptions import ChannelFull
from channels.layers import InMemoryChannelLayer
from channels_redis.core import RedisChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer

from duplex.deadline import scaled

LAYERS = {
    "in memory": InMemoryChannelLayer,
    "Redis core": RedisChannelLayer,
    "Redis pub/sub": RedisPubSubChannelLayer,
}
GROUP, END = "lobby", {"type": "end"}
MANY = 150  # messages, more than the usual capacity
EXPIRY = 1  # seconds, the shortest that all layers can do
GONE = 2.2  # seconds after which it is over: Redis and the layers count whole seconds

Layer = InMemoryChannelLayer | RedisChannelLayer | RedisPubSubChannelLayer
Maker = Callable[..., Layer]


def makers(url: str) -> dict[str, Maker]:
    """Return what makes each of the three layers, those of Redis on the server at `url`."""
    return {
        name: kind if kind is InMemoryChannelLayer else partial(_on_redis, kind, url)
        for name, kind in LAYERS.items()
    }


def _on_redis(kind: type, url: str, **options) -> Layer:
    """Make a layer that shares the Redis, and nothing in it, with other layers."""
    return kind(hosts=[url], prefix=uuid4().hex, **options)


async def close(layer: Layer) -> None:
    """Close the layer's connections to Redis, if it has some."""
    if isinstance(layer, RedisChannelLayer):
        await layer.close_pools()
    elif isinstance(layer, RedisPubSubChannelLayer):
        await layer.flush()


@asynccontextmanager
async def member(make: Maker, **options):
    """Give a new layer of its own, and a channel of it that is the only member of the group."""
    layer = make(**options)
    try:
        channel = await layer.new_channel()
        await layer.group_add(GROUP, channel)
        yield layer, channel
        await layer.group_discard(GROUP, channel)
    finally:
        await close(layer)


async def drain(layer: Layer, channel: str) -> list[dict]:
    """Receive all that waits in a channel, up to a mark that is sent behind it."""
    found = []
    try:
        await layer.send(channel, END)
    except ChannelFull:
        found.append(await receive(layer, channel))
        await layer.send(channel, END)
    while (message := await receive(layer, channel)) != END:
        found.append(message)
    return found


async def receive(layer: Layer, channel: str) -> dict:
    """Receive the next message, or fail after a while."""
    return await asyncio.wait_for(layer.receive(channel), scaled(10))


async def publish(layer: Layer, count: int) -> None:
    """Publish numbered messages, each when the one before is on its way."""
    for number in range(count):
        await layer.group_send(GROUP, {"type": "number", "number": number})


async def burst(make: Maker, count: int) -> int:
    """Publish to a member that does not read meanwhile; return how many messages reached it."""
    async with member(make) as (layer, channel):
        await publish(layer, count)
        return len(await drain(layer, channel))


async def paced(make: Maker, count: int) -> int:
    """Publish to a member that reads each message before the next; return how many came."""
    async with member(make) as (layer, channel):
        came = 0
        for _ in range(count):
            await publish(layer, 1)
            came += await receive(layer, channel) == {"type": "number", "number": 0}
        return came


async def cost(make: Maker, rounds: int = 5, count: int = 20) -> float:
    """Return the seconds that one `group_send` takes, in the quickest of some rounds."""
    seconds = []
    async with member(make) as (layer, channel):
        for _ in range(rounds):
            start = time.perf_counter()
            await publish(layer, count)
            seconds.append((time.perf_counter() - start) / count)
            await drain(layer, channel)
    return min(seconds)


async def sends_at_once(make: Maker) -> str:
    """Send to one channel that nobody reads, directly: `send`, and not `group_send`."""
    async with member(make) as (layer, channel):
        for number in range(MANY):
            try:
                await layer.send(channel, {"type": "number"})
            except ChannelFull:
                return f"ChannelFull after {number}"
        return f"takes all {MANY}"


async def order_is_kept(make: Maker) -> str:
    """Publish 90 messages, one after the other, and look at their order."""
    async with member(make) as (layer, channel):
        await publish(layer, 90)
        numbers = [message["number"] for message in await drain(layer, channel)]
    return "kept" if numbers == list(range(90)) else "lost"


async def arrives_as(value: object, make: Maker) -> str:
    """Publish a value, and tell what arrives: its type, or the exception and where it came."""
    async with member(make) as (layer, channel):
        try:
            await layer.group_send(GROUP, {"type": "value", "value": value})
        except Exception as error:
            return f"{type(error).__name__} in the sender"
        try:
            return type((await receive(layer, channel))["value"]).__name__
        except ValueError as error:
            return f"{type(error).__name__} in the receiver"


async def old_message(make: Maker) -> str:
    """Publish, wait until the message is older than `expiry`, and only then receive."""
    async with member(make, expiry=EXPIRY) as (layer, channel):
        await publish(layer, 1)
        await asyncio.sleep(GONE)
        return "still there" if await drain(layer, channel) else "gone"


async def slow_member(make: Maker) -> str:
    """Let a message of a member expire; is the member still in its group?"""
    async with member(make, expiry=EXPIRY) as (layer, channel):
        await publish(layer, 1)
        await asyncio.sleep(GONE)
        await drain(layer, channel)
        await publish(layer, 1)
        return "stays" if await drain(layer, channel) else "put out"


async def old_member(make: Maker) -> str:
    """Publish when a member, alive and reading, has been in its group longer than group_expiry."""
    async with member(make, group_expiry=EXPIRY) as (layer, channel):
        await asyncio.sleep(GONE)
        await publish(layer, 1)
        return "stays" if await drain(layer, channel) else "put out"


async def takes_name(make: Maker, name: str) -> bool:
    """Tell whether a group may have this name."""
    async with member(make) as (layer, channel):
        try:
            await layer.group_add(name, channel)
            await layer.group_discard(name, channel)
        except TypeError:
            return False
        return True


async def accented_name(make: Maker) -> str:
    """Call a group caffè."""
    return "works" if await takes_name(make, "caffè") else "TypeError"


async def longest_name(make: Maker) -> str:
    """Call groups by longer and longer names."""
    lengths = [length for length in (99, 100, 1000) if await takes_name(make, "x" * length)]
    return str(max(lengths)) if max(lengths) < 1000 else "1,000 and more"


async def burst_arrives(make: Maker) -> str:
    """Publish many messages before the member reads, and count what reaches it."""
    return str(await burst(make, MANY))


QUESTIONS: dict[str, Callable[[Maker], Awaitable[str]]] = {
    "order, from one sender": order_is_kept,
    f"{MANY} published at once, arrive": burst_arrives,
    f"`send` {MANY} to one channel": sends_at_once,
    "a datetime arrives as": partial(arrives_as, datetime(2026, 1, 1)),
    "a tuple arrives as": partial(arrives_as, (1, 2)),
    "a dict whose key is a number": partial(arrives_as, {1: "one"}),
    "a message older than `expiry`": old_message,
    "its member, in the group": slow_member,
    "a member older than `group_expiry`": old_member,
    "a group called `caffè`": accented_name,
    "longest name of a group": longest_name,
}


async def ask(make: Maker) -> dict[str, str]:
    """Ask one layer every question, all at the same time, each with a layer of its own."""
    answers = await asyncio.gather(*(question(make) for question in QUESTIONS.values()))
    return dict(zip(QUESTIONS, answers, strict=True))


async def contract(url: str) -> dict[str, dict[str, str]]:
    """Ask all three layers, at the same time: {layer: {question: answer}}."""
    made = makers(url)
    return dict(zip(made, await asyncio.gather(*map(ask, made.values())), strict=True))


def rows(answers: dict[str, dict[str, str]]) -> list[dict[str, str]]:
    """Turn the layers' answers into the rows of a table, one a question."""
    questions = next(iter(answers.values()))
    return [
        {"asked": question} | {layer: answers[layer][question] for layer in answers}
        for question in questions
    ]


async def losses(url: str, sizes: list[int]) -> dict[str, list[float]]:
    """Publish in bursts of each size, and return what share each layer dropped (0 to 1)."""
    return {
        name: [1 - await burst(make, size) / size for size in sizes]
        for name, make in makers(url).items()
    }
