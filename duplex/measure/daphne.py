"""The command `daphne` itself, as it is typed: nothing in it changed, and any option given."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from duplex import project
from duplex.deadline import wait_until
from duplex.log import Log
from duplex.nursery import HOST, child_environment

START = 30.0  # seconds that the command may take to listen, scaled by DUPLEX_TIMEOUT_FACTOR
GUARDED = hasattr(os, "killpg")  # not on Windows


class Daphne:
    """`daphne OPTIONS config.asgi:application` in a copy of a project, on a free port.

    `python` are options of the interpreter, such as ("-W", "error"). The database is not migrated.
    """

    def __init__(self, folder: Path, *options: str, python: tuple[str, ...] = (), **env: str):
        self.folder = project.copy(folder)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.address = free.getsockname()
        command = [sys.executable, *python, "-m", "daphne", "-b", "127.0.0.1", "-p",
                   str(self.address[1]), *options, "config.asgi:application"]  # fmt: skip
        if GUARDED:
            guard = [sys.executable, "-P", str(HOST / "guard.py"), str(self.folder.parent)]
            command = [*guard, *command]
        output_in, output = os.pipe()
        self.log = Log(output_in, str(self.folder))
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output, stderr=output,
            env=child_environment() | {"PYTHONPATH": str(self.folder)} | env,
            start_new_session=True,
        )  # fmt: skip
        os.close(output)

    def wait_ready(self) -> "Daphne":
        """Wait until the command listens."""
        wait_until(lambda: self._listens() or self.process.poll() is not None, START)
        if not self._listens():
            self.stop()
            cause = self.log.last_error() or self.log.last_line()
            raise ChildProcessError(f"daphne did not start: {cause}")
        return self

    def _listens(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            return probe.connect_ex(self.address) == 0

    def stop(self) -> None:
        """End the command and remove its copy of the project."""
        self.process.stdin.close()
        if not GUARDED:
            self.process.kill()
        self.process.wait()
        self.log.finish()
        project.remove(self.folder)

    def __enter__(self) -> "Daphne":
        return self

    def __exit__(self, *_) -> None:
        self.stop()
