"""How long to wait for what must come soon, whatever else this computer has to do.

Where Linux tells for how long our own work was kept waiting (`duplex.pressure`), so much longer is
waited; elsewhere the load says how busy the computer is, which may be the doing of others.
"""

import os
import time

from duplex import pressure, wire
from duplex.deadline import Deadline, scaled

SOON = 2.0  # seconds, scaled, for what comes from another process, or with a heartbeat
BUSIEST = 8  # times as long may it take, on a busy computer
LEAST = 0.1  # seconds; to wait for less again changes nothing


def soon() -> float:
    """Return SOON, or more while this computer has more to do than it can do at once."""
    waiting = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0
    return SOON * min(max(waiting / os.cpu_count(), 1), BUSIEST)


def receive_soon(socket: wire.WebSocket) -> wire.Frame:
    """Return the next frame; TimedOut when none comes soon."""
    begun, left = time.monotonic(), SOON
    while True:
        try:
            return socket.receive(timeout=left)
        except wire.TimedOut:
            left = still(begun)
            if left < LEAST or not Deadline(left).remaining():  # or the whole task's time is over
                raise


def still(begun: float) -> float:
    """Return for how many seconds more to wait for what has been awaited in vain since `begun`."""
    now = time.monotonic()
    stalled = pressure.stalled(begun, now)
    whole = soon() if stalled is None else min(SOON + stalled / scaled(1), SOON * BUSIEST)
    return whole - (now - begun) / scaled(1)


def within(begun: float) -> str:
    """Say for how long something has been awaited in vain since `begun`."""
    waited = time.monotonic() - begun
    if waited < 0.9 * scaled(SOON):
        return "before the task's time was over"
    return f"within {waited:.1f} seconds"
