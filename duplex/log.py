"""What a served project printed: kept within bounds, as evidence."""

import json
import os
import re
import select
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO

from duplex.deadline import scaled

POLLS = hasattr(select, "poll")  # not on Windows
KEPT = 512 * 1024  # bytes kept from the start, and as many from the end
CHUNK = 64 * 1024  # bytes read at once
FLOOD = 8 * 1024 * 1024  # bytes after which a project counts as printing without end

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_FILE = re.compile(r'^[ \t]*File "([^"\n]+)", line (\d+)', re.MULTILINE)
_ERROR = re.compile(r"^(?:[\w.]+\.)?(\w*(?:Error|Exception|Exit|NotRegistered|NotReady|NotExist|"
                    r"Interrupt|ImproperlyConfigured|Full|Operation))\b(?::[ \t]*(.*))?$",
                    re.MULTILINE)  # fmt: skip
_WARNING = re.compile(r"^([^\s:][^:\n]*):(\d+): (\w*Warning): (.*)$", re.MULTILINE)
_CHECK = re.compile(r"^\S+: (\(\w+\.[EC]\d+\) .*)$", re.MULTILINE)
_TRACEBACK = "Traceback (most recent call last)"
_CHAINED = ("another exception occurred:", "the direct cause of the following exception:")


class Log:
    """Reads a pipe in a thread; `text()` is what came, the project's folder left out of paths."""

    def __init__(self, descriptor: int, folder: str, on_flood: Callable[[], None] | None = None):
        self.total, self.flooded = 0, threading.Event()
        self._head, self._tail, self._folder = bytearray(), bytearray(), folder
        self._lock, self._on_flood = threading.Lock(), on_flood
        self._pipe: BinaryIO | None = None  # while something may wait in it
        self._reader = threading.Thread(target=self._read, args=(descriptor,), daemon=True)
        self._reader.start()

    def _read(self, descriptor: int) -> None:
        with os.fdopen(descriptor, "rb", buffering=0) as pipe:
            self._pipe = pipe if POLLS else None
            more = True
            while more:
                more = self._take(pipe)
                if self.total > FLOOD and not self.flooded.is_set():
                    self.flooded.set()
                    if self._on_flood:
                        self._on_flood()
            with self._lock:
                self._pipe = None

    def _take(self, pipe: BinaryIO) -> bool:
        """Read what is there; False at the end."""
        if not POLLS:  # Windows: this read may wait, so others must not wait for it
            data = pipe.read(CHUNK)
            with self._lock:
                return self._keep(data)
        waiting = select.poll()
        waiting.register(pipe, select.POLLIN)
        waiting.poll()
        with self._lock:
            if not waiting.poll(0):  # `text` was quicker
                return True
            return self._keep(pipe.read(CHUNK))  # which does not wait

    def _keep(self, data: bytes) -> bool:
        self.total += len(data)
        room = max(0, KEPT - len(self._head))
        self._head += data[:room]
        self._tail += data[room:]
        del self._tail[: max(0, len(self._tail) - KEPT)]
        return bool(data)

    def printed(self) -> int:
        """Return how many bytes were printed so far, also those that still wait to be read."""
        with self._lock:
            return self.total + (_unread(self._pipe) if self._pipe else 0)

    def _take_waiting(self) -> None:
        """Read what was printed already and waits: its reader may be slower than a client."""
        for _ in range(FLOOD // CHUNK):  # of one that prints without end, no more than that
            if not self._pipe or not _unread(self._pipe):
                return
            self._keep(self._pipe.read(CHUNK))

    def text(self, since: int = 0) -> str:
        """Return what was printed after `since` (of `printed`), within the kept bounds."""
        with self._lock:
            self._take_waiting()
            head, tail_at = bytes(self._head), self.total - len(self._tail)
            tail = bytes(self._tail[max(0, since - tail_at) :])
        left_out = tail_at > max(len(head), since)
        kept = head[since:] + (b"\n[...]\n" if left_out else b"") + tail
        shown = _ANSI.sub("", kept.decode("utf-8", "replace"))
        for prefix in (os.path.realpath(self._folder), self._folder):
            shown = shown.replace(prefix + os.sep, "")
        return shown

    def last_error(self, since: int = 0) -> str | None:
        """The last exception printed, or else the last warning, with the project's line of it."""
        shown = unfold(self.text(since))
        errors = list(_ERROR.finditer(shown))
        if errors:
            return _tell(shown, errors)
        warnings = list(_WARNING.finditer(shown))
        if not warnings:
            return None
        file, line, name, message = warnings[-1].groups()
        return f"{name}: {message}" + ("" if os.path.isabs(file) else f" ({file}, line {line})")

    def last_line(self) -> str:
        """The last line printed that is not blank, shortened; empty when there is none."""
        lines = self.text()[-4096:].split("\n")
        return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "")

    def finish(self, seconds: float = 1) -> None:
        """Wait a moment for the rest of the output of a project that ended."""
        self._reader.join(scaled(seconds))


def unfold(shown: str) -> str:
    """Lay out tracebacks and warnings that lie in lines of JSON as Python prints them."""
    return "".join(map(_unfolded, shown.splitlines(keepends=True)))


def _unfolded(line: str) -> str:
    if not line.startswith("{") or (_TRACEBACK not in line and "Warning: " not in line):
        return line
    try:
        values = json.loads(line).values()
    except (ValueError, RecursionError):
        return line
    told = [value.strip("\n") + "\n" for value in values if isinstance(value, str)]
    return "\n" + "\n".join(words for words in told if _TRACEBACK in words or "Warning: " in words)


def _unread(pipe: BinaryIO) -> int:
    """Return how many bytes wait in a pipe (Linux and macOS)."""
    import fcntl
    import termios

    answer = fcntl.ioctl(pipe, termios.FIONREAD, bytes(4))
    return int.from_bytes(answer, sys.byteorder)


def _tell(shown: str, errors: list[re.Match]) -> str:
    """Tell the last error; of a chain, the last one that came from a line of the project."""
    later = None
    for error in reversed(errors):
        between = shown[error.end() : later.start()] if later else ""
        if later and not any(words in between for words in _CHAINED):
            break
        if where := _place(shown, error):
            return f"{_name(shown, error)} {where}"
        later = error
    return _name(shown, errors[-1])


def _name(shown: str, error: re.Match) -> str:
    """Name an error with its message; of a failed system check, its first finding."""
    name, message = error[1], (error[2] or "").strip()
    if name == "SystemCheckError" and (check := _CHECK.search(shown, error.end())):
        message = check[1]
    return f"{name}: {message}" if message else name


def _place(shown: str, error: re.Match) -> str:
    """Say which line of the project an error came from, if its traceback names one."""
    start = max(0, shown.rfind(_TRACEBACK, 0, error.start()))
    lines = [found for found in _FILE.finditer(shown, start, error.start())
             if not os.path.isabs(found[1]) and not found[1].startswith("<")]  # fmt: skip
    return f"({lines[-1][1]}, line {lines[-1][2]})" if lines else ""
