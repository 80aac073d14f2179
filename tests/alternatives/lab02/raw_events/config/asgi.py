import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path, re_path  # noqa: E402
from echo.consumer import QueuedEcho  # noqa: E402


async def nothing_here(scope, receive, send):
    await receive()
    await send({"type": "websocket.close"})


sockets = URLRouter([path("ws/echo/", QueuedEcho.as_asgi()), re_path("", nothing_here)])
application = ProtocolTypeRouter({"http": pages, "websocket": sockets})
