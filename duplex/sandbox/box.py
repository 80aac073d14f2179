"""The one folder that a sandbox may write to, and the kit's side of it.

    ROOT/            the kit's alone
      box/           the sandbox's, at the same path inside
      tmp/           the sandbox's /tmp
      shared/        read-only inside: Redis's sockets
      etc/           read-only inside, as /etc
      listen/        sockets of servers; the sandbox is handed them, and never sees their paths
      staging/       what is being made for the box

The kit fills a folder in `staging` and moves it into the box in one step. Afterwards it follows no
path of a submission's making: a file is opened step by step, without links.
"""

import contextlib
import itertools
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from duplex.errors import CourseError, Tampered
from duplex.ground import GUARD, MEMORY, REPLACED, Ground
from duplex.sandbox import jail
from duplex.sandbox.bridge import Bridge
from duplex.sockets import Address, TlsAddress

LARGEST = 64 * 2**20  # bytes of a file that the kit reads out of the box
ROOM = 1024 * 2**20  # bytes that must be free in memory
OWN, FOREIGN = ("staging", "listen", "etc"), ("box", "tmp", "shared")
STEP = getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)  # Windows has no sandbox
TAMED = (  # a submission may use Redis, and no more of it
    "--unixsocketperm", "777", "--maxmemory", "256mb",
    "--client-output-buffer-limit", "normal", "64mb", "0", "0",
    "--user", "default", "on", "nopass", "~*", "&*", "+@all", "-@admin",
)  # fmt: skip
SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class Box(Ground):
    """The folders of one sandbox, which is the user `owner` (None: the kit's own user)."""

    def __init__(self, owner: int | None = None):
        self.root = Path(tempfile.mkdtemp("", "duplex-", _place())).resolve()
        words = [sys.executable, "-P", str(GUARD), str(self.root)]
        self._guard = subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True)
        self.owner, self._numbers, self.bridge = owner, itertools.count(1), Bridge()
        self.root.chmod(0o711)
        for name in (*OWN, *FOREIGN):
            (self.root / name).mkdir(mode=0o700)
        for name in ("box", "tmp"):
            self.give(self.root / name)
        (self.root / "shared").chmod(0o755)

    @property
    def inside(self) -> Path:
        """The folder that the sandbox may write to."""
        return self.root / "box"

    def give(self, path: Path) -> None:
        """Make the sandbox's user the owner of a file or folder that the kit made."""
        if self.owner is not None:
            os.lchown(path, self.owner, self.owner)

    def folder(self) -> Path:
        """Make a folder in `staging`."""
        return Path(tempfile.mkdtemp(prefix="duplex-", dir=self.root / "staging"))

    def settle(self, folder: Path) -> Path:
        """Move a folder from `staging` into the box, whose user owns it from then on."""
        for place, folders, files in os.walk(folder):
            for name in (*folders, *files):
                self.give(Path(place, name))
        self.give(folder)
        return folder.rename(self.inside / folder.name)

    def remove(self, folder: Path) -> None:
        """Leave a folder where it is: the box is emptied when nothing runs in it any more."""

    def kept(self) -> tuple[Path, Callable[[], None]]:
        """Make a folder in the box, for a database."""
        return self.settle(self.folder()), lambda: None

    def read(self, path: Path) -> bytes | None:
        """Return what a regular file in the box holds, if it is not too large; else None."""
        try:
            with open(self._open(path, os.O_RDONLY | SAFE), "rb") as file:
                about = os.fstat(file.fileno())
                fine = stat.S_ISREG(about.st_mode) and about.st_size <= LARGEST
                return file.read(LARGEST) if fine else None
        except (OSError, Tampered):
            return None

    def write(self, path: Path, data: bytes) -> None:
        """Write a new file in the box; what is there, of whatever kind, stays as it is."""
        with contextlib.suppress(OSError, Tampered):
            new = self._open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | SAFE)
            with open(new, "wb") as file:
                if self.owner is not None:
                    os.fchown(new, self.owner, self.owner)
                file.write(data)

    def discard(self, path: Path) -> None:
        """Remove what lies at a path in the box, with the files that go with it."""
        with self._above(path) as folder:
            for name in os.listdir(folder):
                if name.startswith(path.name):
                    _remove(name, folder)

    def _fill(self, path: Path) -> None:
        with self._above(path) as folder:
            os.mkdir(path.name, 0o700, dir_fd=folder)

    def _rename(self, old: Path, new: Path) -> None:
        with self._above(old) as source, self._above(new) as target:
            try:
                os.rename(old.name, new.name, src_dir_fd=source, dst_dir_fd=target)
            except OSError:
                raise Tampered(REPLACED.format(new.name)) from None

    def lent(self, path: Path, data: bytes) -> Path | None:
        """Return a file of the kit's own that holds what `path` did when it was new."""
        file = self.folder() / path.name
        file.write_bytes(data)
        return file

    def _open(self, path: Path, flags: int) -> int:
        """Open a file in the box, of whose path no part may be a link."""
        with self._above(path) as folder:
            return os.open(path.name, flags, 0o600, dir_fd=folder)

    @contextlib.contextmanager
    def _above(self, path: Path) -> Iterator[int]:
        """Open the folder that a path in the box lies in."""
        folder = os.open(self.inside, STEP)
        try:
            for step in path.relative_to(self.inside).parts[:-1]:
                folder = _step(folder, step)
            yield folder
        finally:
            os.close(folder)

    def listen(self) -> socket.socket:
        """Listen on a unix socket: one of TCP would be a way out, into the kit's network."""
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.root / "listen" / str(next(self._numbers))))
        listener.listen(512)
        return listener

    def url(self, address: Address) -> str:
        """Return a server's address for a browser that goes through this box's bridge."""
        port = self.bridge.port_of(getattr(address, "plain", address))
        scheme, host = ("https", "localhost") if isinstance(address, TlsAddress) else ("http", HOST)
        return f"{scheme}://{host}:{port}"

    def shared(self, folder: Path | None = None) -> Path:
        """Make a folder beside the box that the sandbox can look into, but not write to."""
        folder = folder or self.root / "shared" / str(next(self._numbers))
        folder.mkdir(mode=0o755)
        if self.owner is not None:
            os.chown(folder, jail.service_of(self.owner), jail.service_of(self.owner))
        return folder

    def service(self, folder: Path, command: list[str]) -> list[str]:
        """Run a redis-server in a sandbox of its own, where it has no file but its socket."""
        program, *options = command
        user = None if self.owner is None else jail.service_of(self.owner)
        shown = [*jail.show(program), *jail.show(folder, how="--bind")]
        return [*jail.bwrap(*shown, user=user), program, *options, "--dir", str(folder), *TAMED]

    def flags(self) -> list[str]:
        """Return the words with which a browser goes through this box's bridge."""
        return self.bridge.flags()

    def empty(self) -> None:
        """Remove all that a submission made, when nothing of it runs any more."""
        self.bridge.forget()
        places = [str(self.root / name) for name in ("box", "tmp", "staging", "listen")]
        if os.geteuid() != 0:  # root needs no permission
            subprocess.run(["chmod", "-R", "u+rwX", *places], stderr=subprocess.DEVNULL)
        subprocess.run(["find", *places, "-mindepth", "1", "-delete"], stderr=subprocess.DEVNULL)

    def is_empty(self) -> bool:
        """Tell whether nothing is left in the box."""
        return not any(any((self.root / name).iterdir()) for name in ("box", "tmp"))

    def close(self) -> None:
        """Remove everything."""
        self.bridge.close()
        self._guard.stdin.close()
        self._guard.wait()


def _place() -> str | None:
    """Return the folder of files in memory, unless it is small, as a container's often is."""
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM
    return MEMORY if roomy else None


def _remove(name: str, folder: int) -> None:
    """Remove a file or an empty folder, which may be gone by now."""
    try:
        is_folder = stat.S_ISDIR(os.lstat(name, dir_fd=folder).st_mode)
        (os.rmdir if is_folder else os.unlink)(name, dir_fd=folder)
    except FileNotFoundError:
        return
    except OSError:
        raise Tampered(REPLACED.format(name)) from None


def _step(folder: int, name: str) -> int:
    """Go into a folder, which must be none that a link leads to; leave the one above it."""
    try:
        deeper = os.open(name, STEP, dir_fd=folder)
    except OSError:
        raise Tampered("The project removed or replaced the folder of its database.") from None
    os.close(folder)
    return deeper


HOST = "127.0.0.1"


def refuse_links(folder: Path | str) -> None:
    """Refuse a project with a link that leads out of it, or nowhere."""
    top = os.path.realpath(folder)
    for place, folders, files in os.walk(top):
        for name in (*folders, *files):
            path = os.path.join(place, name)
            inside = os.path.realpath(path).startswith(top + os.sep)
            if os.path.islink(path) and (os.path.isabs(os.readlink(path)) or not inside):
                raise LinkRefused(
                    f"{os.path.relpath(path, top)} is a link that leads out of the project; hand "
                    "in the file that it leads to."
                )


class LinkRefused(CourseError):
    """A project holds a link that leads out of it."""
