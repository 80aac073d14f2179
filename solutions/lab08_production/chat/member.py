"""One connection of a room: what is due for it waits here, and nobody else waits for it."""

import asyncio
import contextlib
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from chat.metrics import DELIVERIES, DROPS
from chat.window import Window

SIZE = 200  # frames that may wait for one connection
COME_LATER = 4503  # the close code for a client that should come back with `after`
log = logging.getLogger(__name__)


class Frame(NamedTuple):
    """What all connections of a room share; the event is made once, and never changed."""

    event: dict  # as the server wants it
    number: int | None = None  # a message's id
    start: int | None = None  # of a welcome: the id after which the client goes on


def frame_of(data: dict, number: int | None = None, start: int | None = None) -> Frame:
    """Return an object as a frame: encoded here, once, for however many connections."""
    return Frame({"type": "websocket.send", "text": json.dumps(data)}, number, start)


class Member:
    """Sends one client what is put here, in order, by a task of its own.

    A message is sent only when it is the next one, and the window is open. What was left out comes
    from the database, by `catch_up(member)`, which sends it with `member.deliver`.
    """

    def __init__(self, send: Callable[[dict], Awaitable], catch_up: Callable[..., Awaitable]):
        self.send, self.catch_up, self.window = send, catch_up, Window()
        self.inside = False  # whether the client hears what is said in its room
        self.behind = False  # whether there may be messages that only the database has
        self.code = None  # the close code, once the connection is to be closed
        self._queue: deque[Frame] = deque()
        self._here = self._told = None  # the newest list of people, and the one that was sent
        self._wake, self._idle = asyncio.Event(), asyncio.Event()
        self._writer = asyncio.create_task(self._run())

    def put(self, frame: Frame) -> None:
        """Queue a frame, without waiting; a message that finds no room stays in the database."""
        if self.code is not None or frame.number is not None and not self.inside:
            return
        # task 8.2: at most SIZE frames wait; a message that is too many is left to the database,
        #   and the client is `behind`; for any other frame, close with COME_LATER; as it stands,
        #   all of them wait here, however many
        # stub: self._queue.append(frame)
        if len(self._queue) < SIZE:
            self._queue.append(frame)
        elif frame.number is not None:
            self.behind = True
            DROPS.inc()
        else:
            self.close(COME_LATER)
            DROPS.inc()
        # end 8.2
        self.wake()

    def put_here(self, frame: Frame) -> None:
        """Note who is here; a newer list takes the place of one that has not been sent yet."""
        self._here = frame
        self.wake()

    def close(self, code: int) -> None:
        """Close the connection after what is queued; nothing is taken any more."""
        self.code = self.code or code
        self.wake()

    def catch_up_now(self) -> None:
        """Look into the database, also when no event says that there is something new."""
        self.behind = True
        self.wake()

    def confirm(self, seen: int) -> None:
        """Note what the client has seen; what waited for that comes now."""
        self.window.confirm(seen)
        self.wake()

    def wake(self) -> None:
        """Let the task see whether there is something to do."""
        self._idle.clear()
        self._wake.set()

    async def idle(self) -> None:
        """Wait until everything that may be sent has been handed to the server."""
        await self._idle.wait()

    async def stop(self) -> None:
        """End the task; the connection is gone."""
        self._writer.cancel()
        await asyncio.gather(self._writer, return_exceptions=True)

    async def deliver(self, frame: Frame) -> bool:
        """Send a message, if it is the next one and the window is open; tell whether it was."""
        # task 8.2: what is not the next one, or more than the client can take, is not sent; as it
        #   stands, everything goes out as it comes
        # stub:
        if frame.number != self.window.sent + 1 or self.window.left() <= 0:
            return False
        # end 8.2
        self.window.note(frame.number)
        await self.send(frame.event)
        DELIVERIES.inc()
        return True

    async def _run(self) -> None:
        try:
            while self.code is None or self._queue:
                await self._work()
            await self.send({"type": "websocket.close", "code": self.code})
        except Exception:  # the connection is gone, or the database: the client comes back
            log.info("a connection ends early", exc_info=True)
            with contextlib.suppress(Exception):
                await self.send({"type": "websocket.close", "code": COME_LATER})
        finally:
            self.code = self.code or COME_LATER
            self._queue.clear()
            self._idle.set()

    async def _work(self) -> None:
        """Do one of the things that there are to do; wait, when there is none."""
        if self._queue:
            await self._next(self._queue.popleft())
        elif self.behind and self.inside and self.window.left() > 0:
            self.behind = False  # first: what is said while it reads is queued again
            await self.catch_up(self)
        elif self.inside and self._here not in (None, self._told) and self.window.left() > 0:
            self._told = self._here
            await self.send(self._here.event)
        else:
            self._wake.clear()
            self._idle.set()
            await self._wake.wait()

    async def _next(self, frame: Frame) -> None:
        if frame.start is not None:
            self.window.sent, self.behind, self._told = frame.start, True, None
        if frame.number is None:
            await self.send(frame.event)
        elif not await self.deliver(frame) and frame.number > self.window.sent:
            self.behind = True
