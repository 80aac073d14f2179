import asyncio

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer


class QueuedEcho(AsyncConsumer):
    async def websocket_connect(self, event):
        if self.scope["path_remaining"]:
            await self.send({"type": "websocket.close", "code": 4404})
            return
        self.outbox = asyncio.Queue()
        await self.send({"type": "websocket.accept"})
        self.outbox.put_nowait({"text": "Connected!"})
        self.writer = asyncio.create_task(self.write())

    async def write(self):
        while True:
            await self.send({"type": "websocket.send", **await self.outbox.get()})

    async def websocket_receive(self, event):
        self.outbox.put_nowait({"text": event.get("text"), "bytes": event.get("bytes")})

    async def websocket_disconnect(self, event):
        if hasattr(self, "writer"):
            self.writer.cancel()
        raise StopConsumer
