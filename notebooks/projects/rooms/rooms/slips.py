"""The same rooms, each with one mistake in it."""

import json

from channels.generic.websocket import AsyncWebsocketConsumer

from rooms.consumers import RoomConsumer


class Unawaited(RoomConsumer):
    """Forgets to wait for `group_add`."""

    async def connect(self):
        self.group = "room." + self.scope["url_route"]["kwargs"]["room"]
        self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()


class Forgetful(RoomConsumer):
    """Never takes its channel out of the group."""

    async def disconnect(self, code):
        print("a client has gone", flush=True)


class Credulous(RoomConsumer):
    """Publishes what its client sends, as it came."""

    async def receive(self, text_data=None, bytes_data=None):
        await self.channel_layer.group_send(self.group, json.loads(text_data))


class Circular(RoomConsumer):
    """Publishes events of the type `receive`, which is the name of the method that publishes."""

    times = 0  # how often all of them have been called

    async def receive(self, text_data=None, bytes_data=None):
        Circular.times += 1
        await self.channel_layer.group_send(self.group, {"type": "receive"})


class FromTheLecture(AsyncWebsocketConsumer):
    """The lecture's consumer; only the name of the class that it inherits from is mended."""

    async def connect(self):
        gname = self.scope["url_router"]["kwargs"]["group"]
        self.channel_layer.group_add(gname, self.channel_name)
        await self.accept()

    async def disconnect(self):
        self.channe_layer.group_discard(gname, self.channel_name)  # noqa: F821

    async def receive(self):
        event = {"type": "chatroom_message", "msg": message}  # noqa: F821
        self.channel_layer.group_send(gname, event)  # noqa: F821
