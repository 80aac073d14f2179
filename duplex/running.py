"""`duplex run`: serve a lab with its own manage.py, or with TLS, for a person at a browser."""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from duplex import catalog
from duplex.errors import CourseError
from duplex.nursery import HOST

TRIED = 50  # ports, from the wanted one on


def run(console: Console, lab: catalog.Lab, folder: Path, wanted: int) -> int:
    """Migrate, say the address, and become the project's server (on Windows: wait for it)."""
    port = free_port(wanted)
    env = prepared(folder, lab.env)
    say_where(console, lab, f"http://127.0.0.1:{port}/", wanted, port)
    words = [sys.executable, str(HOST / "run_here.py"), "runserver", f"127.0.0.1:{port}"]
    return become(words, folder, env)


def run_tls(console: Console, lab: catalog.Lab, folder: Path, wanted: int) -> int:
    """Serve as for strangers: Daphne with TLS, a key of its own, and none of the lab's `env`."""
    from duplex.certs import Authority, endpoint

    port, authority, place = free_port(wanted), Authority(), kept_folder()
    key, chain = authority.write(place)
    env = prepared(folder, {"CHAT_SECRET_KEY": secrets.token_urlsafe(50)})
    say_where(console, lab, f"https://localhost:{port}/", wanted, port)
    console.print(Text(TRUST.format(authority.write_root(place))), soft_wrap=True)
    words = [sys.executable, "-m", "daphne", "-e", endpoint(port, key, chain)]
    return become([*words, asgi_application(folder)], folder, env)


TRUST = """\
Its certificate was made for this run, by an authority that no browser knows, so browsers warn.
A program may trust it: curl --cacert {} …"""


def kept_folder() -> Path:
    """Make a folder that is removed when this process ends, also as the one that it becomes."""
    place = tempfile.mkdtemp(prefix="duplex-")
    words = [sys.executable, "-P", str(HOST / "guard.py"), place]
    guard = subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True)
    os.set_inheritable(guard.stdin.fileno(), True)
    KEPT.append(guard)
    return Path(place)


KEPT: list[subprocess.Popen] = []  # the guards of folders, each as long as this process lives


def become(words: list[str], folder: Path, env: dict[str, str]) -> int:
    """Become a command, so that nothing is left when it ends (on Windows: wait for it)."""
    if sys.platform == "win32":
        return subprocess.run(words, cwd=folder, env=env).returncode
    sys.stdout.flush()
    os.chdir(folder)
    os.execve(sys.executable, words, env)


def prepared(folder: Path, more: dict[str, str]) -> dict[str, str]:
    """Migrate the project; return the environment to serve it in."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    env = more | env
    migration = [sys.executable, "manage.py", "migrate", "--noinput", "--verbosity", "0"]
    if subprocess.run(migration, cwd=folder, env=env).returncode:
        raise CourseError(f"The project in {folder} does not start; mend the error shown above.")
    return env


def asgi_application(folder: Path) -> str:
    """Name the ASGI application beside the settings that manage.py selects."""
    sys.path.insert(0, str(HOST))
    from host_project import settings_module

    sys.path.remove(str(HOST))
    package, dot, _ = settings_module(folder).rpartition(".")
    return f"{package}{dot}asgi:application"


def say_where(console: Console, lab: catalog.Lab, url: str, wanted: int, port: int) -> None:
    """Print the address of the lab's page."""
    if port != wanted:
        console.print(Text(f"Port {wanted} is taken, so this is port {port}."))
    console.print(Text(f"Lab {lab.number:02d} is at {url} (Ctrl-C ends it)"), soft_wrap=True)


def free_port(wanted: int) -> int:
    """Return the first free port from `wanted` on."""
    last = min(wanted + TRIED, 65536) - 1
    for port in range(wanted, last + 1):
        with socket.socket() as probe:
            if os.name != "nt":  # there it would let two servers share a port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise CourseError(
        f"Neither port {wanted} nor another one up to {last} can be used; choose one with --port, "
        "such as 8080."
    )
