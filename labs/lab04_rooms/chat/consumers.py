"""The consumers: each connection has one of its own, from the handshake to the close."""

import json

from channels.generic.websocket import AsyncWebsocketConsumer

from chat import rooms
from chat.inputs import BadFrame, read_frame


class ChatConsumer(AsyncWebsocketConsumer):
    """One client in one room; it knows the room's group, and none of the others in it."""

    inside = False  # whether the client hears what is said in its room

    async def connect(self):
        """Find out the room, accept the client, and let it in."""
        # TODO task 4.1: take the room from the route (`self.scope["url_route"]["kwargs"]`), and close,
        #   instead of accepting, when its name is longer than rooms.LONGEST
        self.room = self.scope["path"].replace("/", ".")
        self.group = rooms.group_of(self.room)
        await self.accept()
        await self.join()

    async def disconnect(self, code):
        """Take a client that has gone out of its group."""
        # TODO task 4.4: nothing but you takes it out, so do it here, too (if it is inside)
        pass

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None):
        """Do what a frame asks for; what is wrong with it, only its sender is told."""
        # TODO task 4.5: read the frame with `read_frame`, which raises BadFrame for all that you do not
        #   want; then answer with {"type": "error", "error": …}, and do no more
        frame = json.loads(text_data)
        if frame["type"] == "message":
            await self.say(frame)
        elif frame["type"] == "join":
            await self.join()
        else:
            await self.leave()

    async def join(self):
        """Let the client hear what is said in its room."""
        # TODO task 4.3: subscribe: add this consumer's channel, `self.channel_name`, to the group
        pass
        self.inside = True
        await self.answer({"type": "welcome", "room": self.room})

    async def leave(self):
        """Let the client hear no more, while it stays connected."""
        # TODO task 4.4: take the channel out of the group, remember it in self.inside, answer `left`
        await self.answer({"type": "error", "error": "task 4.4 is not done yet"})

    async def say(self, frame: dict):
        """Publish a message in the room."""
        if not self.inside:
            await self.answer({"type": "error", "error": "You are not in the room; join it first."})
            return
        message = {"author": frame["author"], "text": frame["text"]}
        # TODO task 4.3: publish: send an event to the group, with the type "chat.message"; as it stands,
        #   only the sender hears it
        await self.answer({"type": "message", "room": self.room} | message)

    # TODO task 4.3: write `chat_message(self, event)`, which is called in each member for an event of
    #   the type "chat.message", and answers its client with the message and the room

    async def answer(self, data: dict):
        """Send an object to this client, as JSON."""
        await self.send(text_data=json.dumps(data))


class NoSuchPath(AsyncWebsocketConsumer):
    """Refuses the handshake: the client gets HTTP 403, and the log stays quiet."""

    async def connect(self):
        await self.close()
