"""Who somebody is, asked of the database while a connection lasts."""

from channels.db import database_sync_to_async
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest


def is_logged_in(key: str) -> bool:
    """Tell whether a session is one of a person at this very moment."""
    request = HttpRequest()
    request.session = SessionStore(key)
    return get_user(request).is_authenticated


still_logged_in = database_sync_to_async(is_logged_in)  # the same, for consumers
