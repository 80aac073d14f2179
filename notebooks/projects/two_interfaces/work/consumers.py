"""Consumers that work when they are told to, and say when they worked."""

import asyncio
import time

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from work.report import Report
from work.views import slow_notes


class WorkConsumer(AsyncJsonWebsocketConsumer):
    """Waits in the way that the client names, and answers with a report."""

    async def receive_json(self, content):
        with Report() as report:
            await getattr(self, content["way"])(content.get("seconds", 0))
        await self.send_json(report)

    async def at_once(self, seconds):
        """Do not wait at all."""

    async def blocking(self, seconds):
        """Wait, and make everybody in this process wait."""
        time.sleep(seconds)

    async def awaiting(self, seconds):
        """Wait, and let the event loop go on."""
        await asyncio.sleep(seconds)

    async def in_the_thread(self, seconds):
        """Wait in the one thread that all consumers of this process share."""
        await sync_to_async(time.sleep)(seconds)

    async def in_a_thread(self, seconds):
        """Wait in some other thread."""
        await sync_to_async(time.sleep, thread_sensitive=False)(seconds)


class DatabaseConsumer(AsyncJsonWebsocketConsumer):
    """Asks a slow database in the way that the client names."""

    async def receive_json(self, content):
        ask = database_sync_to_async(
            lambda: slow_notes(content["seconds"]).get()["where"],
            thread_sensitive=content["thread_sensitive"],
        )
        with Report() as report:
            report["query"] = await ask()
        await self.send_json(report)
