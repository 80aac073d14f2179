"""Rooms that several processes share: over the channel layer alone, and over more than that."""

import asyncio
import contextlib
import os

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from redis.exceptions import ConnectionError as NoRedis

from scale import store


def group_of(scope: dict) -> str:
    """Return the group of the room in a connection's path."""
    return "room." + scope["url_route"]["kwargs"]["room"]


class Room(AsyncWebsocketConsumer):
    """Publishes each text in its room, and passes on what is published there."""

    async def connect(self):
        self.group = group_of(self.scope)
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data=None, bytes_data=None):
        await self.channel_layer.group_send(self.group, {"type": "room.said", "text": text_data})

    async def room_said(self, event):
        await self.send(event["text"])


class Steady(Room):
    """The same with a memory: what is said is stored, and the layer only hints that it is."""

    async def connect(self):
        self.seen = await store.last(group_of(self.scope))  # before it can speak: nothing is missed
        await super().connect()
        self.turn = asyncio.Lock()  # a hint and a heartbeat must not read at the same time
        self.beat = asyncio.create_task(self.keep_up())

    async def disconnect(self, code):
        self.beat.cancel()
        await super().disconnect(code)

    async def receive(self, text_data=None, bytes_data=None):
        await store.add(self.group, text_data)
        with contextlib.suppress(NoRedis):
            await self.channel_layer.group_send(self.group, {"type": "room.said"})

    async def room_said(self, event):
        async with self.turn:
            for number, text in await store.after(self.group, self.seen):
                await self.send(text)
                self.seen = number

    async def keep_up(self):
        """At each heartbeat: be in the group, and read what no hint has told of."""
        while True:
            await asyncio.sleep(settings.HEARTBEAT)
            with contextlib.suppress(NoRedis):
                await self.channel_layer.group_add(self.group, self.channel_name)
            await self.room_said({})


class Where(AsyncWebsocketConsumer):
    """Tells which process its connection is in, and then repeats what it hears."""

    async def connect(self):
        await self.accept()
        await self.send(str(os.getpid()))

    async def receive(self, text_data=None, bytes_data=None):
        await self.send(text_data, bytes_data)
