"""What an event is worth: the note itself, or a hint that there is one."""

from boards import store
from boards.consumers import BoardConsumer, after, pin


class Burst(BoardConsumer):
    """Pins as many notes as its client says, in one go; a word, once."""

    async def say(self, key, text):
        words = range(int(text)) if text.isdecimal() else [text]
        for word in words:
            note = await pin(self.board, self.name, str(word))
            await self.publish(store.frame(note))


class Believing(Burst):
    """Sends what the events hold."""


class Hinted(Burst):
    """Takes an event for a hint, and reads from the database what its client has not seen."""

    async def note_pinned(self, event):
        for note in await after(self.board, self.last):
            self.last = note["id"]
            await self.tell(**note)
