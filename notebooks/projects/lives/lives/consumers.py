"""Small consumers, each for one experiment of notebook 07."""

import asyncio
import json
import threading
import time

from channels.generic.websocket import (
    AsyncJsonWebsocketConsumer,
    AsyncWebsocketConsumer,
    WebsocketConsumer,
)

ends = []  # the close codes that EndsConsumer was told


class LectureConsumer(AsyncWebsocketConsumer):
    """The lecture's naive consumer, in English."""

    async def connect(self):
        await self.accept()
        await self.send("Connected!")

    async def receive(self, text_data=None, bytes_data=None):
        await self.send(text_data, bytes_data)


class CountConsumer(AsyncWebsocketConsumer):
    """Counts the messages that it has got, in itself."""

    count = 0

    async def receive(self, text_data=None, bytes_data=None):
        self.count += 1
        await self.send(f"{text_data}: message {self.count}")


class ThreadConsumer(WebsocketConsumer):
    """A synchronous consumer, which tells the thread that it runs in."""

    def receive(self, text_data=None, bytes_data=None):
        time.sleep(float(text_data or 0))
        self.send(threading.current_thread().name)


class TaskConsumer(AsyncWebsocketConsumer):
    """An asynchronous consumer, which tells the same."""

    async def receive(self, text_data=None, bytes_data=None):
        await asyncio.sleep(float(text_data or 0))
        await self.send(threading.current_thread().name)


class JsonConsumer(AsyncJsonWebsocketConsumer):
    """Takes JSON and gives JSON: says which Python type came."""

    async def receive_json(self, content, **kwargs):
        await self.send_json({"type": type(content).__name__, "content": content})


class TurnsConsumer(AsyncWebsocketConsumer):
    """Handles `NAME SECONDS HOW`: waits so, and tells when it began and when it ended."""

    async def receive(self, text_data=None, bytes_data=None):
        name, seconds, how = text_data.split()
        began = time.perf_counter()
        if how == "blocking":
            time.sleep(float(seconds))
        else:
            await asyncio.sleep(float(seconds))
        ended = time.perf_counter()
        await self.send(json.dumps({"name": name, "began": began, "ended": ended}))


class CodeConsumer(AsyncWebsocketConsumer):
    """Does what goes wrong: `raise`, `dict`, or closes with the code that it is sent."""

    async def receive(self, text_data=None, bytes_data=None):
        if text_data == "raise":
            raise ValueError("I had an error")
        if text_data == "dict":
            await self.send({"type": "message"})
        await self.close(code=int(text_data))


class EndsConsumer(AsyncWebsocketConsumer):
    """Remembers how its connections ended, and tells it; fails when it is told to."""

    async def receive(self, text_data=None, bytes_data=None):
        if text_data == "raise":
            raise ValueError("I had an error")
        await self.send(json.dumps(ends))

    async def disconnect(self, code):
        ends.append(code)


class RefusesConsumer(AsyncWebsocketConsumer):
    """Closes before it has accepted, with a code of its own."""

    async def connect(self):
        await self.close(code=4001)


class FailsConsumer(AsyncWebsocketConsumer):
    """Fails before it has accepted."""

    async def connect(self):
        raise ValueError("I had an error")
