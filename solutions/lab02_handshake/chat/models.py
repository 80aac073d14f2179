"""What the chat remembers."""

from django.db import models


class Message(models.Model):
    """One message; a later message has a greater id."""

    author = models.CharField(max_length=40)
    text = models.TextField(max_length=1000)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]  # newest first, as a person wants to see them in a table

    def as_json(self) -> dict:
        """Return what a client may see; the time is ISO 8601 in UTC."""
        sent_at = self.sent_at.isoformat()
        return {"id": self.id, "author": self.author, "text": self.text, "sent_at": sent_at}
