"""What all consumers of the boards share: they hear what is published on theirs."""

import json
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from boards import store


class BoardConsumer(AsyncWebsocketConsumer):
    """One person at one board; the name is in the path: this is a notebook."""

    async def connect(self):
        self.board, self.name = self.scope["url_route"]["kwargs"].values()
        query = parse_qs(self.scope["query_string"].decode())
        self.last = int(query.get("after", ["0"])[0])  # what this client has seen
        await self.accept()
        await self.join()

    async def disconnect(self, code):
        await self.channel_layer.group_discard(self.board, self.channel_name)

    async def join(self):
        """Begin to hear, and say so."""
        await self.subscribe()
        await self.tell(type="welcome")

    async def subscribe(self):
        """From now on, hear what is published on this board."""
        await self.channel_layer.group_add(self.board, self.channel_name)

    async def publish(self, note: dict):
        """Let everybody who has subscribed know a note."""
        await self.channel_layer.group_send(self.board, {"type": "note.pinned", "note": note})

    async def note_pinned(self, event):
        """Pass on what was published."""
        await self.tell(**event["note"])

    async def tell(self, **what):
        """Send something to this client, as JSON."""
        await self.send(json.dumps(what))

    async def receive(self, text_data=None, bytes_data=None):
        said = json.loads(text_data)
        await self.say(said["key"], said["text"])

    async def say(self, key: str, text: str):
        """Store, then publish, then acknowledge."""
        note = await pin(self.board, self.name, text)
        await self.publish(store.frame(note))
        await self.tell(type="ack", key=key, id=note.number)


pin = database_sync_to_async(store.pin)
pin_once = database_sync_to_async(store.pin_once)
after = database_sync_to_async(store.after)
