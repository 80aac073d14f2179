"""Read single keys from the terminal, without waiting for Enter."""

import contextlib
import os
import select
import sys
import threading
from collections.abc import Callable


class Keys:
    """Calls `tell` with each key in a thread of its own; silent where input is no terminal."""

    def __init__(self, tell: Callable[[str], None]):
        self._tell, self._stop = tell, threading.Event()
        self._read = _windows if sys.platform == "win32" else _posix
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self.here = sys.stdin is not None and sys.stdin.isatty()

    def _listen(self) -> None:
        while not self._stop.is_set():
            if key := self._read():
                self._tell(key)

    def __enter__(self) -> "Keys":
        if self.here:
            self._before = _quiet_terminal()
            self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._stop.set()
        if self.here:
            self._thread.join()
            self._before()


def _quiet_terminal() -> Callable[[], None]:
    """Let keys come at once and unseen; return a function that puts the terminal back."""
    if sys.platform == "win32":
        return lambda: None
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    return lambda: termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _posix() -> str:
    """Return what was typed; nothing when nobody types, and "q" when the terminal is gone."""
    with contextlib.suppress(OSError, ValueError):
        if not select.select([sys.stdin], [], [], 0.1)[0]:
            return ""
        return os.read(sys.stdin.fileno(), 1).decode("ascii", "replace") or "q"
    return "q"


def _windows() -> str:
    import msvcrt
    import time

    if not msvcrt.kbhit():
        time.sleep(0.05)
        return ""
    return msvcrt.getwch()
