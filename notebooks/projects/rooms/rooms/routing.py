"""Which consumer speaks for which path; the room is a part of each path."""

from django.urls import path

from rooms import slips
from rooms.consumers import BurstConsumer, EchoConsumer, RoomConsumer

sockets = [
    path("ws/room/<str:room>/", RoomConsumer.as_asgi()),
    path("ws/burst/<str:room>/", BurstConsumer.as_asgi()),
    path("ws/echo/", EchoConsumer.as_asgi()),
    path("ws/unawaited/<str:room>/", slips.Unawaited.as_asgi()),
    path("ws/forgetful/<str:room>/", slips.Forgetful.as_asgi()),
    path("ws/credulous/<str:room>/", slips.Credulous.as_asgi()),
    path("ws/circular/<str:room>/", slips.Circular.as_asgi()),
    path("ws/lecture/<str:room>/", slips.FromTheLecture.as_asgi()),
]
