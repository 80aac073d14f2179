"""Where every connection arrives: as in the usual chat, and past it for what the hub sends."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from chat.routing import sockets  # noqa: E402

talk = AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(sockets)))


async def straight(scope, receive, send):
    """Keep the server's own send: the session middleware's looks at the session for each frame."""
    return await talk({**scope, "server.send": send}, receive, send)


application = ProtocolTypeRouter({"http": pages, "websocket": straight})
