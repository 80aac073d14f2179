"""The usual consumer: a group for each room, and a handler for each member and message."""

import json

from channels.generic.websocket import AsyncWebsocketConsumer


class ChatConsumer(AsyncWebsocketConsumer):
    """One connection; the channel layer brings it each message that is said in its room."""

    async def connect(self):
        """Join the room's group, and accept."""
        self.group = f"chat_{self.scope['url_route']['kwargs']['room']}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        """Leave the group."""
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data=None, bytes_data=None):
        """Send what the client says to the group."""
        event = {"type": "chat.message", "message": json.loads(text_data)["message"]}
        await self.channel_layer.group_send(self.group, event)

    async def chat_message(self, event):
        """Send what was said to this client."""
        await self.send(text_data=json.dumps({"message": event["message"]}))
