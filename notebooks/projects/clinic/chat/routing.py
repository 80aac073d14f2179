"""Which consumer speaks for which path."""

from django.urls import path, re_path

from chat.consumers import ChatConsumer, EchoConsumer, NoSuchPath

ws_urlpatterns = [
    path("ws/chat/<str:room>/", ChatConsumer.as_asgi()),
    path("ws/echo/", EchoConsumer.as_asgi()),
    re_path(r"", NoSuchPath.as_asgi()),
]
