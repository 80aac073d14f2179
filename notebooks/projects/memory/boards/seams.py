"""Ways to join: history from the database, then what is new; and the seam between the two."""

import asyncio
import time
from collections import defaultdict

from boards import store
from boards.consumers import BoardConsumer, after, pin

_standing: dict[str, list[asyncio.Event]] = defaultdict(list)
traces: dict[str, list] = defaultdict(list)  # for each board: (seconds, what happened)


def waiting(board: str) -> int:
    """Return how many clients stand at a board's seam."""
    return len(_standing[board])


async def held_open(board: str):
    """Wait until one more note is pinned: so that the race is run each time, not now and then."""
    _standing[board].append(event := asyncio.Event())
    await event.wait()


class Writer(BoardConsumer):
    """Pins, publishes, and lets those go on who stand at the seam."""

    async def say(self, key, text):
        note = await pin(self.board, self.name, text)
        traces[self.board].append((time.time(), f"{note.number} is said"))
        await self.publish(store.frame(note))
        await self.tell(type="ack", key=key, id=note.number)
        for event in _standing.pop(self.board, ()):
            event.set()


class Joiner(BoardConsumer):
    """Reads and subscribes, and notes when."""

    async def read(self):
        """Send what is on the board."""
        notes = await after(self.board, self.last)
        traces[self.board].append((time.time(), f"reads up to {notes[-1]['id']}"))
        for note in notes:
            await self.show(note)

    async def subscribe(self):
        await super().subscribe()
        traces[self.board].append((time.time(), "subscribes"))

    async def note_pinned(self, event):
        await self.show(event["note"])

    async def show(self, note):
        """Send a note."""
        await self.tell(**note)


class ReadFirst(Joiner):
    """Reads, then subscribes."""

    async def join(self):
        await self.read()
        await held_open(self.board)
        await self.subscribe()
        await self.tell(type="welcome")


class SubscribeFirst(Joiner):
    """Subscribes, then reads."""

    async def join(self):
        await self.subscribe()
        await held_open(self.board)
        await self.read()
        await self.tell(type="welcome")


class Seamless(SubscribeFirst):
    """Subscribes, then reads, and never sends a number twice."""

    async def show(self, note):
        if note["id"] > self.last:
            self.last = note["id"]
            await self.tell(**note)
