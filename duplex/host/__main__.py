"""Runs in a process of its own and serves Django projects; the course talks to it from outside.

This folder is started by its path, never imported by the kit, and needs only Python and Django.

On Linux and macOS it is a warm parent: it imports Django once, then forks a child for each project
that `duplex.nursery` asks for, and kills all of them when the line to the kit is cut. On Windows,
and for TLS, it serves the one project that its command line names, and ends with its input.
"""

import json
import os
import shutil
import socket
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from host_project import serve_alone  # noqa: E402
from host_warm import WarmParent, preload  # noqa: E402

sys.path.pop(0)


def main():
    """`host.py FD KIND` is the warm parent; `host.py ORDER` serves one project (Windows)."""
    if len(sys.argv) == 3:
        preload(sys.argv[2])
        WarmParent(socket.socket(fileno=int(sys.argv[1]))).run()
        return
    order = json.loads(sys.argv[1])
    threading.Thread(target=end_with_the_kit, args=[order["remove"]], daemon=True).start()
    serve_alone(order)


def end_with_the_kit(folder):
    """Wait until the line to the kit is cut; then remove the project's copy, and end."""
    sys.stdin.read()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


if __name__ == "__main__":
    main()
