"""Run a command for the kit, and end it together with the kit: `guard.py FOLDER COMMAND …`.

The kit holds this process's standard input. When that is cut, however the kit ended, the command
is killed with all that it started, and its temporary folder is removed. Without a command, only
the folder is kept until then.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time


def main():
    """Start the command, and end with it, or with the kit."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the kit
    folder, *command = sys.argv[1:]
    if not command:
        sys.stdin.buffer.read()
        remove(folder)
        return
    child = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, start_new_session=True)
    threading.Thread(target=end_with_the_kit, args=[child], daemon=True).start()
    status = child.wait()
    end(child)
    remove(folder)
    os._exit(max(status, 0))


def remove(folder):
    """Remove a folder, whatever is in it; somebody who is just being killed may still write."""
    patience = time.monotonic() + 10
    while os.path.exists(folder) and time.monotonic() < patience:
        with contextlib.suppress(RecursionError):
            shutil.rmtree(folder, ignore_errors=True)
        if os.path.exists(folder) and os.name == "posix":  # closed, or deeper than Python goes
            words = [["rm", "-rf", folder]]
            if os.geteuid():
                words.insert(0, ["chmod", "-R", "u+rwX", folder])
            for command in words:
                subprocess.run(command, stderr=subprocess.DEVNULL)


def end_with_the_kit(child):
    """Wait until the line to the kit is cut; then end the command."""
    sys.stdin.buffer.read()
    end(child)


def end(child):
    """Kill the command's whole process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
