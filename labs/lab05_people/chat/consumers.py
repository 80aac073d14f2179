"""The consumers: each connection has one of its own, from the handshake to the close."""

import json

from channels.generic.websocket import AsyncWebsocketConsumer

from chat import people, presence, rooms
from chat.inputs import BadFrame, read_frame

NOT_LOGGED_IN, NOT_INVITED = 4401, 4403  # close codes; 4000 to 4999 are an application's own


class ChatConsumer(AsyncWebsocketConsumer):
    """One person's tab in one room; it knows the room's group, and none of the others in it."""

    group = None  # the room's; None as long as the client has not been let in
    inside = False  # whether the client hears what is said in its room

    async def __call__(self, scope, receive, send):
        """Serve a connection; however it ends, by a close, a loss or an error, this one notices."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            # TODO task 5.4: who has gone is not here any more; `go` takes the client out of its
            #   group, and out of the people who are here
            if self.inside:
                await self.channel_layer.group_discard(self.group, self.channel_name)

    async def connect(self):
        """Find out the room and the person, and let in who may be here."""
        self.room = self.scope["url_route"]["kwargs"]["room"]
        if len(self.room) > rooms.LONGEST:
            await self.close()
            return
        # TODO task 5.1: accept; then close with NOT_LOGGED_IN unless the user in the scope is
        #   authenticated; its name is `get_username()`; as it stands, a cookie is believed that
        #   anybody can write
        await self.accept()
        self.name = self.scope["cookies"].get("name", "somebody")
        # TODO task 5.6: close with NOT_INVITED, unless the room admits this person
        self.group = rooms.group_of(self.room)
        await self.join()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None):
        """Do what a frame asks for; what is wrong with it, only its sender is told."""
        if self.group is None:
            return  # it was refused, and goes on sending before it has heard so
        if not await people.still_logged_in(self.scope):
            await self.go()
            await self.close(NOT_LOGGED_IN)
            return
        try:
            frame = read_frame(text_data)
        except BadFrame as error:
            await self.answer({"type": "error", "error": str(error)})
            return
        if frame["type"] == "message":
            await self.say(frame)
        elif frame["type"] == "join":
            await self.join()
        else:
            await self.leave()

    async def join(self):
        """Let the client hear what is said in its room, and let the room know who has come."""
        await self.channel_layer.group_add(self.group, self.channel_name)
        self.inside = True
        await self.answer({"type": "welcome", "room": self.room, "you": self.name})
        if presence.enter(self.room, self.name, self.channel_name):
            await self.tell_room()
        else:
            await self.chat_here({})

    async def leave(self):
        """Let the client hear no more, while it stays connected."""
        await self.go()
        await self.answer({"type": "left"})

    async def go(self):
        """Take the client out of its room, if it is in, and let the room know who has gone."""
        if not self.inside:
            return
        self.inside = False
        await self.channel_layer.group_discard(self.group, self.channel_name)
        if presence.leave(self.room, self.name, self.channel_name):
            await self.tell_room()

    async def say(self, frame: dict):
        """Publish a message in the room."""
        if not self.inside:
            await self.answer({"type": "error", "error": "You are not in the room; join it first."})
            return
        # TODO task 5.3: the author is who the session says, whatever the frame says
        author = frame["author"]
        event = {"type": "chat.message", "author": author, "text": frame["text"]}
        await self.channel_layer.group_send(self.group, event)

    async def chat_message(self, event: dict):
        """Pass an event of the group on to this client."""
        message = {"author": event["author"], "text": event["text"]}
        await self.answer({"type": "message", "room": self.room} | message)

    async def tell_room(self):
        """Let everybody in the room know that other people are here now."""
        # TODO task 5.4: publish an event of the type "chat.here"; as it stands, only this
        #   client is told
        await self.chat_here({})

    async def chat_here(self, event: dict):
        """Tell this client who is here, as it is now; the event says only that it has changed."""
        if self.inside:
            await self.answer({"type": "here", "people": presence.people(self.room)})

    async def answer(self, data: dict):
        """Send an object to this client, as JSON."""
        await self.send(text_data=json.dumps(data))


class NoSuchPath(AsyncWebsocketConsumer):
    """Refuses the handshake: the client gets HTTP 403, and the log stays quiet."""

    async def connect(self):
        await self.close()
