"""A feed that is read in three ways: by polling, by long polling, and as a stream of events."""

import asyncio
import contextlib
import json
import threading
import time

from django.http import JsonResponse, StreamingHttpResponse

PATIENCE = 20  # seconds that a long poll is held without news
history = []  # every message so far; a message's id is its place, from 1
news = asyncio.Condition()  # notified when a message is published
waiting = 0  # readers that are held at this moment


async def messages(request):
    """GET `?after=ID`: the messages after that one. POST: publish the body as a message."""
    if request.method == "GET":
        return JsonResponse({"messages": history[cursor(request) :]})
    message = {"id": len(history) + 1, "text": request.body.decode(), "at": time.time()}
    history.append(message)
    async with news:
        news.notify_all()
    return JsonResponse(message, status=201)


async def wait(request):
    """GET `?after=ID`: the messages after that one, but not before there is one."""
    after = cursor(request)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await until_news(after)
    return JsonResponse({"messages": history[after:]})


async def stream(request):
    """GET: the messages after the last one that this reader had, each when it is published."""
    after = int(request.headers.get("Last-Event-ID", cursor(request)))
    return StreamingHttpResponse(events(after), content_type="text/event-stream")


async def events(after):
    """Yield each message as an event, for as long as somebody reads."""
    yield "retry: 1000\n\n"  # the browser waits so many milliseconds before it connects again
    while True:
        await until_news(after)
        for message in history[after:]:
            yield f"id: {message['id']}\ndata: {json.dumps(message)}\n\n"
        after = len(history)


async def until_news(after):
    """Suspend this reader until there is a message after that one."""
    global waiting
    waiting += 1
    try:
        async with news:
            await news.wait_for(lambda: len(history) > after)
    finally:
        waiting -= 1


async def readers(request):
    """Tell how many readers are held, and how many threads this server has."""
    threads = threading.active_count()
    return JsonResponse({"waiting": waiting, "threads": threads, "last": len(history)})


def cursor(request):
    """Return the id after which a client asks."""
    return int(request.GET.get("after", 0))
