"""The consumers: each connection has one of its own, from the handshake to the close."""

import asyncio
import logging
import time
import uuid

from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from config.closing import GOING_AWAY, goodbye
from django.conf import settings

from chat import history, hub, limits, rooms
from chat.beats import with_beats
from chat.desk import LoggedOut, Request, desk
from chat.inputs import BadFrame, read_frame, read_query
from chat.member import COME_LATER, Member, frame_of
from chat.metrics import CONNECTIONS, MESSAGES, REFUSED
from chat.outage import AWAY, ask
from chat.presence import presence

# Close codes, an application's own: 4000 and the status that HTTP has for it.
BAD_ADDRESS, NOT_LOGGED_IN, NOT_INVITED = 4400, 4401, 4403
TOO_LONG, TOO_MANY = 4413, 4429
NOT_INSIDE = BadFrame("You are not in the room; join it first.")
TOO_FAST = BadFrame("You are too fast; wait a little.")
MOST = 200  # frames from a client that does not say what it has seen
log = logging.getLogger(__name__)


class ChatConsumer(AsyncWebsocketConsumer):
    """One person's tab in one room; what it is to be sent, its member sends."""

    channel_layer_alias = None  # it listens to no channel of its own: the hub does, for all
    room = name = member = place = None  # place: the hub's room, while the client is in
    open = False  # whether what the client sends has an effect
    looked = 0.0  # when the session was looked at last
    frames = 0  # that have come from the client since it said last what it has seen
    code = None  # with which the connection was closed

    async def __call__(self, scope, receive, send):
        """Serve a connection; however it ends, by a close, a loss or an error, this one notices."""
        self.tab, self.saying, self.settled = uuid.uuid4().hex, set(), asyncio.Event()
        goodbye.open[self.say_goodbye] = asyncio.current_task()
        try:
            await super().__call__(scope, with_beats(receive, settings.HEARTBEAT), send)
        finally:
            del goodbye.open[self.say_goodbye]
            self.settled.set()
            await self.go()
            if self.member:
                await self.member.stop()
                CONNECTIONS.dec()
                self.note("disconnect", code=self.code)

    async def dispatch(self, message):
        """Handle an event; each question to the database tidies up after itself."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self):
        """Find out the room and the person, and let in who may be here."""
        await self.welcome()
        self.settled.set()

    async def welcome(self):
        """Let in who may be here; who may not is told by a close code."""
        self.room = self.scope["url_route"]["kwargs"]["room"]
        if len(self.room) > rooms.LONGEST or goodbye.begun:
            await self.close()
            return
        await self.accept()  # a close code reaches a page only after this
        send = self.scope.get("server.send", self.base_send)  # see config/asgi.py
        self.member = Member(send, self.catch_up)
        CONNECTIONS.inc()
        user = self.scope["user"]
        self.name = user.get_username() or None
        self.note("connect")
        if not user.is_authenticated:
            self.end(NOT_LOGGED_IN)
        elif not rooms.admits(self.room, self.name):
            self.end(NOT_INVITED)
        else:
            await self.begin()

    async def begin(self):
        """Let the person in, after the id that the address says."""
        try:
            after = read_query(self.scope["query_string"])
        except BadFrame as error:
            self.refuse(error)
            self.end(BAD_ADDRESS)
            return
        self.open, self.looked = True, time.monotonic()  # the handshake has just looked
        try:
            await self.join(after)
        except AWAY:
            self.end(COME_LATER)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None):
        """Do what a frame asks for, if the person may send one now."""
        if not self.open:
            return  # it was refused or ended, and goes on sending before it has heard so
        if limits.is_too_long(text_data, bytes_data):
            self.end(TOO_LONG)
            return
        try:
            frame = read_frame(text_data)
        except BadFrame as error:
            frame = {"type": "wrong", "error": error}
        if not self.allows(frame):
            return
        if frame["type"] == "message":
            self.say(frame)  # the desk looks at the session when it stores
        elif await self.still_logged_in(frame):
            await self.obey(frame)

    def allows(self, frame: dict) -> bool:
        """Tell whether a person may send this frame now; if not, it has been told so."""
        if frame["type"] == "seen" and self.member.window.is_new(frame["id"]):
            self.frames = 0
            return True  # costs nothing: there are no more of these than messages
        left, self.frames = limits.spend(self.name), self.frames + 1
        if left < -limits.PATIENCE or self.frames > MOST:
            self.end(TOO_MANY)
        elif left < 0:
            self.refuse(TOO_FAST, frame.get("key"), wait=limits.wait_for(left))
        return left >= 0 and self.open

    async def still_logged_in(self, frame: dict) -> bool:
        """Look whether the session still is one; if a `seen` came just after a look, believe it."""
        if frame["type"] == "seen" and time.monotonic() < self.looked + settings.HEARTBEAT:
            return True
        self.looked = time.monotonic()
        if not await desk.is_logged_in(self.scope["session"].session_key):
            self.end(NOT_LOGGED_IN)
        return self.open

    async def obey(self, frame: dict):
        """Do what a good frame asks for; what is wrong with it, only its sender is told."""
        if frame["type"] == "seen":
            self.member.confirm(frame["id"])
            return
        await asyncio.gather(*self.saying)  # what was said before comes before
        if frame["type"] == "join":
            await self.join(frame["after"])
        elif frame["type"] == "leave":
            await self.go()
            self.answer({"type": "left"})
        else:
            self.refuse(frame["error"])

    async def join(self, after: int | None):
        """Let the client hear what was and what is said, and let the room know who has come."""
        if self.place is None:
            self.place = await hub.enter(self.room, self.member)
        last = await history.last(self.room)
        if after is not None:
            self.member.window.confirm(after)
        start = max(last - history.NEWEST, 0) if after is None else after
        welcome = {"type": "welcome", "room": self.room, "you": self.name, "last": last}
        self.member.inside = True  # not before: the welcome comes first, and then the history
        self.member.put(frame_of(welcome, start=start))
        await ask(presence.note(self.room, self.name, self.tab))
        await self.place.tell({"type": "chat.here"})

    async def catch_up(self, member: Member):
        """Send this client what it has not had yet."""
        if self.place is not None:
            await self.place.catch_up(member)

    async def go(self):
        """Take the client out of its room, if it is in, and let the room know who has gone."""
        place, self.place = self.place, None
        if place is None:
            return
        self.member.inside = False
        await ask(presence.forget(self.room, self.name, self.tab))
        await place.tell({"type": "chat.here"})
        await hub.leave(place, self.member)

    def say(self, frame: dict):
        """Have a message stored; others may be read meanwhile, and stored together with it."""
        if self.place is None:
            self.refuse(NOT_INSIDE, frame["key"])
            return
        saying = asyncio.create_task(self.store(frame, self.place))
        self.saying.add(saying)
        saying.add_done_callback(self.saying.discard)

    async def store(self, frame: dict, place: hub.Room):
        """Store a message, acknowledge it, and let the room know that there is news."""
        words = self.room, self.name, frame["key"], frame["text"]
        try:
            message, new = await desk.store(Request(self.scope["session"].session_key, *words))
        except LoggedOut:
            return self.end(NOT_LOGGED_IN)
        except Exception:
            log.exception("a message could not be stored")
            return self.end(COME_LATER)
        self.answer({"type": "ack", "key": frame["key"], "id": message.number})
        if new:
            MESSAGES.inc()
            await place.tell({"type": "chat.news", "id": message.number})

    async def chat_beat(self, event: dict):
        """Note again that this client's tab is here."""
        if self.place is not None:
            await ask(presence.note(self.room, self.name, self.tab))

    async def say_goodbye(self):
        """The process ends: send what is stored, as far as the window is open, and close."""
        # task 8.8: take no more frames; wait until what was said is stored and acknowledged; let
        #   the member catch up, and wait until it is idle; then end with GOING_AWAY
        # stub:
        await self.settled.wait()
        self.open = False
        await asyncio.gather(*self.saying, return_exceptions=True)
        if self.member is not None:
            self.member.catch_up_now()
            await self.member.idle()
            self.end(GOING_AWAY)
        # end 8.8

    def end(self, code: int):
        """Close the connection; whatever the client has sent already has no effect."""
        if self.code is None:
            self.code, self.open, self.member.inside = code, False, False
            REFUSED.labels(code).inc()
            self.member.close(code)

    def refuse(self, error: BadFrame, key: str | None = None, **more: float):
        """Tell this client what is wrong, and with which of its messages."""
        about = {"key": key or error.key} if key or error.key else {}
        self.answer({"type": "error", "error": str(error)} | about | more)

    def answer(self, data: dict):
        """Send an object to this client, after what waits for it already."""
        self.member.put(frame_of(data))

    def note(self, event: str, **more: object):
        """Log what happens to this connection; never what is said on it."""
        about = {"connection": self.tab, "room": self.room, "person": self.name} | more
        log.info(event, extra={"about": about})


class NoSuchPath(AsyncWebsocketConsumer):
    """Refuses the handshake: the client gets HTTP 403, and the log stays quiet."""

    async def connect(self):
        await self.close()
