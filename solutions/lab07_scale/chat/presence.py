"""Who is here: the people in each room, each with one tab or with several."""

import time
from collections import defaultdict

from django.conf import settings
from redis.asyncio import Redis

LASTS = 3 * settings.HEARTBEAT  # seconds for which a tab is here that has not been noted again


class InMemory:
    """The people of this process."""

    def __init__(self):
        self._tabs: dict[str, dict[str, str]] = defaultdict(dict)  # for each room: whose a tab is

    async def note(self, room: str, name: str, tab: str) -> None:
        """Note that a person's tab is here, until it is forgotten."""
        self._tabs[room][tab] = name

    async def forget(self, room: str, name: str, tab: str) -> None:
        """Forget a tab."""
        self._tabs[room].pop(tab, None)
        if not self._tabs[room]:
            del self._tabs[room]

    async def people(self, room: str) -> list[str]:
        """Return the people in a room, each once, in the order of their names."""
        return sorted(set(self._tabs.get(room, {}).values()))


class InRedis(InMemory):
    """The people of all processes: for each room a sorted set of tabs, by the time of their end.

    A tab is a text "name tab", and a name has no blanks. Who is not noted again is here no longer
    when LASTS seconds have passed, whatever has become of its process. The computers' clocks must
    agree within about a heartbeat.
    """

    def __init__(self, url: str):
        super().__init__()
        self._redis = Redis.from_url(url, decode_responses=True)

    async def note(self, room: str, name: str, tab: str) -> None:
        """Note that a person's tab is here, for LASTS seconds."""
        # task 7.2: add the tab to the room's sorted set, its score the time at which it ends; and
        #   let the set itself expire, for the rooms to which nobody comes back: in whole seconds,
        #   and LASTS may be less than one
        # stub: await super().note(room, name, tab)
        async with self._redis.pipeline() as both:
            both.zadd(_key(room), {f"{name} {tab}": time.time() + LASTS})
            both.expire(_key(room), round(LASTS) + 1)
            await both.execute()
        # end 7.2

    async def forget(self, room: str, name: str, tab: str) -> None:
        """Forget a tab."""
        # task 7.2: take the tab out of the room's sorted set
        # stub: await super().forget(room, name, tab)
        await self._redis.zrem(_key(room), f"{name} {tab}")
        # end 7.2

    async def people(self, room: str) -> list[str]:
        """Return the people in a room, each once, in the order of their names."""
        # task 7.2: read the tabs whose end is still to come, and remove the others; name each
        #   person once
        # stub: return await super().people(room)
        async with self._redis.pipeline() as both:
            both.zremrangebyscore(_key(room), "-inf", time.time())
            both.zrange(_key(room), 0, -1)
            _, tabs = await both.execute()
        return sorted({tab.partition(" ")[0] for tab in tabs})
        # end 7.2


def _key(room: str) -> str:
    return f"here:{room}"


presence = InRedis(settings.REDIS) if settings.REDIS else InMemory()
