"""Where a project under test is put, and where it listens: here, or in a sandbox."""

import contextlib
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from duplex import project
from duplex.deadline import scaled
from duplex.errors import Tampered
from duplex.sockets import Address, TlsAddress, host_and_port

GUARD = Path(__file__).with_name("host") / "guard.py"
LOCK = 10.0  # seconds, scaled, in which a database can be locked
TRIES = 100  # how often a path is cleared that a project may fill again at once
REPLACED = "The project put something else where {} was to be, again and again."
MEMORY = "/dev/shm"  # files in memory outlive a process, and commits need not wait for a busy disk


class Ground:
    """This computer as it is: folders for temporary files, and TCP on 127.0.0.1."""

    def folder(self) -> Path:
        """Make a folder that nobody else has, to be filled; `settle` it before it is used."""
        return project.temporary_folder()

    def settle(self, folder: Path) -> Path:
        """Put a folder where projects see it, and return its path there."""
        return folder

    def inspect(self, folder: Path) -> None:
        """Look at a project's copy before it is served; CourseError when it cannot be."""

    def remove(self, folder: Path) -> None:
        """Remove a folder that was settled."""
        project.remove(folder / "project")

    def kept(self) -> tuple[Path, Callable[[], None]]:
        """Make a folder for a database, and what removes it; it goes with the kit in any case."""
        folder = tempfile.mkdtemp("", "duplex-", MEMORY if os.access(MEMORY, os.W_OK) else None)
        words = [sys.executable, "-P", str(GUARD), folder]
        guard = subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True)
        return Path(folder), lambda: (guard.stdin.close(), guard.wait())

    def read(self, path: Path) -> bytes | None:
        """Return what a file that a project made holds; None when it is no file."""
        return path.read_bytes() if path.is_file() else None

    def write(self, path: Path, data: bytes) -> None:
        """Write a new file where projects make theirs; one that is there stays as it is."""
        with contextlib.suppress(FileExistsError), open(path, "xb") as file:
            file.write(data)

    def discard(self, path: Path) -> None:
        """Remove a file that a project made, with those that go with it, or what blocks it."""
        for file in path.parent.glob(f"{path.name}*"):
            file.rmdir() if file.is_dir() else file.unlink(missing_ok=True)  # it may be gone by now

    def block(self, path: Path) -> None:
        """Let nothing be opened at a path, where a project may make a file at any moment."""
        for _ in range(TRIES):
            self.discard(path)
            with contextlib.suppress(FileExistsError):
                return self._fill(path)
        raise Tampered(REPLACED.format(path.name))

    def replace(self, path: Path, data: bytes) -> None:
        """Let a path hold this, and nothing of what went with the file that was there."""
        new = path.with_name(f"new-{path.name}")
        self.write(new, data)
        self.discard(path)
        self._rename(new, path)

    def _fill(self, path: Path) -> None:
        path.mkdir()

    def _rename(self, old: Path, new: Path) -> None:
        old.rename(new)

    @contextlib.contextmanager
    def locked(self, database: Path) -> Iterator[None]:
        """Be somebody else who writes to an SQLite database, as long as the block lasts."""
        with contextlib.closing(
            sqlite3.connect(database, scaled(LOCK), isolation_level=None)
        ) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")

    def lent(self, path: Path, data: bytes) -> Path | None:
        """Return a file with what `path` held when it was new, to copy; None when it is gone."""
        return path if path.is_file() else None

    def listen(self) -> socket.socket:
        """Listen for a server that is to come."""
        return socket.create_server(("127.0.0.1", 0), backlog=512)

    def url(self, address: Address) -> str:
        """Return the address of a server as this computer's browser wants it."""
        secure = isinstance(address, TlsAddress)  # whose certificate is for this name
        host, port = host_and_port(address)
        return f"https://localhost:{port}" if secure else f"http://{host}:{port}"

    def shared(self, folder: Path | None = None) -> Path:
        """Make a folder (this one again) for a service's socket, to which projects connect."""
        if folder is None:
            return Path(tempfile.mkdtemp(prefix="duplex-"))
        folder.mkdir(mode=0o700)
        return folder

    def service(self, folder: Path, command: list[str]) -> list[str]:
        """Return the command that runs a redis-server whose socket lies in this folder."""
        return command

    def flags(self) -> list[str]:
        """Return the words with which a browser finds what is served here, and nothing else."""
        return []


HERE = Ground()


def flags_for(nursery) -> list[str]:
    """Return the words of a browser for what this nursery (or none) serves."""
    return nursery.ground.flags() if nursery else []
