"""The same board with different promises; what differs is one method."""

from boards import store
from boards.consumers import BoardConsumer, after, pin, pin_once
from boards.models import Note


class Reading(BoardConsumer):
    """Subscribes, reads what comes after the client's cursor, and never sends a number twice."""

    async def join(self):
        await self.subscribe()
        await self.tell(type="welcome")
        for note in await after(self.board, self.last):
            await self.show(note)

    async def note_pinned(self, event):
        await self.show(event["note"])

    async def show(self, note: dict):
        """Send a note, unless the client has it."""
        if note["id"] > self.last:
            self.last = note["id"]
            await self.tell(**note)


class AtMostOnce(BoardConsumer):
    """Passes on what is said, and keeps nothing."""

    async def say(self, key, text):
        await self.publish({"type": "note", "id": 0, "by": self.name, "text": text})
        await self.tell(type="ack", key=key, id=0)


class Hasty(Reading):
    """Acknowledges first, and stores then: so it answers quickly."""

    async def say(self, key, text):
        await self.tell(type="ack", key=key)
        note = await pin(self.board, self.name, text)
        await self.publish(store.frame(note))


class AtLeastOnce(Reading):
    """Acknowledges what is stored."""

    async def say(self, key, text):
        note = await pin(self.board, self.name, text)
        await self.tell(type="ack", key=key)
        await self.publish(store.frame(note))


class Looking(Reading):
    """Looks whether the key is there; if not, stores. Two steps, and others come in between."""

    async def say(self, key, text):
        mine = Note.objects.filter(board__name=self.board, by=self.name, key=key)
        if not await mine.aexists():
            await pin(self.board, self.name, text, key)
        await self.tell(type="ack", key=key)


class Once(Reading):
    """Knows a note by its key: what is sent again is acknowledged again, and that is all."""

    async def say(self, key, text):
        note, new = await pin_once(self.board, self.name, text, key)
        await self.tell(type="ack", key=key, id=note.number)
        if new:
            await self.publish(store.frame(note))
