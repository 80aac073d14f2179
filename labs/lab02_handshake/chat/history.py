"""Which messages a client gets, and in which order."""

from django.db.models import QuerySet

from chat.models import Message

PAGE = 100  # messages in one answer, at most; the next poll brings the next ones


def messages_after(cursor: int) -> QuerySet[Message]:
    """Return the messages that a client has not seen whose last one had the id `cursor`."""
    return Message.objects.filter(id__gt=cursor)


def first_page(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Return the part of `messages` that goes into one answer."""
    return messages.order_by("id")[:PAGE]
