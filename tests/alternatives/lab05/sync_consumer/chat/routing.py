from chat.consumers import Closed, Room
from django.urls import re_path

sockets = [
    re_path(r"^ws/chat/(?P<name>[^/]{1,80})/$", Room.as_asgi()),
    re_path(r"^", Closed.as_asgi()),
]
