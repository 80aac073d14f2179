"""Who somebody is, asked of the database while a connection lasts."""

from channels.auth import get_user
from django.contrib.sessions.backends.db import SessionStore


async def still_logged_in(scope: dict) -> bool:
    """Tell whether the session of a connection is one of a person at this very moment."""
    session = SessionStore(scope["session"].session_key)
    user = await get_user({"session": session})
    return user.is_authenticated
