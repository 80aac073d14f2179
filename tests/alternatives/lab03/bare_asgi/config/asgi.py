import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()

from chat.talk import talk  # noqa: E402


async def application(scope, receive, send):
    if scope["type"] != "websocket":
        await pages(scope, receive, send)
    elif scope["path"] == "/ws/chat/":
        await talk(receive, send)
    else:
        await receive()
        await send({"type": "websocket.close"})
