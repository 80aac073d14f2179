"""The desk, as Django knows it."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The one application of this project."""

    name = "desk"
