"""Consumers for people: who are you, whose word is it, and are you still who you were?"""

import json

from channels.auth import get_user
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.sessions.backends.db import SessionStore

from people import presence
from people.letters import LETTERS

NOT_LOGGED_IN, NOT_INVITED = 4401, 4403


class Early(AsyncWebsocketConsumer):
    """Turns everybody away with a code, before the connection is open."""

    async def connect(self):
        await self.close(NOT_LOGGED_IN)


class PersonConsumer(AsyncWebsocketConsumer):
    """Lets in who has a session; whoever has none is told by a close code."""

    async def connect(self):
        self.name = None  # nobody, until we know better
        await self.accept()
        user = self.scope["user"]
        if not user.is_authenticated:
            await self.close(NOT_LOGGED_IN)
            return
        self.name = user.get_username()
        await self.welcome()

    async def welcome(self):
        """Greet a person who has been let in."""
        await self.tell(you=self.name)

    async def tell(self, **what):
        """Send something to this client, as JSON."""
        await self.send(json.dumps(what))


class Letters(PersonConsumer):
    """Sends a person's letters as soon as the connection is open."""

    async def welcome(self):
        await self.tell(you=self.name, letters=LETTERS.get(self.name, []))


class Believing(PersonConsumer):
    """Repeats what a client says, under the name that the client gives."""

    async def receive(self, text_data=None, bytes_data=None):
        said = json.loads(text_data)
        await self.tell(author=said["author"], text=said["text"])


class Knowing(PersonConsumer):
    """The same, under the name that the session gives."""

    async def receive(self, text_data=None, bytes_data=None):
        said = json.loads(text_data)
        await self.tell(author=self.name, text=said["text"])


class Private(PersonConsumer):
    """A room whose name lists the people who may be in it: ada+grace."""

    async def welcome(self):
        invited = self.scope["url_route"]["kwargs"]["room"].split("+")
        if self.name in invited:
            await self.tell(you=self.name)
        else:
            await self.close(NOT_INVITED)


class Here(PersonConsumer):
    """Tells everybody who is here, by one of two ways of keeping the book."""

    async def welcome(self):
        self.kind = self.scope["url_route"]["kwargs"]["book"]
        self.book = presence.BOOKS[self.kind]
        await self.channel_layer.group_add(self.kind, self.channel_name)
        self.book.enter(self.name, self.channel_name)
        await self.channel_layer.group_send(self.kind, {"type": "here"})

    async def disconnect(self, code):
        if self.name:
            await self.channel_layer.group_discard(self.kind, self.channel_name)
            self.book.leave(self.name, self.channel_name)
            await self.channel_layer.group_send(self.kind, {"type": "here"})

    async def here(self, event):
        """Tell this client who is here now."""
        await self.tell(here=self.book.people())


def session_group(session) -> str:
    """Return the group of all connections that began with this session."""
    return f"session.{session.session_key}"


class Trusting(PersonConsumer):
    """Hears what is said, and says things; who it is, was found out at the handshake."""

    async def welcome(self):
        self.own = session_group(self.scope["session"])
        await self.channel_layer.group_add("hall", self.channel_name)
        await self.channel_layer.group_add(self.own, self.channel_name)
        await super().welcome()

    async def disconnect(self, code):
        if self.name:
            await self.channel_layer.group_discard("hall", self.channel_name)
            await self.channel_layer.group_discard(self.own, self.channel_name)

    async def receive(self, text_data=None, bytes_data=None):
        event = {"type": "hall.said", "author": self.name, "text": text_data}
        await self.channel_layer.group_send("hall", event)

    async def hall_said(self, event):
        """Pass on what was said in the hall."""
        await self.tell(author=event["author"], text=event["text"])

    async def session_ended(self, event):
        """Not my business, says this one."""


class Asking(Trusting):
    """Looks at the session again whenever its client says something."""

    async def receive(self, text_data=None, bytes_data=None):
        session = SessionStore(self.scope["session"].session_key)
        user = await get_user({"session": session})
        if user.is_authenticated:
            await super().receive(text_data)
        else:
            await self.close(NOT_LOGGED_IN)


class Told(Asking):
    """Is told of a log-out, too, by an event of its session's own group."""

    async def session_ended(self, event):
        await self.close(NOT_LOGGED_IN)
