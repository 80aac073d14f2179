import os
import re

from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()

from talk.hub import Tab  # noqa: E402
from talk.who import who  # noqa: E402


async def application(scope, receive, send):
    if scope["type"] == "http":
        return await pages(scope, receive, send)
    await receive()
    headers = {name.decode(): value.decode("latin1") for name, value in scope["headers"]}
    room = re.fullmatch("/ws/chat/([^/]{1,80})/", scope["path"])
    ours = [f"http://{headers.get('host')}", *settings.CSRF_TRUSTED_ORIGINS]
    if not room or headers.get("origin") not in ours:
        return await send({"type": "websocket.close"})
    await send({"type": "websocket.accept"})
    cookies = headers.get("cookie", "")
    name = await who(cookies)
    if not name or (room[1][0] == "@" and name not in room[1][1:].split("+")):
        return await send({"type": "websocket.close", "code": 4403 if name else 4401})
    return await Tab(room[1], name, cookies, receive, send).live()
