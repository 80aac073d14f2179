"""Which consumer speaks for which path, and what stands before it."""

from channels.auth import AuthMiddleware, AuthMiddlewareStack
from channels.sessions import CookieMiddleware, SessionMiddleware
from django.urls import path

from desk.consumers import ScopeConsumer, WhoConsumer
from desk.stations import Station

see, who = ScopeConsumer.as_asgi(), WhoConsumer.as_asgi()

measured = Station("server", CookieMiddleware(
    Station("CookieMiddleware", SessionMiddleware(
        Station("SessionMiddleware", AuthMiddleware(
            Station("AuthMiddleware", see)))))))  # fmt: skip

sockets = [
    path("ws/see/<str:room>/", see),
    path("ws/stack/", AuthMiddlewareStack(see)),
    path("ws/who/", AuthMiddlewareStack(who)),
    path("ws/stations/", measured),
    path("ws/upside-down/", AuthMiddleware(SessionMiddleware(CookieMiddleware(see)))),
]
