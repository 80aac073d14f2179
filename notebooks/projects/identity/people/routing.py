"""Which consumer speaks for which path, and who stands before it at the door."""

from channels.auth import AuthMiddlewareStack
from channels.security.websocket import AllowedHostsOriginValidator, OriginValidator
from django.urls import path

from people import consumers

letters = AuthMiddlewareStack(consumers.Letters.as_asgi())

sockets = [
    path("ws/letters/", letters),
    path("ws/hosts/", AllowedHostsOriginValidator(letters)),
    path("ws/origins/", OriginValidator(letters, ["http://chat.example"])),
    path("ws/early/", AuthMiddlewareStack(consumers.Early.as_asgi())),
    path("ws/believing/", AuthMiddlewareStack(consumers.Believing.as_asgi())),
    path("ws/knowing/", AuthMiddlewareStack(consumers.Knowing.as_asgi())),
    path("ws/private/<str:room>/", AuthMiddlewareStack(consumers.Private.as_asgi())),
    path("ws/here/<str:book>/", AuthMiddlewareStack(consumers.Here.as_asgi())),
    path("ws/trusting/", AuthMiddlewareStack(consumers.Trusting.as_asgi())),
    path("ws/asking/", AuthMiddlewareStack(consumers.Asking.as_asgi())),
    path("ws/told/", AuthMiddlewareStack(consumers.Told.as_asgi())),
]
