"""Which consumer speaks for which path."""

from django.urls import path

from echo.consumers import EchoConsumer, GoodbyeConsumer, LengthConsumer
from echo.feed import FeedConsumer

sockets = [
    path("ws/echo/", EchoConsumer.as_asgi()),
    path("ws/length/", LengthConsumer.as_asgi()),
    path("ws/goodbye/", GoodbyeConsumer.as_asgi()),
    path("ws/feed/", FeedConsumer.as_asgi()),
]
