"""Who somebody is, asked of the database while a connection lasts."""

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest


def is_logged_in(key: str) -> bool:
    """Tell whether a session is one of a person at this very moment, in the desk's thread."""
    request = HttpRequest()
    request.session = SessionStore(key)
    return get_user(request).is_authenticated
