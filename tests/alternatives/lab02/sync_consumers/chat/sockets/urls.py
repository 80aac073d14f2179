from channels.routing import URLRouter
from django.urls import re_path

from chat.sockets.echo import Echo, Refuse

below_ws = URLRouter(
    [
        re_path(r"^echo/$", Echo.as_asgi()),
        re_path(r"", Refuse.as_asgi()),
    ]
)
application = URLRouter(
    [
        re_path(r"^ws/", below_ws),
        re_path(r"", Refuse.as_asgi()),
    ]
)
