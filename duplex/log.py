"""What a served project printed: kept within bounds, as evidence."""

import os
import re
import threading

KEPT = 512 * 1024  # bytes kept from the start, and as many from the end
FLOOD = 8 * 1024 * 1024  # bytes after which a project counts as printing without end

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_FILE = re.compile(r'^\s*File "([^"]+)", line (\d+)', re.MULTILINE)
_ERROR = re.compile(r"^(?:[\w.]+\.)?(\w*(?:Error|Exception|Exit|NotRegistered|NotReady|"
                    r"NotExist|Warning|Interrupt|ImproperlyConfigured|Full|Operation))\b(?::\s*(.*))?$",
                    re.MULTILINE)  # fmt: skip


class Log:
    """Reads a pipe in a thread; `text()` is what came, the project's folder left out of paths."""

    def __init__(self, descriptor: int, folder: str):
        self.total, self.flooded = 0, threading.Event()
        self._head, self._tail, self._folder = bytearray(), bytearray(), folder
        self._reader = threading.Thread(target=self._read, args=(descriptor,), daemon=True)
        self._reader.start()

    def _read(self, descriptor: int) -> None:
        with os.fdopen(descriptor, "rb", buffering=0) as pipe:
            while data := pipe.read(65536):
                self._keep(data)

    def _keep(self, data: bytes) -> None:
        self.total += len(data)
        room = max(0, KEPT - len(self._head))
        self._head += data[:room]
        self._tail += data[room:]
        del self._tail[: max(0, len(self._tail) - KEPT)]
        if self.total > FLOOD:
            self.flooded.set()

    def text(self, since: int = 0) -> str:
        """Return what was printed after `since` (a value of `total`), within the kept bounds."""
        left_out = self.total - len(self._head) - len(self._tail)
        kept = bytes(self._head) + (b"\n[...]\n" if left_out else b"") + bytes(self._tail)
        if not left_out:
            kept = kept[since:]
        shown = _ANSI.sub("", kept.decode("utf-8", "replace"))
        for prefix in (os.path.realpath(self._folder), self._folder):
            shown = shown.replace(prefix + os.sep, "")
        return shown

    def last_error(self, since: int = 0) -> str | None:
        """The last exception printed, with the project's line that it came from."""
        shown = self.text(since)
        errors = list(_ERROR.finditer(shown))
        if not errors:
            return None
        error = errors[-1]
        name, message = error[1], (error[2] or "").strip()
        start = shown.rfind("Traceback (most recent call last)", 0, error.start())
        lines = [found for found in _FILE.finditer(shown, max(0, start), error.start())
                 if not os.path.isabs(found[1]) and not found[1].startswith("<")]  # fmt: skip
        where = f" ({lines[-1][1]}, line {lines[-1][2]})" if lines else ""
        return f"{name}: {message}{where}" if message else f"{name}{where}"

    def finish(self, seconds: float = 1) -> None:
        """Wait a moment for the rest of the output of a project that ended."""
        self._reader.join(seconds)
