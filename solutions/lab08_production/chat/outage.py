"""Redis may be away for a while; the chat goes on as well as it can, and forgets nothing."""

import asyncio
import logging
import time
from collections.abc import Coroutine

from django.conf import settings
from redis.exceptions import RedisError

AWAY = (RedisError, OSError, TimeoutError)  # what is raised when Redis does not answer
PATIENCE = 1  # seconds; a Redis that does not even refuse must not keep everybody waiting
log = logging.getLogger(__name__)
_later = 0.0  # the moment from which on such a Redis is asked again


async def ask(request: Coroutine, otherwise: object = None) -> object:
    """Return what Redis answers; while it is away, `otherwise`: the next heartbeat asks again."""
    if time.monotonic() < _later:
        request.close()
        return otherwise
    try:
        async with asyncio.timeout(PATIENCE):
            return await request
    except AWAY as error:
        note(error)
        return otherwise


def note(error: Exception) -> None:
    """Write down that Redis is away; one that keeps others waiting is left alone for a while."""
    global _later
    log.warning("Redis is away: %s: %s", type(error).__name__, error)
    if type(error) is TimeoutError:
        _later = time.monotonic() + settings.HEARTBEAT
