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
        # TODO task 7.2: add the tab to the room's sorted set, its score the time at which it ends; and
        #   let the set itself expire, for the rooms to which nobody comes back: in whole seconds,
        #   and LASTS may be less than one
        await super().note(room, name, tab)

    async def forget(self, room: str, name: str, tab: str) -> None:
        """Forget a tab."""
        # TODO task 7.2: take the tab out of the room's sorted set
        await super().forget(room, name, tab)

    async def people(self, room: str) -> list[str]:
        """Return the people in a room, each once, in the order of their names."""
        # TODO task 7.2: read the tabs whose end is still to come, and remove the others; name each
        #   person once
        return await super().people(room)


def _key(room: str) -> str:
    return f"here:{room}"


presence = InRedis(settings.REDIS) if settings.REDIS else InMemory()
