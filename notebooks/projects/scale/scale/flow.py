"""Two ways to send much: as fast as it goes, and no further ahead than the reader wants."""

import asyncio
import json

from channels.generic.websocket import AsyncWebsocketConsumer

BLOCK = "x" * 16_000  # one message
WINDOW = 20  # messages that may be on their way
LARGEST = 16 * 1024  # bytes of a message


class Flood(AsyncWebsocketConsumer):
    """Sends as many messages as its client asks for, and then tells how many it has sent."""

    sent = 0

    async def receive(self, text_data=None, bytes_data=None):
        for _ in range(int(text_data)):
            await self.send(BLOCK)
            Flood.sent += 1
            await asyncio.sleep(0)  # others may have their turn


class Credit(AsyncWebsocketConsumer):
    """Sends as many, but never more than WINDOW beyond what the client has told it has seen."""

    asked = sent = seen = 0

    async def receive(self, text_data=None, bytes_data=None):
        frame = json.loads(text_data)
        self.asked += frame.get("want", 0)
        self.seen = min(self.sent, max(self.seen, frame.get("seen", 0)))
        while self.sent < min(self.asked, self.seen + WINDOW):
            self.sent += 1
            await self.send(BLOCK)
        if "tell" in frame:
            await self.send(json.dumps({"asked": self.asked, "sent": self.sent}))


class Small(AsyncWebsocketConsumer):
    """Repeats what it hears; what is too large it answers with the close code in its path."""

    async def connect(self):
        await self.accept()
        await self.send("say something short")

    async def receive(self, text_data=None, bytes_data=None):
        data = bytes_data or (text_data or "").encode()
        if len(data) > LARGEST:
            await self.close(self.scope["url_route"]["kwargs"]["code"])
            return
        await self.send(text_data, bytes_data)
