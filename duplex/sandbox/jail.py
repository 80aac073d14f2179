"""The command line of bubblewrap: what a process in a sandbox sees, and who it is there."""

import contextlib
import functools
import itertools
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil

from duplex.deadline import scaled
from duplex.nursery import HOST, child_environment
from duplex.sandbox import calls
from duplex.sandbox.limits import Limits

SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin")
SETTINGS = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "mime.types",
            "nsswitch.conf", "ssl/openssl.cnf", "ssl/certs", "pki/tls/openssl.cnf",
            "crypto-policies")  # fmt: skip
PASSWD = "student:x:{0}:{0}:student:/tmp:/bin/sh\n"
FILES = {"group": "student:x:{0}:\n", "hosts": "127.0.0.1 localhost\n::1 localhost\n",
         "passwd": PASSWD}  # fmt: skip
NAMESPACES = ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts",
              "--unshare-cgroup-try")  # fmt: skip
FIRST_USER = 0x60000000  # beyond every real user; 64 for each process that may run
TRIAL = 30.0  # seconds, scaled, for a command that does nothing
_users = itertools.count()


def is_root() -> bool:
    """Tell whether the kit runs as root, and must make the sandbox somebody else."""
    return os.geteuid() == 0


def new_user() -> int | None:
    """Return a user id that no other sandbox of this computer has now; None unless we are root."""
    return FIRST_USER + os.getpid() * 64 + next(_users) % 32 if is_root() else None


def service_of(user: int) -> int:
    """Return the user id of what a sandbox uses and must not touch."""
    return user + 32


def bwrap(*options: str, user: int | None) -> list[str]:
    """Return the words that start a command as `user` (None: our own), who sees only the system.

    Start it as the leader of a new session, and end it by killing its process group: as root,
    bubblewrap itself may not kill what has become another user.
    """
    return [
        "bwrap", *NAMESPACES, "--die-with-parent", "--as-pid-1", "--clearenv",
        *environment(), *_system(), "--dev", "/dev", "--proc", "/proc", *options,
        "--remount-ro", "/dev", "--remount-ro", "/", *_become(user),
    ]  # fmt: skip


def _become(user: int | None) -> list[str]:
    """Return the words that leave a command without any privilege."""
    if user is None:
        return ["--unshare-user", "--cap-drop", "ALL", "--"]
    kept = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")  # setpriv uses them up
    return ["--cap-drop", "ALL", *(word for name in kept for word in ("--cap-add", name)), "--",
            "setpriv", "--reuid", str(user), "--regid", str(user), "--clear-groups",
            "--inh-caps=-all", "--bounding-set=-all"]  # fmt: skip


def countable(limits: Limits) -> Limits:
    """Return limits that hold here: before Linux 5.14, all processes of our own user count."""
    version = tuple(map(int, re.findall(r"\d+", platform.release())[:2]))
    if is_root() or version >= (5, 14):
        return limits
    all_of_them = (one.info for one in psutil.process_iter(["uids", "num_threads"]))
    ours = [one["num_threads"] or 0 for one in all_of_them
            if one["uids"] and one["uids"].real == os.getuid()]  # fmt: skip
    return replace(limits, processes=limits.processes + sum(ours))


def environment() -> list[str]:
    """Return the words that set the few variables of a sandbox."""
    kept = ("PYTHONHOME", "PYTHONUNBUFFERED", "PYTHONUTF8", "PYTHONDONTWRITEBYTECODE",
            "PYTHONHASHSEED")  # fmt: skip
    env = {name: value for name, value in child_environment().items() if name in kept}
    env |= {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp", "TMPDIR": "/tmp",
            "LANG": "C.UTF-8"}  # fmt: skip
    return [word for pair in env.items() for word in ("--setenv", *pair)]


def _system() -> list[str]:
    words = []
    for path in SYSTEM:
        if os.path.islink(path):
            words += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            words += ["--ro-bind", path, path]
    for name in SETTINGS:
        if os.path.exists(path := f"/etc/{name}"):
            words += [*_parents(Path(path)), "--ro-bind", os.path.realpath(path), path]
    return words


def show(*paths: Path | str, how: str = "--ro-bind") -> list[str]:
    """Return the words that show files at their own paths, in folders that hold nothing else."""
    words = []
    for path in map(Path, paths):
        if not any(path.is_relative_to(top) for top in SYSTEM if not os.path.islink(top)):
            words += [*_parents(path), how, str(path), str(path)]
    return words


def _parents(path: Path) -> list[str]:
    """Return the words that make the folders above a path, which anybody may pass through."""
    above = [str(folder) for folder in reversed(path.parents) if str(folder) not in ("/", "/dev")]
    return [word for folder in above for word in ("--perms", "0755", "--dir", folder)]


def python() -> list[str]:
    """Return the words that show this Python with its packages, and the host of projects."""
    return show(*_tops(), HOST)


def _tops() -> list[Path]:
    return list(dict.fromkeys([Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve()]))


def temporary(folder: Path) -> list[str]:
    """Return the words that let a folder be /tmp; in a kit below /tmp, which that would hide,
    they name the folder itself as the place for temporary files.
    """
    if not any(path.is_relative_to("/tmp") for path in (*_tops(), HOST)):
        return ["--bind", str(folder), "/tmp"]
    named = [word for name in ("TMPDIR", "HOME") for word in ("--setenv", name, str(folder))]
    return [*show(folder, how="--bind"), *named]


def settings(folder: Path, user: int | None) -> list[str]:
    """Write the files that name the sandbox's user; return the words that show them in /etc."""
    number = os.geteuid() if user is None else user
    words = []
    for name, text in FILES.items():
        (folder / name).write_text(text.format(number))
        words += ["--ro-bind", str(folder / name), f"/etc/{name}"]
    return words


@contextlib.contextmanager
def filtered(file: Path) -> Iterator[tuple[list[str], list[int]]]:
    """Write the filter of system calls to a file; yield bubblewrap's words, and what to pass."""
    if (program := calls.program()) is None:
        yield [], []
        return
    file.write_bytes(program)
    with open(file, "rb") as opened:
        yield ["--seccomp", str(opened.fileno())], [opened.fileno()]


def missing() -> str:
    """Say in one sentence why there can be no sandbox here; nothing when there can be."""
    if sys.platform != "linux":
        return "There is no sandbox on this system, as only Linux has bubblewrap; use Linux."
    if shutil.which("bwrap") is None:
        return "There is no sandbox without bubblewrap; `duplex doctor` says how to get it."
    if is_root() and shutil.which("setpriv") is None:
        return "There is no sandbox for root without setpriv, a part of util-linux; install it."
    if said := _refusal(shutil.which("bwrap")):
        return f"There is no sandbox here ({said}); `duplex doctor` says what can be done."
    return ""


@functools.cache
def _refusal(program: str) -> str:
    """Try bubblewrap for real; return what it says when it does not work."""
    words = [program, *bwrap(user=new_user())[1:], "true"]
    try:
        told = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              start_new_session=True, timeout=scaled(TRIAL))  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        return f"bwrap: {error}"
    said = told.stderr.strip() or f"bwrap ended with the status {told.returncode}"
    return said.splitlines()[-1] if told.returncode else ""
