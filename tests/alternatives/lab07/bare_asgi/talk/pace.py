import time

from django.conf import settings

paid_until = {}  # for each person, the moment up to which what was sent is paid for


def spend(name):
    """Return by how many frames somebody is ahead (below zero: beyond) of what is allowed."""
    now, frame = time.monotonic(), 1 / settings.RATE
    start = max(paid_until.get(name, 0), now - settings.BURST * frame)
    paid_until[name] = start + frame
    return (now - paid_until[name]) * settings.RATE + 1e-6
