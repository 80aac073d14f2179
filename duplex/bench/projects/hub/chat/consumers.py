"""The consumer of the same chat with a hub: it speaks to the layer, and the hub listens for it."""

import json

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer

from chat.hub import Hub, Room
from chat.member import Frame, Member, text_frame


async def read(room: Room, event: dict) -> list[Frame]:
    """Encode what was said, once for everybody here."""
    return [text_frame(json.dumps({"message": event["message"]}))]


hub = Hub(read)


class ChatConsumer(AsyncWebsocketConsumer):
    """One connection, which hears its room through the hub."""

    channel_layer_alias = None  # it has no channel of its own: the room's hub listens for all

    async def connect(self):
        """Enter the room, and accept."""
        self.group = f"chat_{self.scope['url_route']['kwargs']['room']}"
        self.member = Member(self.scope["server.send"])
        await hub.enter(self.group, self.member)
        await self.accept()

    async def disconnect(self, code):
        """Leave the room."""
        await hub.leave(self.group, self.member)
        await self.member.stop()

    async def receive(self, text_data=None, bytes_data=None):
        """Send what the client says to the group."""
        event = {"type": "chat.message", "message": json.loads(text_data)["message"]}
        await get_channel_layer().group_send(self.group, event)
