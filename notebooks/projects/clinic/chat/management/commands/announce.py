"""`python manage.py announce ROOM TEXT`: say something in a room, from outside the server."""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.core.management.base import BaseCommand

from chat.rooms import group_name


class Command(BaseCommand):
    """Publishes a message in a room."""

    help = "Say something in a room."

    def add_arguments(self, parser):
        parser.add_argument("room")
        parser.add_argument("text")

    def handle(self, *, room, text, **_):
        publish = async_to_sync(get_channel_layer().group_send)
        publish(group_name(room), {"type": "chat.message", "text": text})
        self.stdout.write("Published.")
