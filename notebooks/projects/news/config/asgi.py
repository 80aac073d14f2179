"""Where an ASGI server finds the project: one path goes past Django, all others to it."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django = get_asgi_application()  # first: it makes Django ready for the import below

from news import bare  # noqa: E402


async def application(scope, receive, send):
    """Hand a request over to whoever answers its path."""
    answer = bare.wait if scope["path"] == "/bare/wait/" else django
    await answer(scope, receive, send)
