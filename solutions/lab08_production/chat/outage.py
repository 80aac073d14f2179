"""Redis may be away for a while; the chat goes on as well as it can, and forgets nothing."""

import asyncio
import logging
from collections.abc import Awaitable

from redis.exceptions import RedisError

AWAY = (RedisError, OSError, TimeoutError)  # what is raised when Redis does not answer
PATIENCE = 2  # seconds; a Redis that does not even refuse must not keep anybody waiting
log = logging.getLogger(__name__)


async def ask(request: Awaitable, otherwise: object = None) -> object:
    """Return what Redis answers; while it is away, `otherwise`: the next heartbeat asks again."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await request
    except AWAY as error:
        log.warning("Redis is away: %s", error)
        return otherwise
