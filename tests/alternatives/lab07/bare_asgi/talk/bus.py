import asyncio
import collections
import contextlib

from django.conf import settings
from redis.asyncio import Redis
from redis.exceptions import RedisError

AWAY = RedisError, OSError, TimeoutError
rooms = collections.defaultdict(set)
redis = Redis.from_url(settings.REDIS, decode_responses=True) if settings.REDIS else None
ready, listening = asyncio.Event(), set()


async def begin():
    if redis and not listening:
        listening.add(asyncio.create_task(listen()))
    if redis:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ready.wait(), 2)


async def listen():
    while True:
        try:
            async with redis.pubsub() as subscription:
                await subscription.psubscribe("bell *")
                async for event in subscription.listen():
                    ready.set()
                    ring_here(event["channel"].removeprefix("bell "))
        except AWAY:
            ready.clear()
            await asyncio.sleep(0.2)


def ring_here(room):
    for tab in rooms.get(room, ()):
        tab.bell.set()


async def ring(room):
    if not redis:
        return ring_here(room)
    for _ in range(2):  # the first may find a connection that is no more
        with contextlib.suppress(*AWAY):
            return await asyncio.wait_for(redis.publish(f"bell {room}", ""), 2)
    ring_here(room)


async def stay(room, name, tab):
    if redis:
        with contextlib.suppress(*AWAY):
            lasts = round(3000 * settings.HEARTBEAT)
            await asyncio.wait_for(redis.set(f"here {room}\n{name}\n{tab}", "", px=lasts), 2)


async def go(room, name, tab):
    if redis:
        with contextlib.suppress(*AWAY):
            await asyncio.wait_for(redis.delete(f"here {room}\n{name}\n{tab}"), 2)


async def people(room, otherwise):
    if not redis:
        return sorted({tab.name for tab in rooms.get(room, ())})
    try:
        async with asyncio.timeout(2):
            keys = [key async for key in redis.scan_iter(match="here *", count=1000)]
    except AWAY:
        return otherwise
    lines = [key.removeprefix("here ").split("\n") for key in keys]
    return sorted({name for where, name, _ in lines if where == room})
