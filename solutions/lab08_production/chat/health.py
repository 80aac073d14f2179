"""What machines ask: whether the process works, whether it can serve, and how much it does."""

import asyncio

from config.closing import goodbye
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.asyncio import Redis

from chat.models import Message

PATIENCE = 2  # seconds for each of the things that are needed


async def live(request: HttpRequest) -> HttpResponse:
    """Answer; a process that cannot do even this should be started again."""
    return JsonResponse({"live": True})


async def ready(request: HttpRequest) -> HttpResponse:
    """Tell whether new connections are welcome here, and what is missing if not."""
    # task 8.5: `missing` lists the names of those NEEDS that do not answer; as it stands, the
    #   process is ready whatever has become of them
    # stub: missing = []
    works = await asyncio.gather(*(answers(need) for need in NEEDS.values()))
    missing = [name for name, fine in zip(NEEDS, works, strict=True) if not fine]
    # end 8.5
    return JsonResponse({"ready": not missing, "missing": missing}, status=503 if missing else 200)


async def answers(need) -> bool:
    """Tell whether something that is needed answers, and in time."""
    # task 8.5: wait at most PATIENCE seconds; an exception, of whatever kind, is a no
    # stub: return await need()
    try:
        async with asyncio.timeout(PATIENCE):
            return await need()
    except Exception:
        return False
    # end 8.5


async def database() -> bool:
    """Ask for a message; a database without the tables is of no use either."""
    await Message.objects.aexists()
    return True


async def redis() -> bool:
    """Ask Redis, where there is to be one."""
    if not settings.REDIS:
        return True
    async with Redis.from_url(settings.REDIS) as client:
        return await client.ping()


async def stays() -> bool:
    """Tell whether the process goes on."""
    return not goodbye.begun


NEEDS = {"database": database, "redis": redis, "closing": stays}


def metrics(request: HttpRequest) -> HttpResponse:
    """Show what the process has counted, in the text format of Prometheus."""
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
