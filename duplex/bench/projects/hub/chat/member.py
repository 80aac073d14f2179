"""A connection in a room: what is due for it waits in a bounded queue of its own."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable

SIZE = 200  # frames that may wait for one connection
FAILED, TRY_AGAIN_LATER = 1011, 1013  # close codes
log = logging.getLogger(__name__)

Frame = tuple[int | None, dict]  # a message's number in its room, or None; the ASGI event


def text_frame(text: str, number: int | None = None) -> Frame:
    """Return what all connections of a room share: the event is made once, and never changed."""
    return number, {"type": "websocket.send", "text": text}


class Member:
    """One connection: what is due for it waits here, and a task of its own sends it in order.

    `last` is the newest message that it has had, `limit` the newest that it may have now (None:
    any). A numbered frame is sent only when it is the next one. After a gap, whatever made it,
    `catch_up(member)` sends what is missing by `member.send_now`, no further than the limit.
    """

    def __init__(
        self,
        send: Callable[[dict], Awaitable[None]],
        catch_up: Callable[["Member"], Awaitable[None]] | None = None,
        last: int = 0,
        limit: int | None = None,
        size: int = SIZE,
    ):
        self.send, self.catch_up, self.size = send, catch_up, size
        self.last, self.limit = last, limit
        self.behind = False  # whether messages are missing that only the database has
        self.code = None  # the close code, once it is to be closed
        self._queue: deque[Frame] = deque()
        self._wake = None  # what the writer waits for, while it has nothing to do
        self._quiet = asyncio.Event()
        self._writer = asyncio.create_task(self._run())

    def put(self, frame: Frame) -> None:
        """Queue a frame, and wait for nothing.

        A message for which there is no room comes from the database; anything else closes.
        """
        number, full = frame[0], len(self._queue) >= self.size
        if self.code is not None or (number is not None and number <= self.last):
            return
        if number is not None and (full or self.behind or not self.may_have(number)):
            self.behind = True
        elif full:
            self.close(TRY_AGAIN_LATER)
        else:
            self._queue.append(frame)
            self._go_on()

    def may_have(self, number: int) -> bool:
        """Tell whether the client's credit reaches as far as this message."""
        return self.limit is None or number <= self.limit

    def allow(self, limit: int) -> None:
        """Give the client more credit; what waited for it in the database comes now."""
        if self.limit is not None and limit > self.limit:
            self.limit = limit
            self._go_on()

    def look(self) -> None:
        """Let the writer look into the database, for what is newer than `last`."""
        self.behind = True
        self._go_on()

    def close(self, code: int) -> None:
        """Close the connection after what is queued; nothing is taken any more."""
        if self.code is None:
            self.code = code
            self._go_on()

    async def flushed(self) -> None:
        """Wait until all that was queued has been handed to the server, the close included."""
        await self._quiet.wait()

    async def stop(self) -> None:
        """End the writer; what is queued is not sent any more, and nothing is taken."""
        self.code, self._wake = self.code or FAILED, None
        self._quiet.set()
        self._writer.cancel()
        await asyncio.gather(self._writer, return_exceptions=True)

    async def send_now(self, frame: Frame) -> None:
        """Send a message before those that are queued; only for `catch_up`."""
        if frame[0] > self.last:
            self.last = frame[0]
            await self.send(frame[1])

    def _go_on(self) -> None:
        if self._wake is not None:
            self._quiet.clear()
            self._wake.set_result(None)
            self._wake = None

    async def _run(self) -> None:
        """Write until the close; an error closes, if the connection is not gone already."""
        try:
            await self._write()
        except Exception:
            log.info("sending to a connection failed", exc_info=True)
            self.code = FAILED
        self._queue.clear()
        with contextlib.suppress(Exception):
            await self.send({"type": "websocket.close", "code": self.code})
        self._quiet.set()

    async def _write(self) -> None:
        while self.code is None or self._queue:
            while self._queue:
                await self._next(*self._queue.popleft())
            if self.code is not None:
                return
            if self.behind and self.may_have(self.last + 1):
                await self._catch_up()
            else:
                await self._sleep()

    async def _next(self, number: int | None, event: dict) -> None:
        if number is not None:
            if number != self.last + 1:
                self.behind = self.behind or number > self.last
                return  # it has been sent, or it comes in its turn, from the database
            self.last = number
        await self.send(event)

    async def _catch_up(self) -> None:
        self.behind = False  # before it reads: what is said meanwhile is queued again
        try:
            await self.catch_up(self)
        except Exception:
            log.exception("reading for a connection failed")
            raise
        if not self.may_have(self.last + 1):
            self.behind = True  # there may be more, for the time when the client has credit

    async def _sleep(self) -> None:
        self._quiet.set()
        self._wake = asyncio.get_running_loop().create_future()
        await self._wake
