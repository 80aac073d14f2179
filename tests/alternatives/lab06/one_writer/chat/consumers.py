"""The consumers: each connection has one of its own, from the handshake to the close."""

import json

from channels.generic.websocket import AsyncWebsocketConsumer
from chat import history, people, presence, rooms, writer
from chat.inputs import BadFrame, read_frame, read_query

# Close codes; 4000 to 4999 are an application's own.
BAD_ADDRESS, NOT_LOGGED_IN, NOT_INVITED = 4400, 4401, 4403
NOT_INSIDE = "You are not in the room; join it first."


class ChatConsumer(AsyncWebsocketConsumer):
    """One person's tab in one room; it knows the room's group, and none of the others in it."""

    group = None  # the room's; None as long as the client has not been let in
    inside = False  # whether the client hears what is said in its room
    seen = 0  # the id of the message that the client was sent last

    async def __call__(self, scope, receive, send):
        """Serve a connection; however it ends, by a close, a loss or an error, this one notices."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self.go()

    async def connect(self):
        """Find out the room and the person, and let in who may be here."""
        self.room = self.scope["url_route"]["kwargs"]["room"]
        if len(self.room) > rooms.LONGEST:
            await self.close()
            return
        await self.accept()  # a close code reaches a page only after this
        user = self.scope["user"]
        if not user.is_authenticated:
            await self.close(NOT_LOGGED_IN)
            return
        self.name = user.get_username()
        if not rooms.admits(self.room, self.name):
            await self.close(NOT_INVITED)
            return
        try:
            after = read_query(self.scope["query_string"])
        except BadFrame as error:
            await self.refuse(error)
            await self.close(BAD_ADDRESS)
            return
        self.group = rooms.group_of(self.room)
        await self.join(after)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None):
        """Do what a frame asks for; what is wrong with it, only its sender is told."""
        if self.group is None:
            return  # it was refused, and goes on sending before it has heard so
        if not await people.still_logged_in(self.scope):
            await self.go()
            await self.close(NOT_LOGGED_IN)
            return
        try:
            await self.obey(read_frame(text_data))
        except BadFrame as error:
            await self.refuse(error)

    async def obey(self, frame: dict):
        """Do what a good frame asks for."""
        if frame["type"] == "message":
            await self.say(frame)
        elif frame["type"] == "join":
            await self.join(frame["after"])
        else:
            await self.leave()

    async def join(self, after: int | None):
        """Let the client hear what was and what is said, and let the room know who has come."""
        await self.channel_layer.group_add(
            self.group, self.channel_name
        )  # first: nothing is missed
        self.inside = True
        last = await history.last(self.room)
        self.seen = max(last - history.NEWEST, 0) if after is None else after
        welcome = {"type": "welcome", "room": self.room, "you": self.name, "last": last}
        await self.answer(welcome)
        if presence.enter(self.room, self.name, self.channel_name):
            await self.tell_room()
        else:
            await self.chat_here({})
        await self.catch_up()

    async def catch_up(self):
        """Send what the client has not been sent yet, in order."""
        more = True
        while more:
            messages = await history.page(self.room, self.seen)
            await self.deliver(messages)
            more = len(messages) == history.PAGE

    async def deliver(self, messages: list):
        """Send messages to this client, and remember how far it has come."""
        for message in messages:
            await self.answer(message.as_frame())
            self.seen = message.number

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
        """Store a message, acknowledge it, and let the room know that there is news."""
        if not self.inside:
            await self.refuse(BadFrame(NOT_INSIDE), frame["key"])
            return
        words = frame["key"], frame["text"]
        message, new = await writer.store(self.room, self.name, *words)
        await self.answer({"type": "ack", "key": frame["key"], "id": message.number})
        if new:
            news = {"type": "chat.news", "message": message.as_frame()}
            await self.channel_layer.group_send(self.group, news)

    async def chat_news(self, event: dict):
        """Something was said in the room; this client may have been sent it already."""
        message = event["message"]
        if not self.inside or message["id"] <= self.seen:
            return
        if message["id"] == self.seen + 1:
            await self.answer(message)
            self.seen = message["id"]
        else:
            await self.catch_up()

    async def tell_room(self):
        """Let everybody in the room know that other people are here now."""
        await self.channel_layer.group_send(self.group, {"type": "chat.here"})

    async def chat_here(self, event: dict):
        """Tell this client who is here, as it is now; the event says only that it has changed."""
        if self.inside:
            await self.answer({"type": "here", "people": presence.people(self.room)})

    async def refuse(self, error: BadFrame, key: str | None = None):
        """Tell this client what is wrong, and with which of its messages."""
        key = key or error.key
        about = {} if key is None else {"key": key}
        await self.answer({"type": "error", "error": str(error)} | about)

    async def answer(self, data: dict):
        """Send an object to this client, as JSON."""
        await self.send(text_data=json.dumps(data))


class NoSuchPath(AsyncWebsocketConsumer):
    """Refuses the handshake: the client gets HTTP 403, and the log stays quiet."""

    async def connect(self):
        await self.close()
