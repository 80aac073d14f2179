"""Rooms have names for people; groups have names for the channel layer."""

import hashlib

from channels.layers import BaseChannelLayer

LONGEST = 80  # characters of a room's name
PRIVATE, AND = "@", "+"  # a private room is called @ada+grace


def group_name(room: str) -> str:
    """Return the name of a room's group: the same for the same room, another for any other."""
    return f"room.{hashlib.sha256(room.encode()).hexdigest()}"


def group_of(room: str) -> str:
    """Return the group of a room; a name that no layer takes is a TypeError, now and not later."""
    name = group_name(room)
    BaseChannelLayer().require_valid_group_name(name)
    return name


def admits(room: str, name: str) -> bool:
    """Tell whether a person may be in a room; a private one is for those whom it names."""
    if not room.startswith(PRIVATE):
        return True
    return name in room.removeprefix(PRIVATE).split(AND)
