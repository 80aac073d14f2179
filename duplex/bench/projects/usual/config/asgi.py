"""Where every connection arrives: as the tutorial has it, through three layers to a consumer."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from chat.routing import sockets  # noqa: E402

talk = AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(sockets)))
application = ProtocolTypeRouter({"http": pages, "websocket": talk})
