"""A feed that is read in two ways: by polling `/feed/`, and over `/ws/feed/`."""

import json
import time

from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import JsonResponse

history = []  # every message so far; a message's id is its place, from 1
listeners = set()  # the open WebSockets


class FeedConsumer(AsyncWebsocketConsumer):
    """Receives every message of the feed at the moment when it is published."""

    async def connect(self):
        await self.accept()
        listeners.add(self)

    async def disconnect(self, code):
        listeners.discard(self)


async def messages(request):
    """GET `?after=ID`: the messages after that one. POST: publish the body as a message."""
    if request.method == "GET":
        after = int(request.GET.get("after", 0))
        return JsonResponse({"messages": history[after:]})
    message = {"id": len(history) + 1, "text": request.body.decode(), "at": time.time()}
    history.append(message)
    for listener in list(listeners):
        await listener.send(text_data=json.dumps(message))
    return JsonResponse(message, status=201)
