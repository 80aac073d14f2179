"""The consumers: each connection has one of its own, from the handshake to the close."""

import asyncio
import json
import os

from channels.generic.websocket import AsyncWebsocketConsumer

from chat import members
from chat.inputs import BadFrame, read_frame


class ChatConsumer(AsyncWebsocketConsumer):
    """One client: what it says, everybody hears."""

    async def connect(self):
        """Accept the client, count it in, and welcome it."""
        self.reminders = set()  # the tasks that still wait
        await self.accept()
        members.join(self)
        welcome = {"type": "welcome", "here": len(members.members)}
        # TODO task 3.5: tell the client also, as `process`, the id of the process that it speaks to
        pass
        await self.answer(welcome)

    async def disconnect(self, code):
        """Count the client out, and forget what it wanted to be reminded of."""
        members.leave(self)
        for task in self.reminders:
            task.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None):
        """Do what a frame asks for; what is wrong with it, only its sender is told."""
        # TODO task 3.3: when read_frame raises BadFrame, answer with {"type": "error", "error": …}
        frame = read_frame(text_data)
        if frame["type"] == "message":
            await self.say(frame)
        else:
            await self.remind(frame)

    async def say(self, frame: dict):
        """Pass a message on."""
        message = {"type": "message", "author": frame["author"], "text": frame["text"]}
        # TODO task 3.2: let every member hear it; as it stands, only the sender does
        await self.answer(message)

    async def remind(self, frame: dict):
        """Send the text back after some seconds, which must hold up nobody: not even its sender."""
        # TODO task 3.4: let a task of its own (`asyncio.create_task`) wait, and return at once; keep the
        #   task in self.reminders, since the event loop alone does not hold it
        await asyncio.sleep(frame["after"])
        await self.answer({"type": "reminder", "text": frame["text"]})

    # TODO task 3.4: write `remind_later`: wait with a sleep that lets others go on, then answer

    async def answer(self, data: dict):
        """Send an object to this client, as JSON."""
        await self.send(text_data=json.dumps(data))


class NoSuchPath(AsyncWebsocketConsumer):
    """Refuses the handshake: the client gets HTTP 403, and the log stays quiet."""

    async def connect(self):
        await self.close()
