"""What a batch has found out so far, in files that a run which was killed leaves whole."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from duplex import backup
from duplex.errors import CourseError

OURS = ("kept", "journal.jsonl", "results.json")  # by which a folder of results is known
KEPT, UNSURE, UNJUDGED = "kept", "kept/unsure", "kept/unjudged"


class Store:
    """Results by their keys, a file for each: those kept, the unsure, and those of no verdict.

    What is unsure was judged while the computer was too busy to believe a verdict that time may
    have caused. What could not be judged at all is forgotten when the next run begins.
    """

    def __init__(self, out: Path):
        self.out = out

    def get(self, key: str, kind: str = KEPT) -> dict | None:
        """Return a result; None when there is none, or when its file is damaged."""
        try:
            data = json.loads(self._file(key, kind).read_bytes())
        except (OSError, ValueError):
            return None
        return data if isinstance(data, dict) and data.get("key") == key else None

    def has(self, key: str, kind: str = KEPT) -> bool:
        """Tell whether there is a result."""
        return self.get(key, kind) is not None

    def put(self, key: str, data: dict, kind: str = KEPT) -> None:
        """Keep a result; it replaces what was known before, all of it or nothing."""
        text = json.dumps(data | {"key": key}, indent=1)
        try:
            backup.write(self._file(key, kind), text.encode())
        except OSError as error:
            raise CourseError(
                f"A result could not be kept in {self.out} ({error.strerror}); free some disk "
                "space, and start again: what is kept already is not judged twice."
            ) from None
        for other in {KEPT, UNSURE, UNJUDGED} - {kind}:
            self.forget(key, other)

    def forget(self, key: str, kind: str) -> None:
        """Remove a result."""
        self._file(key, kind).unlink(missing_ok=True)

    def clear(self, *kinds: str) -> None:
        """Remove all results of these kinds, and what a killed run was about to write."""
        for kind in kinds:
            for file in (self.out / kind).glob("*.json"):
                file.unlink(missing_ok=True)
        for rest in (self.out / KEPT).glob("**/.new-*"):
            rest.unlink(missing_ok=True)

    def _file(self, key: str, kind: str) -> Path:
        return self.out / kind / f"{key}.json"


def require_place(out: Path, submissions: Path) -> Path:
    """Return the folder for results, made if need be, or say why it cannot be that one."""
    out, submissions = out.expanduser().resolve(), submissions.expanduser().resolve()
    if out == submissions or submissions in out.parents or out in submissions.parents:
        raise CourseError(f"{out} and the submissions lie in one another; choose another --out.")
    if out.exists() and not out.is_dir():
        raise CourseError(f"{out} is no folder; choose another --out.")
    if out.is_dir() and any(out.iterdir()) and not any((out / name).exists() for name in OURS):
        raise CourseError(f"{out} holds something else than results; choose another --out.")
    try:
        (out / KEPT).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(
            f"{out} cannot be made ({error.strerror}); choose another --out."
        ) from None
    return out


@contextlib.contextmanager
def locked(out: Path) -> Iterator[None]:
    """Keep other runs away from a folder; the lock ends with this process, however that ends."""
    import fcntl  # Linux and macOS, where batches run

    with open(out / KEPT / ".lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CourseError(
                f"Another run writes to {out}; wait for its end, or choose another --out."
            ) from None
        yield
