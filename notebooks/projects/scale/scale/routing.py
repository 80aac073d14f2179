"""Which consumer speaks for which path."""

from django.urls import path

from scale.flow import Credit, Flood, Small
from scale.presence import Here
from scale.rooms import Room, Steady, Where

sockets = [
    path("ws/room/<str:room>/", Room.as_asgi()),
    path("ws/steady/<str:room>/", Steady.as_asgi()),
    path("ws/where/", Where.as_asgi()),
    path("ws/small/<int:code>/", Small.as_asgi()),
    path("ws/flood/", Flood.as_asgi()),
    path("ws/credit/", Credit.as_asgi()),
    path("ws/here/<str:book>/<str:who>/", Here.as_asgi()),
]
