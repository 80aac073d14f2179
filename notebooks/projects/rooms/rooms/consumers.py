"""Rooms: who is in one hears what is said there."""

from channels.generic.websocket import AsyncWebsocketConsumer


class RoomConsumer(AsyncWebsocketConsumer):
    """Publishes each text in its room, and passes on what is published there."""

    async def connect(self):
        self.group = "room." + self.scope["url_route"]["kwargs"]["room"]
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard(self.group, self.channel_name)
        print("a client has gone", flush=True)

    async def receive(self, text_data=None, bytes_data=None):
        await self.channel_layer.group_send(self.group, {"type": "room.said", "text": text_data})

    async def room_said(self, event):
        await self.send(event["text"])


class BurstConsumer(RoomConsumer):
    """Publishes as many numbers as its client asks for, in one go; a word, once."""

    async def receive(self, text_data=None, bytes_data=None):
        numbers = range(int(text_data)) if text_data.isdecimal() else [text_data]
        for one in numbers:
            event = {"type": "room.said", "text": str(one)}
            await self.channel_layer.group_send(self.group, event)


class EchoConsumer(AsyncWebsocketConsumer):
    """Sends back whatever comes; it has no use for a channel layer."""

    async def receive(self, text_data=None, bytes_data=None):
        await self.send(text_data, bytes_data)
