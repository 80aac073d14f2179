"""Which consumer speaks for which path."""

from django.urls import path, re_path

from chat import consumers

sockets = [
    path("ws/chat/<str:room>/", consumers.ChatConsumer.as_asgi()),
    re_path(r"", consumers.NoSuchPath.as_asgi()),
]
