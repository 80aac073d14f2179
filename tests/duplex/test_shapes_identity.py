"""Shapes of who a client is, and how it is turned away: seen where they are, and nowhere else."""

import pytest

from duplex.diagnosis import shapes
from duplex.diagnosis.code import Code

SLIPS = """
from channels.auth import get_user
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.sessions.backends.db import SessionStore

FIELDS = {"message": ("text"), "join": ()}

class Chat(AsyncWebsocketConsumer):
    async def connect(self):
        user = self.scope["user"]
        if user is None:
            await self.close(4401)
        await self.channel_layer.group_add("g", self.channel_name)
        if not user:
            await self.close(4403)
            return
    async def receive(self, text_data):
        session = SessionStore(self.scope["session"].session_key)
        user = await get_user(session)
        if self.known is None:
            self.known = await self.ask(user)
"""
RIGHT = """
from channels.auth import get_user
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.sessions.backends.db import SessionStore

FIELDS = {"message": ("text",), "join": ()}

class Chat(AsyncWebsocketConsumer):
    async def connect(self):
        if not self.scope["user"].is_authenticated:
            await self.close(4401)
            return
        await self.channel_layer.group_add("g", self.channel_name)
    async def receive(self, text_data):
        inner = {"session": SessionStore(self.scope["session"].session_key)}
        user = await get_user(inner)
        if self.open:
            self.known = await self.ask(user)
"""
CASES = [
    ("truth_of_user", {}, 14),
    ("truth_of_user", {"compared": "None"}, 11),
    ("close_without_return", {}, 12),
    ("call_still", {"method": "connect", "first": "group_add", "then": "close"}, 15),
    ("user_of_session", {}, 19),
    ("asked_once", {}, 21),
    ("text_for_tuple", {"text": "text"}, 6),
]


def found(folder, text: str, rule: str, parameters: dict) -> list[int]:
    """Return the lines of a text in which a shape is seen."""
    (folder / "chat.py").write_text(text)
    assert shapes.fault(rule, parameters) == ""
    return [place.line for place in shapes.places(Code(folder), rule, parameters)]


@pytest.mark.parametrize(("rule", "parameters", "line"), CASES)
def test_slip_is_seen_and_right_code_is_not(tmp_path, rule, parameters, line):
    assert found(tmp_path, SLIPS, rule, parameters) == [line]
    assert found(tmp_path, RIGHT, rule, parameters) == []


def test_user_of_the_scope_is_seen(tmp_path):
    of_scope = SLIPS.replace("get_user(session)", "get_user(self.scope)")
    assert found(tmp_path, of_scope, "user_of_scope", {}) == [19]
    assert found(tmp_path, of_scope, "user_of_session", {}) == []
    assert found(tmp_path, RIGHT, "user_of_scope", {}) == []
