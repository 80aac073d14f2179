import os
import re

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()

from talk.hub import talk  # noqa: E402


async def application(scope, receive, send):
    if scope["type"] == "http":
        return await pages(scope, receive, send)
    await receive()
    room = re.fullmatch("/ws/chat/([^/]{1,80})/", scope["path"])
    if not room:
        return await send({"type": "websocket.close"})
    await send({"type": "websocket.accept"})
    return await talk(room[1], receive, send)
