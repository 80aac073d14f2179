"""How long a client waits for a project that runs in the same thread, and may hold it up.

On the wire, a client goes on when its time is over, whatever the server does. Here, a project that
sleeps or loops for far longer than its client waits is left in the middle of that; it stays busy.
"""

import math
import sys
import time

FAR = 2.0  # seconds beyond a client's time: a short wait must not break a project that is slow

_sleep = time.sleep
_until = math.inf  # when the client gives up; infinite while nobody waits


class HeldUp(KeyboardInterrupt):  # like Ctrl-C, it leaves the loop through `except Exception`
    """The project holds the thread; `rest` are the seconds for which it would go on."""

    def __init__(self, rest: float):
        super().__init__()
        self.rest = rest


class until:
    """Let a client wait, while the block runs, until a moment of `time.monotonic`."""

    def __init__(self, end: float):
        self.end = end

    def __enter__(self) -> None:
        global _until
        self.before, _until = _until, self.end

    def __exit__(self, *_) -> None:
        global _until
        _until = self.before


def sleep(seconds: float, exact: bool = False) -> None:
    """Stand in for `time.sleep`: what far outlasts the client's patience ends with it.

    With `exact`, so does what outlasts it at all.
    """
    left = max(0.0, _until - time.monotonic())
    if seconds <= left + (0 if exact else FAR):
        _sleep(seconds)
        return
    _sleep(left)
    raise HeldUp(seconds - left)


def watch(own) -> None:
    """Look whenever code jumps in a file for which own(filename) holds: an endless loop does."""
    time.sleep = sleep
    if not hasattr(sys, "monitoring"):  # before Python 3.12; a page has a newer one
        return
    monitoring = sys.monitoring

    def jumped(code, *_):
        if not own(code.co_filename):
            return monitoring.DISABLE
        if time.monotonic() > _until + FAR:
            raise HeldUp(math.inf)
        return None

    tool = monitoring.DEBUGGER_ID
    monitoring.use_tool_id(tool, "duplex")
    monitoring.register_callback(tool, monitoring.events.JUMP, jumped)
    monitoring.set_events(tool, monitoring.events.JUMP)
