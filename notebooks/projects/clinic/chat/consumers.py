"""The clinic's chat. It is healthy; each case of notebook 13 breaks it in one place."""

import asyncio
import json

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer, WebsocketConsumer
from django.utils import timezone

from chat.models import Message
from chat.rooms import group_name

WORDS = ("say", "ping", "who", "save", "count", "wait", "countdown", "history")


class ChatConsumer(AsyncWebsocketConsumer):
    """One client in one room; a frame `{"do": WORD, …}` calls the method do_WORD."""

    async def connect(self):
        self.room = self.scope["url_route"]["kwargs"]["room"]
        self.group = group_name(self.room)
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data=None, bytes_data=None):
        try:
            frame = json.loads(text_data or "")
        except ValueError:
            frame = None
        if not isinstance(frame, dict) or frame.get("do") not in WORDS:
            await self.answer({"error": "A frame must be JSON that says what to do."})
            return
        await getattr(self, f"do_{frame['do']}")(frame)

    async def do_say(self, frame):
        await self.spellcheck(frame["text"])
        await self.publish(frame["text"])

    async def publish(self, text):
        event = {"type": "chat.message", "text": text, "at": timezone.now().isoformat()}
        await self.channel_layer.group_send(self.group, event)

    async def chat_message(self, event):
        await self.answer({"said": event["text"]})

    async def spellcheck(self, text):
        """Stand for some work that takes longer for a long text."""
        await asyncio.sleep(0.25 if len(text) > 20 else 0)

    async def do_history(self, frame):
        lines = [f"line {number}" for number in range(frame["lines"])]
        event = {"type": "chat.lines", "lines": lines}
        await self.channel_layer.group_send(self.group, event)

    async def chat_lines(self, event):
        for line in event["lines"]:
            await self.answer({"said": line})

    async def do_ping(self, frame):
        await self.answer({"pong": frame.get("text")})

    async def do_who(self, frame):
        await self.answer({"you": str(self.scope.get("user"))})

    async def do_save(self, frame):
        await Message.objects.acreate(text=frame["text"])
        await self.answer({"saved": frame["text"]})

    async def do_count(self, frame):
        ask = database_sync_to_async(Message.objects.count, thread_sensitive=False)
        await self.answer({"messages": await ask()})

    async def do_wait(self, frame):
        await asyncio.sleep(frame["seconds"])
        await self.answer({"waited": frame["seconds"]})

    async def do_countdown(self, frame):
        for number in (3, 2, 1):
            await self.answer({"count": number})
            await asyncio.sleep(0.2)

    async def answer(self, data):
        await self.send(text_data=json.dumps(data))


class EchoConsumer(WebsocketConsumer):
    """A synchronous consumer, which sends back what comes; it needs no channel layer."""

    def receive(self, text_data=None, bytes_data=None):
        self.send(text_data, bytes_data)


class NoSuchPath(AsyncWebsocketConsumer):
    """Refuses the handshake."""

    async def connect(self):
        await self.close()
