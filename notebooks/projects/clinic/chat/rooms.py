"""Rooms have names for people; groups have names for the channel layer."""

import hashlib


def group_name(room: str) -> str:
    """Return the name of a room's group; a room may be called anything."""
    return f"room.{hashlib.sha256(room.encode()).hexdigest()}"
