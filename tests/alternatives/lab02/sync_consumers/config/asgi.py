import os

import django
from django.core.asgi import get_asgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from channels.routing import ProtocolTypeRouter  # noqa: E402
from chat.sockets import urls  # noqa: E402

application = ProtocolTypeRouter(
    {
        "websocket": urls.application,
        "http": get_asgi_application(),
    }
)
