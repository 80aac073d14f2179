"""The heartbeat: a connection is woken now and then, also when nothing comes for it."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

BEAT = {"type": "chat.beat"}  # the consumer's method `chat_beat` is called with it


def with_beats(receive: Callable[[], Awaitable[dict]], seconds: float):
    """Return a `receive` that also returns a BEAT, about every so many seconds.

    A consumer does one thing after the other, and so a beat comes between two frames, never
    while one of them is being answered. The first comes at a random moment: a thousand
    connections that came at once should not all be woken at once.
    """
    due = time.monotonic() + seconds * random.random()

    async def receive_or_beat() -> dict:
        nonlocal due
        if (left := due - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(left):
                    return await receive()
            except TimeoutError:
                pass
        due = time.monotonic() + seconds
        return BEAT

    return receive_or_beat
