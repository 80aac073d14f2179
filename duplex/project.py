"""A folder to serve: checked, and copied so that nothing in it changes."""

import contextlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from duplex.errors import CourseError

if TYPE_CHECKING:
    from duplex.ground import Ground

LEFT_OUT = (
    "db.sqlite3", "db.sqlite3-*", "__pycache__", "*.pyc", ".git", ".venv", "venv", "env",
    "node_modules", ".ipynb_checkpoints", ".idea", ".vscode", ".DS_Store",
)  # fmt: skip


def find(folder: Path | str) -> Path:
    """Return the project's folder, or say what is wrong with it."""
    folder = Path(folder).expanduser().absolute()
    if not folder.is_dir():
        raise CourseError(f"There is no folder {folder}; name the folder that holds manage.py.")
    if not (folder / "manage.py").is_file():
        raise CourseError(
            f"{folder} holds no manage.py, so it is no Django project; name the folder that does."
        )
    return folder


def copy(
    folder: Path | str,
    ground: "Ground | None" = None,
    fill: Callable[[Path], None] = lambda copied: None,
) -> Path:
    """Copy a project to a new temporary folder and return the copy; the caller removes its parent.

    Databases, caches and virtual environments stay behind, so that a check neither sees nor
    touches the data of the person who is working there. Links are copied as links. `fill` may
    add to the copy before it is settled on its `ground`.
    """
    folder = find(folder)
    target = (ground.folder() if ground else temporary_folder()) / "project"
    try:
        shutil.copytree(folder, target, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT))
        _make_writable(target)
        fill(target)
        return ground.settle(target.parent) / target.name if ground else target
    except OSError as error:
        remove(target)
        raise CourseError(
            f"The project in {folder} could not be copied to {target} ({_reason(error)}); "
            "free some disk space or mend the files' permissions."
        ) from error
    except BaseException:
        remove(target)
        raise


def temporary_folder() -> Path:
    """Make a folder for temporary files; CourseError when that is impossible."""
    try:
        return Path(tempfile.mkdtemp(prefix="duplex-")).resolve()
    except OSError as error:
        raise CourseError(
            f"No temporary folder could be made ({error.strerror}); free some disk space, or let "
            "the environment variable TMPDIR name a folder that can be written to."
        ) from error


def _reason(error: OSError) -> str:
    """Name the first file that could not be copied, and why (copytree collects them)."""
    if not isinstance(error, shutil.Error):
        return error.strerror or str(error)
    source, _, why = error.args[0][0]
    return f"{Path(source).name}: {why}"


def _make_writable(folder: Path) -> None:
    """Let the copy be written to and removed, also when what it was copied from is read-only."""
    for place, folders, files in os.walk(folder):
        for path in (place, *(os.path.join(place, name) for name in folders + files)):
            mode = os.lstat(path).st_mode
            needed = stat.S_IRWXU if stat.S_ISDIR(mode) else stat.S_IRUSR | stat.S_IWUSR
            if mode & needed != needed and not stat.S_ISLNK(mode):
                os.chmod(path, stat.S_IMODE(mode) | needed)


def remove(copied: Path) -> None:
    """Remove the temporary folder that `copy` made."""
    for _ in range(5):  # a process that is just being killed may still write into it
        shutil.rmtree(copied.parent, ignore_errors=True)
        if not copied.parent.exists():
            return
        with contextlib.suppress(OSError):
            _make_writable(copied.parent)
        time.sleep(0.05)
