"""Runs in a process of its own and serves Django projects; the course talks to it from outside.

This folder is started by its path, never imported by the kit, and needs only Python and Django.

On Linux and macOS it is a warm parent: it imports Django once, then forks a child for each project
that `duplex.nursery` asks for, and kills all of them when the line to the kit is cut. On Windows,
and for TLS, it serves the one project that its command line names, and ends with its input.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from host_project import serve_alone  # noqa: E402
from host_warm import WarmParent, preload  # noqa: E402

sys.path.pop(0)


def main():
    """`host.py FD KIND [LIMITS]` is the warm parent; `host.py ORDER` serves one project (Windows).

    With limits it is the first process of a sandbox.
    """
    if len(sys.argv) > 2:
        preload(sys.argv[2])
        WarmParent(socket.socket(fileno=int(sys.argv[1])), jail_of(*sys.argv[3:])).run()
        os._exit(0)  # without tidying up what it imported: the kit waits for this
    order = json.loads(sys.argv[1])
    line = keep_line()
    threading.Thread(target=end_with_the_kit, args=[line, order["remove"]], daemon=True).start()
    serve_alone(order)


def jail_of(*limits):
    """Return the sandbox that this is, if it is one (on Linux)."""
    if limits:
        sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
        from host_jail import Jail

        sys.path.pop(0)
        return Jail(*limits)


def keep_line():
    """Move the line to the kit away from standard input, which the project finds empty."""
    line = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return line


def end_with_the_kit(line, folder):
    """Wait until the line to the kit is cut; then remove the project's copy, and end."""
    os.read(line, 1)
    shutil.rmtree(folder, ignore_errors=True)
    if hasattr(os, "killpg"):
        os.killpg(os.getpid(), signal.SIGKILL)
    subprocess.call(["taskkill", "/F", "/T", "/PID", str(os.getpid())])
    os._exit(1)


if __name__ == "__main__":
    main()
