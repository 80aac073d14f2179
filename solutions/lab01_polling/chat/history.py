"""Which messages a client gets, and in which order."""

from django.db.models import QuerySet

from chat.models import Message

PAGE = 100  # messages in one answer, at most; the next poll brings the next ones


def messages_after(cursor: int) -> QuerySet[Message]:
    """Return the messages that a client has not seen whose last one had the id `cursor`."""
    # task 1.1: keep only the messages whose id is greater than the cursor
    # stub: return Message.objects.all()
    return Message.objects.filter(id__gt=cursor)
    # end 1.1


def first_page(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Return the part of `messages` that goes into one answer."""
    # task 1.2: oldest first (the model's own order is newest first), at most PAGE of them
    # stub: return messages
    return messages.order_by("id")[:PAGE]
    # end 1.2
