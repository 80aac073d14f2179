"""What the chat keeps."""

from django.db import models


class Message(models.Model):
    """One message."""

    text = models.CharField(max_length=1000)
