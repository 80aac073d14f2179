"""When something was handed in, as far as the files tell."""

import os
import re
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path

from duplex.backup import foreign
from duplex.project import LEFT_OUT

GIT = 20  # seconds that git may take
HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
COMMITTER = re.compile(rb"^committer .*> (\d+) ([+-]\d{4})$", re.MULTILINE)


def moment(path: Path) -> datetime | None:
    """Return when a submission was made; None when nothing tells.

    For a git clone it is the last commit's time, else that of the newest file.
    """
    try:
        if not path.is_dir():
            return at(path.lstat().st_mtime)
        if (path / ".git").exists():
            return last_commit(path / ".git")
        newest = max(_times(path), default=None)
        return None if newest is None else at(newest)
    except OSError:
        return None


def at(seconds: float) -> datetime:
    """Return a time with this computer's offset."""
    return datetime.fromtimestamp(seconds).astimezone()


def _times(folder: Path):
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not foreign(name, LEFT_OUT)]
        yield from (os.lstat(os.path.join(place, name)).st_mtime for name in names)


def last_commit(clone: Path) -> datetime | None:
    """Return the time of the commit that a clone stands on.

    The clone is a stranger's, and its configuration can name programs that git then runs. So git
    reads it as a store of objects only, with the configuration of an empty repository.
    """
    name = head(clone)
    if name is None:
        return None
    plain = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1",
             "GIT_CONFIG_GLOBAL": os.devnull}  # fmt: skip
    store = plain | {"GIT_OBJECT_DIRECTORY": str(clone.absolute() / "objects")}
    with tempfile.TemporaryDirectory(prefix="duplex-") as empty:
        try:
            _git(["init", "-q", "--bare", empty], plain)
            told = _git(["--git-dir", empty, "cat-file", "commit", name], store)
        except (OSError, subprocess.SubprocessError):
            return None
    found = COMMITTER.search(told)
    return at(int(found[1])) if found else None


def _git(words: list[str], env: dict[str, str]) -> bytes:
    return subprocess.run(
        ["git", *words], env=env, check=True, timeout=GIT,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ).stdout  # fmt: skip


def head(clone: Path) -> str | None:
    """Return the name of the commit that HEAD stands for, in a repository that is only read."""
    told = _line(clone / "HEAD")
    if not told.startswith("ref: "):
        return told if HASH.fullmatch(told) else None
    ref = told[5:].strip()
    if not ref.startswith("refs/") or ".." in ref:
        return None
    name = _line(clone / ref) or _packed(clone / "packed-refs", ref)
    return name if HASH.fullmatch(name) else None


def _line(path: Path) -> str:
    return _text(path, 500).strip()


def _packed(path: Path, ref: str) -> str:
    lines = (line.split(" ", 1) for line in _text(path, 1024 * 1024).splitlines())
    return next((name for name, *rest in lines if rest == [ref]), "")


def _text(path: Path, most: int) -> str:
    """Read a plain file; a link, which may lead anywhere, is not followed."""
    if path.is_symlink() or not path.is_file():
        return ""
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read(most)
