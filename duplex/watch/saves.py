"""Notice that a file of a project was saved, also where the system does not tell."""

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import watchfiles

from duplex import backup

REMOTE = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "drvfs", "afpfs", "webdav", "vboxsf"}
QUIET, PATIENT = 30, 300  # milliseconds without a change, and between two looks when polling


class Saves:
    """Calls `tell` in a thread of its own whenever what is in the project has changed."""

    def __init__(self, folder: Path, tell: Callable[[], None], poll: bool = False):
        self.folder, self._tell = folder, tell
        self.polls = poll or remote(folder)
        self._known, self._stop = fingerprint(folder), threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        changes = watchfiles.watch(
            self.folder, stop_event=self._stop, watch_filter=_ours, step=QUIET, rust_timeout=500,
            force_polling=self.polls or None, poll_delay_ms=PATIENT, yield_on_timeout=True,
            raise_interrupt=False, ignore_permission_denied=True,
        )  # fmt: skip
        for _ in changes:  # also when it has only waited: what it missed is found all the same
            self.look()

    def look(self) -> None:
        """Compare the project with what it was when it was looked at last."""
        now = fingerprint(self.folder)
        if now != self._known:
            self._known = now
            self._tell()

    def __enter__(self) -> "Saves":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._stop.set()
        self._thread.join()


def _ours(_: watchfiles.Change, path: str) -> bool:
    return not any(backup.foreign(part) for part in Path(path).parts[-3:])


def fingerprint(folder: Path) -> str:
    """Return a digest of a project's files; what cannot be read counts as empty."""
    whole = hashlib.sha256()
    for path, file in backup.files(folder).items():
        try:
            content = file.read_bytes()
        except OSError:  # just being replaced, or a folder's link
            content = b""
        whole.update(f"{path!r} {len(content)} ".encode() + content)
    return whole.hexdigest()


def remote(folder: Path) -> bool:
    """Tell whether a folder lies on a network or shared drive, where no change is announced."""
    return drive_of(folder) in REMOTE or drive_of(folder).startswith("fuse.")


def drive_of(folder: Path) -> str:
    """Return the kind of file system that a folder lies on, such as ext4 or nfs4."""
    places = {Path(part.mountpoint): part.fstype.lower() for part in psutil.disk_partitions(True)}
    above = (place for place in (folder.resolve(), *folder.resolve().parents) if place in places)
    return places.get(next(above, None), "")
