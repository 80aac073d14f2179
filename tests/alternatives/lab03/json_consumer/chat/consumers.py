import asyncio
import json
import math
import os

from channels.generic.websocket import AsyncJsonWebsocketConsumer, AsyncWebsocketConsumer

GROUP = "everybody"


class Misunderstood(Exception):
    pass


def check(condition, what):
    if not condition:
        raise Misunderstood(what)


class ChatConsumer(AsyncJsonWebsocketConsumer):
    here = 0

    async def connect(self):
        await self.channel_layer.group_add(GROUP, self.channel_name)
        ChatConsumer.here += 1
        self.background = []
        await self.accept()
        await self.send_json({"type": "welcome", "process": os.getpid(), "here": ChatConsumer.here})

    async def websocket_disconnect(self, message):
        ChatConsumer.here -= 1
        for task in self.background:
            task.cancel()
        await self.channel_layer.group_discard(GROUP, self.channel_name)
        await super().websocket_disconnect(message)

    async def receive(self, text_data=None, bytes_data=None, **kwargs):
        try:
            check(text_data is not None, "text, please")
            await self.receive_json(json.loads(text_data))
        except (ValueError, RecursionError, Misunderstood) as error:
            await self.send_json({"type": "error", "error": str(error) or "no JSON"})

    async def receive_json(self, content, **kwargs):
        check(isinstance(content, dict), "an object, please")
        if content.get("type") == "message":
            self.check_words(content, author=40, text=1000)
            event = {"type": "said", "author": content["author"], "text": content["text"]}
            await self.channel_layer.group_send(GROUP, event)
        elif content.get("type") == "remind":
            self.check_words(content, text=1000)
            after = content.get("after")
            check(type(after) in (int, float) and not math.isnan(after), "after, please")
            check(0 <= after <= 60, "too long")
            self.background.append(asyncio.ensure_future(self.later(after, content["text"])))
        else:
            check(False, "unknown type")

    def check_words(self, content, **limits):
        for name, longest in limits.items():
            words = content.get(name)
            check(
                isinstance(words, str) and 1 <= len(words) <= longest and not words.isspace(), name
            )

    async def later(self, seconds, text):
        await asyncio.sleep(seconds)
        await self.send_json({"type": "reminder", "text": text})

    async def said(self, event):
        await self.send_json(event | {"type": "message"})


class NoSuchPath(AsyncWebsocketConsumer):
    async def connect(self):
        await self.close()
