"""A folder to serve: checked, and copied so that nothing in it changes."""

import shutil
import tempfile
from pathlib import Path

from duplex.errors import CourseError

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


def copy(folder: Path | str) -> Path:
    """Copy a project to a new temporary folder and return the copy; the caller removes its parent.

    Databases, caches and virtual environments stay behind, so that a check neither sees nor
    touches the data of the person who is working there.
    """
    folder = find(folder)
    target = Path(tempfile.mkdtemp(prefix="duplex-")).resolve() / "project"
    try:
        shutil.copytree(folder, target, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT))
    except (OSError, shutil.Error) as error:
        remove(target)
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "see above"
        raise CourseError(
            f"The project in {folder} could not be copied to {target} ({reason}); "
            "free some disk space or mend the files' permissions."
        ) from error
    return target


def remove(copied: Path) -> None:
    """Remove the temporary folder that `copy` made."""
    shutil.rmtree(copied.parent, ignore_errors=True)
