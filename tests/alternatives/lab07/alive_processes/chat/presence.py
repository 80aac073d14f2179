import asyncio
import uuid

from django.conf import settings
from redis.asyncio import Redis

LASTS = round(3000 * settings.HEARTBEAT)
HERE = uuid.uuid4().hex
tabs = {}


class Alone:
    async def note(self, room, name, tab):
        tabs.setdefault(room, {})[tab] = name

    async def forget(self, room, name, tab):
        tabs.get(room, {}).pop(tab, None)

    async def people(self, room):
        return sorted(set(tabs.get(room, {}).values()))


class Together(Alone):
    def __init__(self, url):
        self.redis = Redis.from_url(url, decode_responses=True)

    async def note(self, room, name, tab):
        await super().note(room, name, tab)
        await asyncio.gather(
            self.redis.set(f"alive {HERE}", "yes", px=LASTS),
            self.redis.hset(f"tabs {room}", f"{HERE} {tab}", name),
        )

    async def forget(self, room, name, tab):
        await super().forget(room, name, tab)
        await self.redis.hdel(f"tabs {room}", f"{HERE} {tab}")

    async def people(self, room):
        found, alive = await self.redis.hgetall(f"tabs {room}"), {}
        for tab in found:
            process = tab.partition(" ")[0]
            if process not in alive:
                alive[process] = await self.redis.exists(f"alive {process}")
        return sorted({name for tab, name in found.items() if alive[tab.partition(" ")[0]]})


presence = Together(settings.REDIS) if settings.REDIS else Alone()
