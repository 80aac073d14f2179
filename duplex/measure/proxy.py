"""Several Daphnes on unix sockets behind a real nginx, on a unix socket as well."""

import collections
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from duplex import wire
from duplex.deadline import wait_until
from duplex.nursery import HOST
from duplex.server import Server

CONFIG = Path(__file__).parents[2] / "notebooks/projects/scale/deploy/nginx.conf"
LISTEN, UPSTREAM = "listen 80;", r" *server unix:/run/chat/\d\.sock"
FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")  # where it may keep large bodies
START = 15.0  # seconds, scaled


def find_nginx() -> str | None:
    """Return the nginx to run, or None."""
    return shutil.which("nginx", path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin")


class UnixServer(Server):
    """A project under Daphne that listens on a unix socket, as `daphne -u` does."""

    def _fork(self, output: int):
        self._ready, ready = os.pipe()
        os.set_blocking(self._ready, False)
        self.address = str(self.folder.parent / "daphne.sock")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.address)
            listener.listen(512)
            try:
                return self._nursery.start(self._order(), [listener.fileno(), output, ready])
            finally:
                os.close(ready)


class Nginx:
    """An nginx of one's own in front of servers; `without` are words whose lines are left out.

    `changes` replaces words of the configuration. It ends with the kit.
    """

    def __init__(self, servers: Sequence[str], without: Sequence[str] = (), **changes: str):
        self.folder = Path(tempfile.mkdtemp(prefix="duplex-nginx-"))
        self.address = str(self.folder / "front.sock")
        text = configuration(self.address, servers, without, changes)
        (self.folder / "nginx.conf").write_text(text, encoding="utf-8")
        command = [find_nginx(), "-p", self.folder, "-c", "nginx.conf", "-e", "error.log"]
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(HOST / "guard.py"), str(self.folder), *command],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        wait_until(lambda: self._listens() or self.process.poll() is not None, START)
        if not self._listens():
            self.stop()
            raise ChildProcessError("nginx did not start; `nginx -t` says what it cannot do.")

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(self.address) == 0

    def stop(self) -> None:
        """End nginx and remove its folder."""
        self.process.stdin.close()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "Nginx":
        return self

    def __exit__(self, *_) -> None:
        self.stop()


def configuration(
    address: str, servers: Sequence[str], without: Sequence[str], changes: dict[str, str]
) -> str:
    """Return the course's configuration for this computer, where nobody is root or has port 80."""
    text = CONFIG.read_text(encoding="utf-8").replace(LISTEN, f"listen unix:{address};")
    lines = [line for line in text.splitlines() if not any(word in line for word in without)]
    upstream = [f"server unix:{one} max_fails=1 fail_timeout=5s;" for one in servers]
    place = next(i for i, line in enumerate(lines) if re.match(UPSTREAM, line))
    lines = [line for line in lines if not re.match(UPSTREAM, line)]
    lines[place:place] = upstream
    place = lines.index("http {") + 1
    lines[place:place] = ["access_log off;", *(f"{one}_temp_path {one};" for one in FOLDERS)]
    text = "\n".join(["daemon off;", "master_process off;", "pid nginx.pid;", *lines])
    text = text.replace("worker_rlimit_nofile 65536;", "").replace("32768", "512")
    for name, value in changes.items():
        text = re.sub(rf"{name} \S+;", f"{name} {value};", text)
    return text


def where(address: str) -> str:
    """Return the number of the process that a new connection comes to."""
    with wire.connect(address, "/ws/where/", origin="") as client:
        return client.receive().payload


def spread(address: str, count: int) -> list[int]:
    """Open connections, all at the same time; return how many came to each process."""
    clients = [wire.connect(address, "/ws/where/", origin="") for _ in range(count)]
    found = collections.Counter(client.receive().payload for client in clients)
    for client in clients:
        client.close()
    return sorted(found.values())


def knock(address: str, path: str = "/ws/where/") -> str:
    """Try a handshake, and return what comes of it."""
    try:
        with wire.connect(address, path, origin=""):
            return "101"
    except wire.Refused as refusal:
        return f"HTTP {refusal.status}"


def page(address: str) -> int:
    """Get a page, and return the status."""
    return wire.Http(address).get("/process/").status


def silence(address: str, seconds: float = 10) -> tuple[str, float]:
    """Say nothing on a connection; return how it ended, and after how many seconds."""
    with wire.connect(address, "/ws/where/", origin="") as client:
        client.receive()
        start = time.perf_counter()
        try:
            how = str(client.receive(timeout=seconds))
        except wire.WireError as error:
            how = str(error)
        return how, time.perf_counter() - start
