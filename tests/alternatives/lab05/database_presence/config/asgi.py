import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from chat.door import Door  # noqa: E402
from chat.routing import sockets  # noqa: E402

application = ProtocolTypeRouter({"http": pages, "websocket": Door(URLRouter(sockets))})
