"""Which consumer speaks for which path."""

from django.urls import path, re_path

from chat import consumers

sockets = [
    # TODO task 4.1: the room is the part of the path between `ws/chat/` and the last slash; name it
    #   `room`, as in the paths of pages; as it stands, everything below `ws/chat/` is a room
    re_path(r"^ws/chat/", consumers.ChatConsumer.as_asgi()),
    re_path(r"", consumers.NoSuchPath.as_asgi()),
]
