"""Where every connection arrives: pages go to Django, WebSockets to a consumer."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()  # first: it makes Django ready for the imports below

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from chat.routing import sockets  # noqa: E402

from config.closing import graceful  # noqa: E402
from config.codes import teach  # noqa: E402

teach()

talk = URLRouter(sockets)

talk = AuthMiddlewareStack(talk)

talk = AllowedHostsOriginValidator(talk)


async def straight(scope, receive, send):
    """Keep the server's own send: the session middleware's looks at the session for each frame."""
    await talk(scope | {"server.send": send}, receive, send)


application = graceful(ProtocolTypeRouter({"http": pages, "websocket": straight}))
