"""A table of a TOML file, read key by key; what is wrong is told by file and key."""

import math
import tomllib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import NoReturn

from duplex.errors import CourseError

_MISSING = object()


def parse(file: Path) -> "Table":
    """Read a TOML file; a file that is missing or broken is told in one sentence."""
    try:
        return Table(file, "", tomllib.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise CourseError(f"{file} is missing; restore it from the course's copy.") from None
    except OSError as error:
        raise CourseError(f"{file} cannot be read ({error.strerror}); mend that first.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{file} is no valid TOML ({error}); correct or restore it.") from None


class Table:
    """Takes each key once; `close` then refuses what is left. `name` says which table it is."""

    def __init__(self, file: Path, name: str, data: dict):
        self.file, self.name, self._data = file, name, dict(data)

    def fail(self, key: str, what: str) -> NoReturn:
        """Say what is wrong with a key."""
        raise CourseError(f"{self.file}: {self.name}the key {key!r} {what}.")

    def take(self, key: str, default: object = _MISSING) -> object:
        """Return the value of a key, which must be there unless it has a default."""
        if key not in self._data and default is _MISSING:
            self.fail(key, "is missing; add it")
        return self._data.pop(key, default)

    def has(self, key: str) -> bool:
        """Tell whether a key is there and was not taken yet."""
        return key in self._data

    def text(self, key: str, default: object = _MISSING) -> str:
        """Return a string that is not blank."""
        value = self.take(key, default)
        if not isinstance(value, str) or not value.strip():
            self.fail(key, "must be a text that is not blank")
        return value

    def string(self, key: str, default: object = _MISSING) -> str | None:
        """Return a string, which may be empty."""
        value = self.take(key, default)
        if not isinstance(value, str) and value is not default:
            self.fail(key, "must be a text")
        return value

    def choice(self, key: str, choices: Iterable[str]) -> str:
        """Return one of the choices."""
        value = self.text(key)
        if value not in choices:
            self.fail(key, f"is {value!r}, but must be one of: {', '.join(choices)}")
        return value

    def positive(self, key: str, default: object = _MISSING) -> float:
        """Return a number greater than zero."""
        value = self.take(key, default)
        fine = isinstance(value, int | float) and not isinstance(value, bool)
        if not fine or not 0 < value < math.inf:
            self.fail(key, f"is {value!r}, but must be a number greater than zero")
        return value

    def texts(self, key: str, default: object = _MISSING, least: int = 0) -> tuple[str, ...]:
        """Return a list of texts, at least so many."""
        value = self.take(key, default)
        fine = isinstance(value, list) and all(isinstance(x, str) and x.strip() for x in value)
        if not fine:
            self.fail(key, "must be a list of texts, none of them blank")
        if len(value) < least:
            self.fail(key, f"has {len(value)} entries, but needs at least {least}")
        return tuple(value)

    def paths(self, key: str) -> tuple[str, ...]:
        """Return a list of files, each named once, relative to the table's folder."""
        value = self.texts(key)
        for path in value:
            self.inside(key, path)
        for double in sorted({path for path in value if value.count(path) > 1}):
            self.fail(key, f"names {double!r} twice")
        return value

    def inside(self, key: str, path: str) -> str:
        """Return the path, if it is a plain relative one such as chat/views.py."""
        parts = PurePosixPath(path)
        if parts.is_absolute() or ".." in parts.parts or "\\" in path or str(parts) != path:
            self.fail(key, f"names {path!r}, but must name files such as chat/views.py")
        return path

    def tables(self, key: str) -> list["Table"]:
        """Return the tables of an array, `[[key]]`, at least one."""
        value = self.take(key)
        if not isinstance(value, list) or not value or not all(isinstance(x, dict) for x in value):
            self.fail(key, f"must be tables, each headed [[{key}]]")
        return [Table(self.file, f"{key} number {n}: ", x) for n, x in enumerate(value, 1)]

    def words(self, key: str) -> dict[str, str]:
        """Return a table of texts by their names; none, when it is not there."""
        value = self.take(key, {})
        if not isinstance(value, dict) or not all(isinstance(x, str) for x in value.values()):
            self.fail(key, 'must be a table of texts, such as {CHAT_DEBUG = "1"}')
        return value

    def close(self) -> None:
        """Refuse keys that nobody took."""
        for key in self._data:
            self.fail(key, "is unknown; remove it, or correct its name")
