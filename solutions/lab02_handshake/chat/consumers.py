"""The consumers: each connection has one of its own, from the handshake to the close."""

from channels.generic.websocket import AsyncWebsocketConsumer


class EchoConsumer(AsyncWebsocketConsumer):
    """Greets, then sends back whatever comes, in the kind in which it came."""

    # task 2.4: write `connect`: accept the connection, then send the text `Connected!`
    # stub:
    async def connect(self):
        await self.accept()
        await self.send(text_data="Connected!")

    # end 2.4

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None):
        """Answer one message: one of the arguments holds it, and the other is None."""
        # task 2.5: send a text back as it came, as text; an empty text is a text, too
        # stub: if text_data is not None:
        # stub:     await self.send(text_data="task 2.5 is not done yet")
        if text_data is not None:
            await self.send(text_data=text_data)
        # end 2.5
        # task 2.6: send bytes back as they came, as bytes; they need not be UTF-8
        # stub: if bytes_data is not None:
        # stub:     await self.send(text_data="task 2.6 is not done yet")
        if bytes_data is not None:
            await self.send(bytes_data=bytes_data)
        # end 2.6


class NoSuchPath(AsyncWebsocketConsumer):
    """Refuses the handshake: the client gets HTTP 403, and the log stays quiet."""

    # task 2.3: write `connect`: close the connection instead of accepting it
    # stub:
    async def connect(self):
        await self.close()

    # end 2.3
