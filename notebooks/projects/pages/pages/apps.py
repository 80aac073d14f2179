"""What must be set before the server takes its first connection."""

from django.apps import AppConfig
from django.core.servers.basehttp import WSGIRequestHandler


class PagesConfig(AppConfig):
    """The pages of notebook 01."""

    name = "pages"

    def ready(self):
        """Send each piece of a response at once.

        runserver writes a response in several small pieces. On a kept connection TCP would hold
        the second piece back until the first is acknowledged, and the other end takes its time
        with that (Nagle's algorithm, and delayed acknowledgements). Real servers do the same.
        """
        WSGIRequestHandler.disable_nagle_algorithm = True
