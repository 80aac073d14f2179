"""Which consumer speaks for which path; `endpoint` is the one of the lecture's example."""

from django.urls import path, re_path

from page import consumers

sockets = [
    path("endpoint", consumers.EchoConsumer.as_asgi()),
    path("ws/echo/", consumers.EchoConsumer.as_asgi()),
    path("ws/ticks/", consumers.TicksConsumer.as_asgi()),
    path("ws/picture/", consumers.PictureConsumer.as_asgi()),
    path("ws/sink/", consumers.SinkConsumer.as_asgi()),
    path("ws/close/", consumers.CloseConsumer.as_asgi()),
    re_path("", consumers.RefuseConsumer.as_asgi()),
]
