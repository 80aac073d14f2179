"""Which consumer speaks for which path."""

from django.urls import path

from work.consumers import DatabaseConsumer, WorkConsumer

sockets = [
    path("ws/work/", WorkConsumer.as_asgi()),
    path("ws/database/", DatabaseConsumer.as_asgi()),
]
