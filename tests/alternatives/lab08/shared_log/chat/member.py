"""One connection: a place in its room's log, and a few frames that only this client gets."""

import asyncio
import contextlib
import json
from collections import deque
from typing import NamedTuple

from chat.metrics import DELIVERIES, DROPS
from chat.window import Window

SIZE = 200  # frames of its own that may wait for a client
COME_LATER = 4503


class Frame(NamedTuple):
    """A frame as the server wants it; a welcome says after which id the client goes on."""

    event: dict
    start: int | None = None


def frame_of(data: dict, start: int | None = None) -> Frame:
    """Return an object as a frame."""
    return Frame({"type": "websocket.send", "text": json.dumps(data)}, start)


class Member:
    """Pulls what is due to a client, whenever it is poked; never more than the client can take."""

    def __init__(self, send, _):
        self.send, self.window, self.room = send, Window(), None
        self.inside, self.code, self.own, self.here, self.told = False, None, deque(), None, None
        self.pulling = None

    def put(self, frame: Frame) -> None:
        """Take a frame for this client alone."""
        if len(self.own) >= SIZE:
            DROPS.inc()
            self.close(COME_LATER)
        elif self.code is None:
            self.own.append(frame)
        self.poke()

    def put_here(self, frame: Frame) -> None:
        """Take a newer list of people."""
        self.here = frame
        self.poke()

    def confirm(self, seen: int) -> None:
        """Note what the client has seen."""
        self.window.confirm(seen)
        self.poke()

    def close(self, code: int) -> None:
        """Close the connection when what it is due has been sent."""
        self.code = self.code or code
        self.poke()

    def catch_up_now(self) -> None:
        """Look into the database, too."""
        if self.room is not None:
            self.room.last = max(self.room.last, self.window.sent + 1)
        self.poke()

    def poke(self) -> None:
        """Pull what is due, unless that is going on."""
        if self.pulling is None or self.pulling.done():
            self.pulling = asyncio.ensure_future(self.pull())

    async def idle(self) -> None:
        """Wait until nothing is due."""
        while self.pulling is not None and not self.pulling.done():
            await asyncio.wait([self.pulling])

    async def stop(self) -> None:
        """Pull no more; the connection is gone."""
        self.inside, self.code = False, self.code or COME_LATER
        if self.pulling is not None:
            self.pulling.cancel()
            await asyncio.wait([self.pulling])

    async def pull(self) -> None:
        """Send what is due: frames of its own, then the room's next messages, then who is here."""
        with contextlib.suppress(Exception):  # a connection that is gone is told of elsewhere
            while await self.step():
                pass
            if self.code is not None:
                await self.send({"type": "websocket.close", "code": self.code})

    async def step(self) -> bool:
        """Send one thing; tell whether there may be more."""
        if self.own:
            frame = self.own.popleft()
            if frame.start is not None:
                self.window.sent, self.told = frame.start, None
            await self.send(frame.event)
            return True
        if not self.inside or self.room is None or self.window.left() <= 0:
            return False
        for number, event in await self.room.after(self.window.sent, self.window.left()):
            if number != self.window.sent + 1 or self.own:
                return True
            self.window.note(number)
            DELIVERIES.inc()
            await self.send(event)
        if self.here not in (None, self.told):
            self.told = self.here
            await self.send(self.here.event)
            return True
        return bool(self.own) or self.window.left() > 0 and self.room.has(self.window.sent + 1)
