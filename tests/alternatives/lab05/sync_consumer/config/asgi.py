import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import OriginValidator  # noqa: E402
from channels.sessions import SessionMiddlewareStack  # noqa: E402
from chat.routing import sockets  # noqa: E402

hosts = ["localhost", "127.0.0.1"]
chat = OriginValidator(SessionMiddlewareStack(URLRouter(sockets)), hosts)
application = ProtocolTypeRouter({"http": pages, "websocket": chat})
