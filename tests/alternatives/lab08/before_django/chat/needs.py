"""What the chat cannot do without."""

from channels.db import database_sync_to_async
from chat.models import Message
from django.conf import settings
from redis.asyncio import Redis


@database_sync_to_async
def database() -> bool:
    """Count what is there; a table that is not there is an error."""
    return Message.objects.all()[:1].count() >= 0


async def redis() -> bool:
    """Say PING."""
    async with Redis.from_url(settings.REDIS, socket_timeout=1) as client:
        return await client.ping()


NEEDS = {"database": database} | ({"redis": redis} if settings.REDIS else {})
