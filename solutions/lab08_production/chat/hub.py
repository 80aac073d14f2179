"""The hub: one subscription of this process for each room, whatever the number of its clients."""

import asyncio
import logging
import random

from channels.layers import get_channel_layer
from django.conf import settings
from django.utils import timezone

from chat import history
from chat.member import Frame, Member, frame_of
from chat.metrics import SECONDS
from chat.outage import AWAY, ask
from chat.presence import presence
from chat.rooms import group_of

PAGE = 100  # messages that are read at once
PAUSE = 0.1  # seconds between two lists of who is here
log = logging.getLogger(__name__)


class Room:
    """A room as this process knows it: those who are in, and what they have been handed."""

    def __init__(self, name: str):
        self.name, self.group = name, group_of(name)
        self.members: set[Member] = set()
        self.channel = None  # the name under which this process hears of the room
        self.last = 0  # the id of the message that has been handed out last
        self.changed, self.news = asyncio.Event(), asyncio.Event()
        self._tasks = []
        self.opened = asyncio.ensure_future(self._open())

    async def _open(self) -> None:
        """Subscribe to the room's group; from here on nothing is missed."""
        self.channel = await get_channel_layer().new_channel()
        await self.subscribe()
        self.last = await history.last(self.name)
        loops = self._listen, self._read, self._tell, self._beat
        self._tasks = [asyncio.create_task(loop()) for loop in loops]

    async def subscribe(self) -> None:
        """Add this process to the group; again at each beat, for Redis may have begun anew."""
        await ask(get_channel_layer().group_add(self.group, self.channel))

    async def close(self) -> None:
        """Give the subscription back."""
        await asyncio.gather(self.opened, return_exceptions=True)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.channel:
            await ask(get_channel_layer().group_discard(self.group, self.channel))

    async def _listen(self) -> None:
        """Take the room's events; they are only hints at what is to be read."""
        while True:
            try:
                event = await get_channel_layer().receive(self.channel)
            except AWAY:
                await asyncio.sleep(PAUSE)
                continue
            if event["type"] == "chat.here":
                self.changed.set()
            elif event["id"] > self.last:
                self.news.set()

    async def _read(self) -> None:
        """Read what is new, once for all who are in."""
        while True:
            await self.news.wait()
            self.news.clear()
            await self._safely(self.hand_out())

    async def hand_out(self) -> None:
        """Hand what was said since the last time to everybody who is in; nobody waits."""
        more = True
        while more:
            messages = await history.page(self.name, self.last, PAGE)
            for message in messages:
                self._publish(frame_of(message.as_frame(), message.number))
                SECONDS.observe((timezone.now() - message.sent_at).total_seconds())
            more = len(messages) == PAGE

    def _publish(self, frame: Frame) -> None:
        self.last = frame.number
        for member in self.members:
            member.put(frame)

    async def _tell(self) -> None:
        """Tell who is here, when that may have changed, and not too often."""
        while True:
            await self.changed.wait()
            self.changed.clear()
            await self._safely(self.look())
            await asyncio.sleep(PAUSE)

    async def look(self) -> None:
        """Ask who is here, and let everybody who is in know."""
        now = await ask(presence.people(self.name))
        if now is None:  # Redis is away
            return
        frame = frame_of({"type": "here", "people": now})
        for member in self.members:
            member.put_here(frame)

    async def _beat(self) -> None:
        """Make good for events that were lost."""
        await asyncio.sleep(settings.HEARTBEAT * random.random())
        while True:
            await self.subscribe()
            self.news.set()
            self.changed.set()
            await asyncio.sleep(settings.HEARTBEAT)

    async def _safely(self, work) -> None:
        try:
            await work
        except Exception:
            log.exception("a room could not be served; the next heartbeat tries again")

    async def tell(self, event: dict) -> None:
        """Let all processes know that there is news in the room; a hint, which may be lost."""
        if event["type"] == "chat.here":
            self.changed.set()
        elif event["id"] > self.last:
            self.news.set()
        await ask(get_channel_layer().group_send(self.group, event))

    async def catch_up(self, member: Member) -> None:
        """Send one member what it has not had yet, in order, as long as its window is open."""
        while (left := member.window.left()) > 0:
            messages = await history.page(self.name, member.window.sent, left)
            for message in messages:
                await member.deliver(frame_of(message.as_frame(), message.number))
            if len(messages) < left:
                return
        member.behind = True  # the rest comes when the window opens


_rooms: dict[object, Room] = {}


async def enter(name: str, member: Member) -> Room:
    """Let a member hear a room; when this returns, nothing that is said later is missed."""
    # task 8.1: one Room for all who are in the room of this name, made by the first one; as it
    #   stands, each has one of its own, with its own subscription, its own reading and encoding
    # stub: room = _rooms[name, member] = Room(name)
    if name not in _rooms:
        _rooms[name] = Room(name)
    room = _rooms[name]
    # end 8.1
    room.members.add(member)  # first, so that nobody else gives the room back meanwhile
    try:
        await asyncio.shield(room.opened)
    except BaseException:
        await leave(room, member)
        raise
    return room


async def leave(room: Room, member: Member) -> None:
    """Let a member hear no more; with the last one, the subscription is given back."""
    room.members.discard(member)
    # task 8.1: when nobody is left, forget the room, and close it; as it stands, this process goes
    #   on listening for those who have gone
    # stub:
    if not room.members and _rooms.get(room.name) is room:
        del _rooms[room.name]
        await room.close()
    # end 8.1
