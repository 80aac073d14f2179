"""The consumers: each connection has one of its own, from the handshake to the close."""

import json

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from chat import history, limits, people, rooms
from chat.beats import with_beats
from chat.inputs import BadFrame, read_frame, read_query
from chat.outage import AWAY, ask
from chat.presence import presence
from chat.window import Window

# Close codes; 4000 to 4999 are an application's own: here 4000 and the status that HTTP has for it.
BAD_ADDRESS, NOT_LOGGED_IN, NOT_INVITED = 4400, 4401, 4403
TOO_LONG, TOO_MANY, COME_LATER = 4413, 4429, 4503
NOT_INSIDE = BadFrame("You are not in the room; join it first.")
TOO_FAST = BadFrame("You are too fast; wait a little.")
MOST = 200  # frames from a client that does not say what it has seen


class ChatConsumer(AsyncWebsocketConsumer):
    """One person's tab in one room; it knows the room's group, and none of the others in it."""

    group = None  # the room's; None as long as the client has not been let in, and after the end
    accepted = False  # whether there is a connection that can be closed with a code
    inside = False  # whether the client hears what is said in its room
    told = None  # the people of whom it was told last
    frames = 0  # that have come from the client since it said last what it has seen

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.window = Window()

    async def __call__(self, scope, receive, send):
        """Serve a connection; however it ends, by a close, a loss or an error, this one notices."""
        try:
            await super().__call__(scope, with_beats(receive, settings.HEARTBEAT), send)
        except (*AWAY, RuntimeError):  # the latter when the layer connects twice at once
            # task 7.3: Redis is away; accept, if that has not been done, and close with COME_LATER,
            #   both by `send`: when Redis failed before `connect`, `self.accept` and `self.close`
            #   cannot send yet; the client comes back with `after`
            # stub: raise
            if not self.accepted:
                await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": COME_LATER})
            # end 7.3
        finally:
            await self.go()

    async def connect(self):
        """Find out the room and the person, and let in who may be here."""
        self.room = self.scope["url_route"]["kwargs"]["room"]
        if len(self.room) > rooms.LONGEST:
            await self.close()
            return
        await self.accept()  # a close code reaches a page only after this
        self.accepted = True
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
        """Do what a frame asks for, if the person may send one now."""
        if self.group is None:
            return  # it was refused or ended, and goes on sending before it has heard so
        if limits.is_too_long(text_data, bytes_data):
            await self.end(TOO_LONG)
            return
        try:
            frame = read_frame(text_data)
        except BadFrame as error:
            frame = {"type": "wrong", "error": error}
        if not await self.allows(frame):
            return
        if not await people.still_logged_in(self.scope):
            await self.end(NOT_LOGGED_IN)
            return
        await self.obey(frame)

    async def allows(self, frame: dict) -> bool:
        """Tell whether a person may send this frame now; if not, it has been told so."""
        if frame["type"] == "seen" and self.window.is_new(frame["id"]):
            self.frames = 0
            return True  # costs nothing: there are no more of these than messages
        left, self.frames = limits.spend(self.name), self.frames + 1
        if left < -limits.PATIENCE or self.frames > MOST:
            await self.end(TOO_MANY)
        elif left < 0:
            await self.refuse(TOO_FAST, frame.get("key"), wait=limits.wait_for(left))
        return left >= 0 and self.group is not None

    async def obey(self, frame: dict):
        """Do what a frame asks for; what is wrong with it, only its sender is told."""
        if frame["type"] == "message":
            await self.say(frame)
        elif frame["type"] == "seen":
            await self.go_on(frame["id"])
        elif frame["type"] == "join":
            await self.join(frame["after"])
        elif frame["type"] == "leave":
            await self.leave()
        else:
            await self.refuse(frame["error"])

    async def join(self, after: int | None):
        """Let the client hear what was and what is said, and let the room know who has come."""
        await ask(self.channel_layer.group_add(self.group, self.channel_name))
        self.inside = True  # from now on nothing is missed
        last = await history.last(self.room)
        if after is not None:
            self.window.confirm(after)
        self.window.sent = max(last - history.NEWEST, 0) if after is None else after
        welcome = {"type": "welcome", "room": self.room, "you": self.name, "last": last}
        await self.answer(welcome)
        await ask(presence.note(self.room, self.name, self.channel_name))
        self.told = None
        await self.chat_here({})
        await self.tell_room()
        await self.catch_up()

    async def go_on(self, seen: int):
        """Note what the client has seen, and send what has waited for that."""
        self.window.confirm(seen)
        await self.catch_up()
        await self.chat_here({})

    async def catch_up(self):
        """Send what the client has not been sent yet, in order, as long as it can take more."""
        while (left := self.window.left()) > 0:
            messages = await history.page(self.room, self.window.sent, left)
            for message in messages:
                await self.answer(message.as_frame())
                self.window.note(message.number)
            if len(messages) < left:
                return

    async def leave(self):
        """Let the client hear no more, while it stays connected."""
        await self.go()
        await self.answer({"type": "left"})

    async def go(self):
        """Take the client out of its room, if it is in, and let the room know who has gone."""
        if not self.inside:
            return
        self.inside = False
        await ask(self.channel_layer.group_discard(self.group, self.channel_name))
        await ask(presence.forget(self.room, self.name, self.channel_name))
        await self.tell_room()

    async def say(self, frame: dict):
        """Store a message, acknowledge it, and let the room know that there is news."""
        if not self.inside:
            await self.refuse(NOT_INSIDE, frame["key"])
            return
        message, new = await history.store(self.room, self.name, frame["key"], frame["text"])
        await self.answer({"type": "ack", "key": frame["key"], "id": message.number})
        if new:
            await self.tell({"type": "chat.news", "id": message.number})

    async def chat_news(self, event: dict):
        """Something was said in the room; this client may have been sent it already."""
        if self.inside:
            await self.catch_up()

    async def tell_room(self):
        """Let everybody in the room know that other people may be here now."""
        await self.tell({"type": "chat.here"})

    async def tell(self, event: dict):
        """Send an event to everybody in the room; it is only a hint, and may be lost."""
        await ask(self.channel_layer.group_send(self.group, event))

    async def chat_here(self, event: dict):
        """Tell this client who is here now, unless it knows or has enough to read."""
        if not self.inside or self.window.left() <= 0:
            return
        now = await ask(presence.people(self.room), self.told)
        if now != self.told:
            self.told = now
            await self.answer({"type": "here", "people": now})

    async def chat_beat(self, event: dict):
        """Do what does not depend on events; it makes good for those that were lost."""
        if not self.inside:
            return
        # task 7.2: note again that this client's tab is here
        # stub:
        await ask(presence.note(self.room, self.name, self.channel_name))
        # end 7.2
        # task 7.3: Redis may have begun anew, and knows no groups; join the group again, and send
        #   what the client has missed
        # stub:
        await ask(self.channel_layer.group_add(self.group, self.channel_name))
        await self.catch_up()
        # end 7.3
        await self.chat_here({})

    async def end(self, code: int):
        """Close the connection; whatever the client has sent already has no effect."""
        await self.go()
        self.group = None
        await self.close(code)

    async def refuse(self, error: BadFrame, key: str | None = None, **more: float):
        """Tell this client what is wrong, and with which of its messages."""
        key = key or error.key
        about = {} if key is None else {"key": key}
        await self.answer({"type": "error", "error": str(error)} | about | more)

    async def answer(self, data: dict):
        """Send an object to this client, as JSON."""
        await self.send(text_data=json.dumps(data))


class NoSuchPath(AsyncWebsocketConsumer):
    """Refuses the handshake: the client gets HTTP 403, and the log stays quiet."""

    async def connect(self):
        await self.close()
