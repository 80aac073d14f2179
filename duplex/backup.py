"""Dated backups under backups/: whatever a command is about to change is kept there first."""

import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import count
from pathlib import Path

from duplex import catalog
from duplex.errors import CourseError
from duplex.project import LEFT_OUT

# Neither generated nor written by a student: never compared, kept, or removed. A database is a
# student's data, so it is kept, and a reset starts with a new one.
FOREIGN = tuple(pattern for pattern in LEFT_OUT if not pattern.startswith("db."))


def foreign(name: str, patterns: tuple[str, ...] = FOREIGN) -> bool:
    """Tell whether a file or folder of this name is a tool's, such as __pycache__."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def files(folder: Path, patterns: tuple[str, ...] = LEFT_OUT) -> dict[str, Path]:
    """Return the files below a folder by their relative path, without those of tools."""
    found = {}
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not foreign(name, patterns))
        links = [name for name in folders if (Path(top) / name).is_symlink()]
        for name in sorted(links + names):
            if not foreign(name, patterns):
                path = Path(top) / name
                found[path.relative_to(folder).as_posix()] = path
    return found


def keep_folder(folder: Path) -> Path:
    """Copy a folder to a new dated backup, complete or not at all, and return the backup."""
    ignore = shutil.ignore_patterns(*FOREIGN)
    return _keep(
        folder.name,
        lambda new: shutil.copytree(folder, new, symlinks=True, ignore=ignore, dirs_exist_ok=True),
    )


def keep_files(root: Path, paths: list[str], name: str) -> Path:
    """Copy some files below `root` to a new dated backup, and return the backup."""

    def copy(new: Path) -> None:
        for path in paths:
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / path, new / path, follow_symlinks=False)

    return _keep(name, copy)


def _keep(name: str, copy: Callable[[Path], object]) -> Path:
    home = catalog.ROOT / "backups"
    new = None
    try:
        home.mkdir(exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=home))
        copy(new)
        return _named(new, home, f"{name}-{datetime.now():%Y-%m-%d-%H%M%S}")
    except (OSError, shutil.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise CourseError(
            f"No backup could be made in {home} ({reason}), so nothing was changed; "
            "free some disk space or mend the files' permissions."
        ) from error
    finally:
        if new:
            shutil.rmtree(new, ignore_errors=True)


def _named(new: Path, home: Path, name: str) -> Path:
    """Give a finished backup its name; the second one within a second gets a number."""
    new.chmod(0o755)
    for number in count(1):
        target = home / (name if number == 1 else f"{name}-{number}")
        if target.exists():
            continue
        try:
            return new.rename(target)
        except OSError:
            if not target.exists():  # otherwise another process was faster
                raise
    raise AssertionError


def write(path: Path, content: bytes) -> None:
    """Write a file so that an interruption leaves the old content or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(content)
        mode = path.stat().st_mode if path.is_file() else 0o644
        os.chmod(name, mode & 0o777)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def remove(root: Path, path: str) -> None:
    """Remove a file, and the folders above it that this leaves empty, up to `root`."""
    (root / path).unlink()
    for folder in (root / path).parents:
        if folder == root or not folder.is_dir():
            break
        caches = [one for one in folder.iterdir() if one.name == "__pycache__"]
        for cache in caches:
            shutil.rmtree(cache, ignore_errors=True)
        if any(folder.iterdir()):
            break
        folder.rmdir()


def put_back(kept: Path, folder: Path) -> None:
    """Copy a backup over the folder that it was made of."""
    shutil.copytree(kept, folder, symlinks=True, dirs_exist_ok=True)
