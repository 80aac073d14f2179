"""Three small consumers: one repeats, one counts, one hangs up."""

from channels.generic.websocket import AsyncWebsocketConsumer


class EchoConsumer(AsyncWebsocketConsumer):
    """Greets, then sends back whatever comes."""

    async def connect(self):
        await self.accept()
        await self.send("Connected!")

    async def receive(self, text_data=None, bytes_data=None):
        await self.send(text_data, bytes_data)

    async def disconnect(self, code):
        print(f"the echo ended with code {code}", flush=True)


class LengthConsumer(AsyncWebsocketConsumer):
    """Answers text with its number of characters, and bytes with their number as four bytes."""

    async def connect(self):
        await self.accept()

    async def receive(self, text_data=None, bytes_data=None):
        if text_data is not None:
            await self.send(text_data=f"{len(text_data)} characters")
        else:
            await self.send(bytes_data=len(bytes_data).to_bytes(4, "big"))


class GoodbyeConsumer(AsyncWebsocketConsumer):
    """Hangs up with the close code that the client names."""

    async def receive(self, text_data=None, bytes_data=None):
        await self.close(code=int(text_data))
