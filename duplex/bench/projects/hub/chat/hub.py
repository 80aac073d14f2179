"""The room hub: this process takes one copy of a message for each room, and encodes it once."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from channels.layers import get_channel_layer

from chat.member import TRY_AGAIN_LATER, Frame, Member

Read = Callable[["Room", dict], Awaitable[list[Frame]]]  # what an event of the layer says


class Room:
    """The one subscription of this process to a room's group, and the connections that are in."""

    def __init__(self, group: str, read: Read):
        self.group, self.read = group, read
        self.members: set[Member] = set()
        self.last = 0  # for `read`, to note the newest message that it has read
        self.lost = False  # whether the subscription has failed
        self.channel = None
        self.ready = asyncio.get_running_loop().create_future()  # the subscription stands
        self._task = asyncio.create_task(self._listen())

    async def subscribe(self) -> None:
        """Add the room's channel to the group; again is harmless."""
        if self.channel is not None:
            await get_channel_layer().group_add(self.group, self.channel)

    def publish(self, frames: list[Frame]) -> None:
        """Hand frames to everybody who is in; nobody waits for anybody."""
        for frame in frames:
            for member in self.members:
                member.put(frame)

    async def stop(self) -> None:
        """Give the subscription back."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _listen(self) -> None:
        layer = get_channel_layer()
        try:
            self.channel = await layer.new_channel()
            await self.subscribe()
            self.ready.set_result(None)
            while True:
                self.publish(await self.read(self, await layer.receive(self.channel)))
        except Exception as error:  # whatever it was, nobody hears this room any more
            self._lose(error)
        finally:
            with contextlib.suppress(Exception):  # where the layer is gone, so is the subscription
                await layer.group_discard(self.group, self.channel)

    def _lose(self, error: Exception) -> None:
        self.lost = True
        if not self.ready.done():
            self.ready.set_exception(error)
        for member in self.members:
            member.close(TRY_AGAIN_LATER)


class Hub:
    """The rooms that somebody of this process is in."""

    def __init__(self, read: Read):
        self.read = read
        self.rooms: dict[str, Room] = {}

    async def enter(self, group: str, member: Member) -> Room:
        """Let a connection hear a room; when this returns, nothing that is said later is missed.

        An error of the layer is raised; then the connection is not in.
        """
        room = self.rooms.get(group)
        if room is None or room.lost:
            room = self.rooms[group] = Room(group, self.read)
        room.members.add(member)  # first, so that nobody else gives the room back meanwhile
        try:
            await asyncio.shield(room.ready)
        except BaseException:
            await self.leave(group, member)
            raise
        return room

    async def leave(self, group: str, member: Member) -> None:
        """Let a connection hear no more; the last one gives the subscription back."""
        room = self.rooms.get(group)
        if room is None:
            return
        room.members.discard(member)
        if not room.members:
            del self.rooms[group]
            await room.stop()

    async def heartbeat(self) -> None:
        """Subscribe again everywhere: a layer that was restarted has forgotten who listens."""
        for room in list(self.rooms.values()):
            await room.subscribe()
