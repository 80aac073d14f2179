"""`duplex run`: serve a lab with its own manage.py, for a person at a browser."""

import os
import socket
import subprocess
import sys
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
    manage = [sys.executable, "manage.py"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    env = lab.env | env
    migration = [*manage, "migrate", "--noinput", "--verbosity", "0"]
    if subprocess.run(migration, cwd=folder, env=env).returncode:
        raise CourseError(f"The project in {folder} does not start; mend the error shown above.")
    if port != wanted:
        console.print(Text(f"Port {wanted} is taken, so this is port {port}."))
    url = f"http://127.0.0.1:{port}/"
    console.print(Text(f"Lab {lab.number:02d} is at {url} (Ctrl-C ends it)"), soft_wrap=True)
    words = [sys.executable, str(HOST / "run_here.py"), "runserver", f"127.0.0.1:{port}"]
    if sys.platform == "win32":
        return subprocess.run(words, cwd=folder, env=env).returncode
    sys.stdout.flush()
    os.chdir(folder)
    os.execve(sys.executable, words, env)  # so that nothing is left when it ends


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
