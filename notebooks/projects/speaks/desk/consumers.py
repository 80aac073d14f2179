"""Two consumers that tell what they know about their connection."""

import json

from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer


def told(value: object) -> object:
    """Return a value of the scope as JSON can say it."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, dict):
        return {str(key): told(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [told(one) for one in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


class ScopeConsumer(AsyncWebsocketConsumer):
    """Sends what its scope holds."""

    async def connect(self):
        await self.accept()
        await self.send(json.dumps(told(self.scope)))


class WhoConsumer(AsyncWebsocketConsumer):
    """Tells, whenever it is asked, who is connected, and the colour in the session."""

    async def connect(self):
        await self.accept()

    async def receive(self, text_data=None, bytes_data=None):
        user = self.scope["user"]
        colour = await sync_to_async(self.scope["session"].get)("colour")
        await self.send(json.dumps({"user": user.username or "nobody", "colour": colour}))
