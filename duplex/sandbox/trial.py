"""Which layers of a sandbox hold on this computer: each is tried from inside."""

import json
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from duplex.deadline import scaled
from duplex.sandbox import jail

PATIENCE = 60.0  # seconds, scaled
LAYERS = {  # by the name of its trial: what doctor calls it, and what holds
    "user": ("another user", "without any privilege"),
    "network": ("network namespace", "no network but its own loopback"),
    "files": ("files", "nothing but the system and Python in sight"),
    "writing": ("read-only files", "files that it cannot change"),
    "processes": ("process limit", "so many processes and no more"),
    "memory": ("memory limit", "so much memory and no more"),
    "socket": ("unix socket", "the grader reaches a server inside"),
    "calls": ("system calls", "dangerous ones are refused"),
}
INSIDE = """
import json, os, resource, socket, sys
listener, port, secret = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
number = lambda name: int(status[name].split()[0], 16)
found = {
    "user": os.getuid() and number("NoNewPrivs") and not any(
        map(number, ("CapPrm", "CapEff", "CapInh", "CapAmb"))),
    "files": not os.path.exists(secret),
    "writing": not any(os.access(path, os.W_OK) for path in (
        "/", "/usr", "/etc", sys.prefix, os.path.dirname(secret))),
    "calls": number("Seccomp") == 2,
}
with socket.socket() as out:
    found["network"] = out.connect_ex(("127.0.0.1", port)) != 0
with socket.socket(fileno=listener) as known:
    found["socket"] = known.accept()[0].recv(5) == b"hello"
resource.setrlimit(resource.RLIMIT_DATA, (2**28, 2**28))
try:
    bytearray(2**29)
except MemoryError:
    found["memory"] = True
resource.setrlimit(resource.RLIMIT_NPROC, (8, 8))
try:
    for _ in range(20):
        if os.fork() == 0:
            sys.stdin.read()
            os._exit(0)
except BlockingIOError:
    found["processes"] = True
print(json.dumps(found))
"""


def trial() -> dict[str, bool]:
    """Try each of LAYERS; none of them holds where there is no sandbox at all."""
    if jail.missing():
        return dict.fromkeys(LAYERS, False)
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as tcp:
        secret = Path(folder, "secret")
        secret.touch(mode=0o644)
        told = _run(Path(folder), [str(tcp.getsockname()[1]), str(secret)])
    return {name: bool(told.get(name)) for name in LAYERS}


def _run(folder: Path, words: list[str]) -> dict:
    with (
        socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as client,
        jail.filtered(folder / "calls") as (filters, passed),
    ):  # fmt: skip
        listener.bind(str(folder / "socket"))
        listener.listen()
        client.connect(str(folder / "socket"))
        client.sendall(b"hello")
        command = [*jail.bwrap(*jail.python(), *filters, user=jail.new_user()), sys.executable,
                   "-I", "-S", "-c", INSIDE, str(listener.fileno()), *words]  # fmt: skip
        try:
            done = subprocess.run(
                command, pass_fds=[listener.fileno(), *passed], stdin=subprocess.DEVNULL,
                capture_output=True, start_new_session=True, timeout=scaled(PATIENCE),
            )  # fmt: skip
            return json.loads(done.stdout)
        except (OSError, ValueError, subprocess.SubprocessError):
            return {}


__all__ = ["LAYERS", "trial"]
