"""Who is here, written down in Redis where all processes see it: for ever, or for a while."""

import asyncio
import time

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from redis import asyncio as redis

PATIENCE = 3 * settings.HEARTBEAT  # after so long without a heartbeat, somebody is not here


class ForEver:
    """A set: who comes is added, who goes is taken out."""

    def __init__(self, client):
        self.client = client

    async def note(self, who: str):
        await self.client.sadd("here:set", who)

    async def forget(self, who: str):
        await self.client.srem("here:set", who)

    async def people(self) -> list[str]:
        return sorted(await self.client.smembers("here:set"))


class ForAWhile:
    """A sorted set: beside each name stands when it was last noted."""

    def __init__(self, client):
        self.client = client

    async def note(self, who: str):
        await self.client.zadd("here:times", {who: time.time()})

    async def forget(self, who: str):
        await self.client.zrem("here:times", who)

    async def people(self) -> list[str]:
        recent = time.time() - PATIENCE
        await self.client.zremrangebyscore("here:times", 0, recent)
        return sorted(await self.client.zrange("here:times", 0, -1))


BOOKS = {"set": ForEver, "times": ForAWhile}


class Here(AsyncWebsocketConsumer):
    """Notes a person again at each heartbeat, and sends the list when it is another one."""

    async def connect(self):
        words = self.scope["url_route"]["kwargs"]
        self.who = words["who"]
        self.client = redis.from_url(settings.REDIS[0], decode_responses=True)
        self.book = BOOKS[words["book"]](self.client)
        await self.accept()
        self.turn = asyncio.Lock()  # whoever has gone must not be noted once more
        self.beat = asyncio.create_task(self.keep_up())

    async def keep_up(self):
        """At each heartbeat: say that this one is here, and look who else is."""
        told = None
        while True:
            async with self.turn:
                await self.book.note(self.who)
                people = await self.book.people()
            if people != told:
                await self.send(" ".join(people))
                told = people
            await asyncio.sleep(settings.HEARTBEAT)

    async def disconnect(self, code):
        async with self.turn:
            self.beat.cancel()
            await self.book.forget(self.who)
        await self.client.aclose()
