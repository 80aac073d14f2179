"""What has been said in the rooms: stored once, numbered, and read again.

Django's database works in threads. What a consumer awaits runs in one; `store` runs in the desk's.
"""

from channels.db import database_sync_to_async
from django.db import IntegrityError, transaction
from django.db.models import Max

from chat.models import Message

NEWEST = 50  # messages that a client gets that does not say where to go on


def store(room: str, author: str, key: str, text: str) -> tuple[Message, bool]:
    """Return the message that an author has sent under a key, and whether it is a new one."""
    try:
        return append(room, author, key, text), True
    except IntegrityError:
        return Message.objects.get(room=room, author=author, key=key), False


def append(room: str, author: str, key: str, text: str) -> Message:
    """Store a message with the room's next number; committed when this returns."""
    with transaction.atomic():
        number = newest(room) + 1
        return Message.objects.create(room=room, number=number, author=author, key=key, text=text)


def newest(room: str) -> int:
    """Return the greatest number in a room; 0 when nothing has been said there."""
    return Message.objects.filter(room=room).aggregate(newest=Max("number"))["newest"] or 0


last = database_sync_to_async(newest)  # the same, for consumers


@database_sync_to_async
def page(room: str, after: int, most: int) -> list[Message]:
    """Return the messages of a room after a number, in order, and no more than so many."""
    return list(Message.objects.filter(room=room, number__gt=after).order_by("number")[:most])
