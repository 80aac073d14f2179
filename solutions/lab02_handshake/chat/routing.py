"""Which consumer speaks for which path."""

from django.urls import path, re_path

from chat import consumers

# task 2.3: `/ws/echo/` leads to the echo, and every other path to NoSuchPath;
#   as it stands, every path leads to the echo
# stub: sockets = [re_path(r"", consumers.EchoConsumer.as_asgi())]
sockets = [
    path("ws/echo/", consumers.EchoConsumer.as_asgi()),
    re_path(r"", consumers.NoSuchPath.as_asgi()),
]
# end 2.3
