"""Rooms have names for people; groups have names for the channel layer."""

import hashlib

from channels.layers import BaseChannelLayer

LONGEST = 80  # characters of a room's name


def group_name(room: str) -> str:
    """Return the name of a room's group: the same for the same room, another for any other."""
    # TODO task 4.2: a group's name may hold ASCII letters and digits, hyphens, underscores and periods,
    #   at most 99 of them; a room may be called `caffè`, `a b` or `日本語`, and none is another's
    return f"room.{room}"


def group_of(room: str) -> str:
    """Return the group of a room; a name that no layer takes is a TypeError, now and not later."""
    name = group_name(room)
    BaseChannelLayer().require_valid_group_name(name)
    return name
