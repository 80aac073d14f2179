"""What the chat remembers."""

from django.db import models


class Message(models.Model):
    """One message: the `number`-th of its room, said once by its author under its `key`."""

    room = models.CharField(max_length=80)
    number = models.PositiveBigIntegerField()
    author = models.CharField(max_length=150)
    key = models.CharField(max_length=64)
    text = models.TextField(max_length=1000)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "number"], name="number_once_in_a_room"),
            models.UniqueConstraint(fields=["room", "author", "key"], name="message_stored_once"),
        ]

    def as_frame(self) -> dict:
        """Return what every client in the room may see; the time is ISO 8601 in UTC."""
        return {"type": "message", "id": self.number, "room": self.room, "author": self.author,
                "text": self.text, "sent_at": self.sent_at.isoformat()}  # fmt: skip
