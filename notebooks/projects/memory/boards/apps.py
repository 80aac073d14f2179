"""The boards, as Django knows them."""

from django.apps import AppConfig


class BoardsConfig(AppConfig):
    """The one application of this project."""

    name = "boards"
