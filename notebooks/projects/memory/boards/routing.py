"""Which consumer keeps the board at which path; the person's name is a part of each."""

from django.urls import path

from boards import hints, promises, seams
from boards.consumers import BoardConsumer

KINDS = {
    "plain": BoardConsumer,
    "at-most-once": promises.AtMostOnce,
    "hasty": promises.Hasty,
    "at-least-once": promises.AtLeastOnce,
    "looking": promises.Looking,
    "once": promises.Once,
    "writer": seams.Writer,
    "read-first": seams.ReadFirst,
    "subscribe-first": seams.SubscribeFirst,
    "seamless": seams.Seamless,
    "believing": hints.Believing,
    "hinted": hints.Hinted,
}
sockets = [
    path(f"ws/{kind}/<str:board>/<str:name>/", consumer.as_asgi())
    for kind, consumer in KINDS.items()
]
