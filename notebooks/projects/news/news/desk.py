"""A desk with one clerk: whoever comes while somebody is served must queue."""

import asyncio

from django.http import JsonResponse

WORK = 0.12  # seconds for one answer
clerk = asyncio.Lock()


async def serve(request):
    """GET: the answer, after everybody who came before."""
    async with clerk:
        await asyncio.sleep(WORK)
    return JsonResponse({"messages": []})
