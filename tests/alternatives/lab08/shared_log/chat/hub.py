"""The rooms of this process: for each a subscription, a log of its newest frames, and readers."""

import asyncio
import json
import logging
from contextlib import suppress

from channels.layers import get_channel_layer
from chat import history
from chat.member import Member, frame_of
from chat.metrics import SECONDS
from chat.outage import ask
from chat.presence import presence
from chat.rooms import group_of
from django.conf import settings
from django.utils import timezone

KEPT, PAGE = 200, 100
log = logging.getLogger(__name__)


class Room:
    """A room's newest frames by their number, and those who read them."""

    def __init__(self, name: str):
        self.name, self.group, self.channel = name, group_of(name), None
        self.members, self.log, self.last = set(), {}, 0
        self.work, self.opened = [], asyncio.ensure_future(self._open())

    async def _open(self) -> None:
        self.channel = await get_channel_layer().new_channel()
        await self.join()
        self.last = await history.last(self.name)
        self.work = [asyncio.create_task(loop()) for loop in (self._hear, self._beat)]

    async def join(self) -> None:
        await ask(get_channel_layer().group_add(self.group, self.channel))

    async def close(self) -> None:
        """Give the subscription back."""
        with suppress(Exception):
            await self.opened
        for task in self.work:
            task.cancel()
        if self.channel:
            await ask(get_channel_layer().group_discard(self.group, self.channel))

    async def _hear(self) -> None:
        while True:
            event = await get_channel_layer().receive(self.channel)
            with suppress(Exception):
                await self.read() if event["type"] == "chat.news" else await self.look()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(settings.HEARTBEAT)
            with suppress(Exception):
                await self.join()
                await self.read()
                await self.look()

    async def read(self) -> None:
        """Append what is new to the log, and poke the readers."""
        messages = await history.page(self.name, self.last, PAGE)
        for message in messages:
            if message.number > self.last:
                self.last = message.number
                SECONDS.observe((timezone.now() - message.sent_at).total_seconds())
            self.log[message.number] = event_of(message)
        for number in [one for one in self.log if one <= self.last - KEPT]:
            del self.log[number]
        for member in list(self.members):
            member.poke()
        if len(messages) == PAGE:
            await self.read()

    async def look(self) -> None:
        """Ask who is here, and tell all of them."""
        people = await ask(presence.people(self.name))
        if people is not None:
            frame = frame_of({"type": "here", "people": people})
            for member in list(self.members):
                member.put_here(frame)

    def has(self, number: int) -> bool:
        """Tell whether there is a message of this number."""
        return number <= self.last

    async def after(self, number: int, most: int) -> list[tuple[int, dict]]:
        """Return the next messages after a number: from the log, or else from the database."""
        if number >= self.last:
            return []
        if number + 1 in self.log:
            numbers = range(number + 1, min(number + most, self.last) + 1)
            return [(one, self.log[one]) for one in numbers if one in self.log]
        messages = await history.page(self.name, number, most)
        if not messages:
            self.last = number
        return [(message.number, event_of(message)) for message in messages]

    async def tell(self, event: dict) -> None:
        """Let all processes know; this one hears of it in the same way."""
        sent = await ask(get_channel_layer().group_send(self.group, event), "Redis is away")
        if sent is not None:
            await self.read() if event["type"] == "chat.news" else await self.look()

    async def catch_up(self, member: Member) -> None:
        """Nothing to do: members pull."""


def event_of(message) -> dict:
    """Return a message as the server wants it."""
    return {"type": "websocket.send", "text": json.dumps(message.as_frame())}


rooms: dict[str, Room] = {}


async def enter(name: str, member: Member) -> Room:
    """Let a member read a room's log from now on."""
    room = rooms.setdefault(name, None) or Room(name)
    rooms[name] = room
    room.members.add(member)
    await asyncio.shield(room.opened)
    member.room = room
    return room


async def leave(room: Room, member: Member) -> None:
    """Let a member read no more; the last one closes the room."""
    room.members.discard(member)
    member.room = None
    if not room.members and rooms.get(room.name) is room:
        del rooms[room.name]
        await room.close()
