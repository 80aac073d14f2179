"""The people, as Django knows them."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The one application of this project."""

    name = "people"
