"""Six small consumers for a page to try: each shows one thing that can happen to it."""

import asyncio
import json
import time
from pathlib import Path

from channels.generic.websocket import AsyncWebsocketConsumer

PICTURE = Path(__file__).with_name("picture.png").read_bytes()


class EchoConsumer(AsyncWebsocketConsumer):
    """Greets, then sends back whatever comes, of the kind that came."""

    async def connect(self):
        await self.accept()
        await self.send("Connected!")
        print("connected:", self.scope["path"], flush=True)

    async def receive(self, text_data=None, bytes_data=None):
        await self.send(text_data, bytes_data)


class TicksConsumer(AsyncWebsocketConsumer):
    """Sends a tick after each pause of a JSON list (milliseconds), with the moment it was sent."""

    async def receive(self, text_data=None, bytes_data=None):
        for number, pause in enumerate(json.loads(text_data), 1):
            await asyncio.sleep(pause / 1000)
            await self.send(json.dumps({"tick": number, "sent": time.time() * 1000}))


class PictureConsumer(AsyncWebsocketConsumer):
    """Sends a picture: the bytes of a PNG file, in one binary message."""

    async def connect(self):
        await self.accept()
        await self.send(bytes_data=PICTURE)


class SinkConsumer(AsyncWebsocketConsumer):
    """Swallows bytes; when text comes, says how many messages and bytes it has had."""

    messages = bytes = 0

    async def receive(self, text_data=None, bytes_data=None):
        if bytes_data is None:
            await self.send(json.dumps({"messages": self.messages, "bytes": self.bytes}))
        else:
            self.messages += 1
            self.bytes += len(bytes_data)


class RefuseConsumer(AsyncWebsocketConsumer):
    """Says no before the connection is open: the client gets an HTTP 403."""

    async def connect(self):
        await self.close()


class CloseConsumer(AsyncWebsocketConsumer):
    """Closes with the code and the reason that the client names, such as `4001 go away`."""

    async def receive(self, text_data=None, bytes_data=None):
        code, _, reason = text_data.partition(" ")
        await self.close(int(code), reason or None)
