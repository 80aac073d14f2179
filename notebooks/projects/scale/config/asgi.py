"""Where every connection arrives: pages go to Django, WebSockets to a consumer."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()  # first: it makes Django ready for the imports below

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from scale.routing import sockets  # noqa: E402

application = ProtocolTypeRouter({"http": pages, "websocket": URLRouter(sockets)})
