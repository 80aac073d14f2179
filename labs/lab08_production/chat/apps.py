"""The chat, as Django knows it."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """The one application of this project."""

    name = "chat"
