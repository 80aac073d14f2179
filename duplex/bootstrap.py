"""Make the course's environment, .venv: what course.py does before it hands over.

Standard library only: none of the course's packages is there yet. An environment counts as made
once its stamp is written, which comes last; one without a stamp is made afresh. A lock keeps two
set-ups apart; pip holds it too, so that what a killed set-up left running is not run over.
"""

import errno
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
VENV = os.path.join(HERE, ".venv")
LOCK = os.path.join(VENV, "course.lock")  # never deleted: it also says that .venv is the course's
STAMP = os.path.join(VENV, "course.stamp")  # written last: a .venv without it is unfinished
LOG = os.path.join(VENV, "install.log")
BIN = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin")
PYTHON = os.path.join(BIN, "python.exe" if os.name == "nt" else "python")
PIP = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
PIP += ["--progress-bar", "off"]
FULL = "No space left on device"
CAUSES = (  # a sentence, and what Python, venv or pip write when it is true
    ("The disk is full: make room (about 1 GB in {here}, and for a while as much where temporary "
     "files go), then call this again.",
     FULL + "|not enough space on the disk|Disk quota exceeded"),
    ("This Python ({python}) has no complete venv module: on Debian and Ubuntu run `sudo apt "
     "install python3-venv`, elsewhere install Python anew from python.org, then call this again.",
     "No module named venv|No module named 'venv'|No module named ensurepip|"
     "No module named 'ensurepip'|ensurepip is not available|ensurepip is disabled"),
    ("The package index answered with a certificate that this Python does not trust: set PIP_CERT "
     "to the file of the certificate of your school's or company's proxy, then call this again.",
     "CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError"),
    ("The network did not answer, so the packages were not downloaded: check the connection (and "
     "HTTPS_PROXY, if you need a proxy), then call this again.",
     "Failed to establish a new connection|NewConnectionError|Max retries exceeded|timed out|"
     "Failed to connect|Connection refused|Connection reset|Connection aborted|name resolution|"
     "getaddrinfo failed|ProxyError|Network is unreachable|IncompleteRead|incomplete-download"),
    ("The set-up may not write in {here}: put the course in a folder of your own, close what uses "
     "its .venv, then call this again.",
     "Permission denied|Read-only file system|Operation not permitted|WinError 5]|WinError 32]"),
)  # fmt: skip



WHY = {
    "new": "Setting the course up in {venv}; this happens once and takes a few minutes.",
    "begun": "The last set-up did not end; starting it afresh.",
    "moved": "The course was moved or copied; making its .venv afresh.",
    "broken": "The Python of .venv is gone or has changed; making it afresh.",
    "outdated": "The pinned packages have changed; installing the new ones.",
}


class Problem(Exception):
    """What happened, where, and what to do next, in one sentence."""


def say(text, end="\n", stream=None):
    """Print, also where the terminal cannot show every letter of a path."""
    stream = stream or sys.stderr
    try:
        stream.write(text + end)
    except UnicodeEncodeError:
        stream.write(text.encode("ascii", "replace").decode("ascii") + end)
    stream.flush()


def explain(text, step="The set-up"):
    """Return one sentence for what a failed step wrote: a known cause, or its last error."""
    flat = " ".join(text.split())  # some of it is wrapped
    for sentence, marks in CAUSES:
        if any(mark in flat for mark in marks.split("|")):
            return sentence.format(here=HERE, python=sys.executable)
    lines = [line.strip() for line in text.splitlines() if line.strip()] or ["it wrote nothing"]
    errors = [line for line in lines if line.startswith(("ERROR", "Error", "error"))] or lines
    return f"{step} failed ({errors[-1][:300]}): read {LOG}, then call this again."


def read(path):
    """Return a text file's content, or an empty text when there is none."""
    try:
        return Path(path).read_text("utf-8", "replace")
    except OSError:
        return ""


def wanted():
    """Return what the stamp of a finished .venv says: its pins, its place, its Python."""
    digest = hashlib.sha256()
    for name in ("requirements.txt", "pyproject.toml"):
        digest.update(read(os.path.join(HERE, name)).encode() + b"\0")
    return [digest.hexdigest(), ascii(HERE), ".".join(map(str, sys.version_info[:2]))]


def state():
    """Say how .venv is: ready, outdated (other pins), moved, broken, begun or new."""
    stamp, now = read(STAMP).split("\n"), wanted()
    if len(stamp) != 3:
        return "begun" if os.path.isdir(VENV) and set(os.listdir(VENV)) - {"course.lock"} else "new"
    if stamp[1] != now[1]:
        return "moved"
    if not os.path.exists(PYTHON) or (stamp[2] != now[2] and version() != stamp[2]):
        return "broken"  # the Python that it was made from is gone, or is another one now
    return "ready" if stamp[0] == now[0] else "outdated"


def version():
    """Return the version of the Python in .venv, or None when it does not start."""
    code = "import sys; print(*sys.version_info[:2], sep='.')"
    try:
        return subprocess.check_output([PYTHON, "-I", "-c", code], text=True).strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def lock():
    """Return the open lock file; a second set-up waits here until the first has ended."""
    if os.path.isdir(VENV) and os.listdir(VENV) and not os.path.exists(LOCK):
        raise Problem(f"{VENV} was not made by course.py: move it away, then call this again.")
    os.makedirs(VENV, exist_ok=True)
    stream = open(LOCK, "a")  # noqa: SIM115
    if not take(stream):
        say("Another call is setting the course up: waiting for it to end.")
        while not take(stream):
            time.sleep(0.2)
    return stream


def take(stream):
    """Try to lock an open file; the lock lasts as long as a process holds the file open."""
    try:
        if os.name == "nt":
            import msvcrt

            stream.seek(0)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:  # some file systems have no locks: go on without one
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


def empty():
    """Delete what .venv holds, the stamp first and the lock never."""
    paths = {os.path.join(VENV, name) for name in os.listdir(VENV)} - {LOCK}
    for path in sorted(paths, key=lambda path: path != STAMP):
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.remove(path)


def run(step, words, held, progress=lambda text: None):
    """Run one step of the set-up, its output going to the log; a failure is one sentence."""
    begin, harmful = len(read(LOG)), {"PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PYTHONHOME"}
    if words[0] == PYTHON:  # pip would take what lies on PYTHONPATH for installed
        harmful.add("PYTHONPATH")
    clean = {name: value for name, value in os.environ.items() if name not in harmful}
    clean |= {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    share = {} if os.name == "nt" else {"pass_fds": [held.fileno()]}
    with open(LOG, "ab") as log:  # the child keeps the lock, should this process be killed
        child = subprocess.Popen(words, cwd=HERE, env=clean, stdin=subprocess.DEVNULL,
                                 stdout=log, stderr=subprocess.STDOUT, **share)  # fmt: skip
    wait(child, lambda: progress(read(LOG)[begin:]))
    if child.returncode:
        full = shutil.disk_usage(HERE).free < 2**20  # then the log could not be written either
        raise Problem(explain(read(LOG)[begin:] + (FULL if full else ""), step))


def wait(child, tick=lambda: None):
    """Wait for a process to end; when we must end, end it too, unless Ctrl-C has reached it."""
    try:
        while child.poll() is None:
            tick()
            try:
                child.wait(0.3)
            except subprocess.TimeoutExpired:
                continue
    except BaseException as error:
        if not isinstance(error, KeyboardInterrupt):
            child.terminate()
        child.wait()
        raise
    return child.returncode


def show(text):
    """Show on a terminal how far pip has come, as its log tells."""
    lines = text.splitlines()
    pins = sum("==" in line for line in read(os.path.join(HERE, "requirements.txt")).splitlines())
    total = pins - sum(line.startswith("Ignoring ") for line in lines)
    done = sum(line.startswith("Collecting ") for line in lines)
    verb = "Downloading"
    if "Installing collected packages" in text:
        place = sysconfig.get_path("purelib", "venv", {"base": VENV})
        verb, done = "Installing", sum(name.endswith(".dist-info") for name in os.listdir(place))
    if sys.stderr.isatty():
        say(f"\r  {verb}: {min(done, total)} of {total} packages    ", end="")


def prepare():
    """Make .venv ready; this costs nothing when it is."""
    if state() == "ready":
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with lock() as held:
        how, stamp = state(), "\n".join(wanted())
        if how != "ready":
            build(how, stamp, held)


def build(how, stamp, held):
    """Install what is pinned into .venv, and the course's package; the stamp comes last."""
    say(WHY[how].format(venv=VENV))
    try:
        if how == "outdated":
            os.remove(STAMP)
        else:
            empty()
            base = getattr(sys, "_base_executable", None) or sys.executable
            run("Making .venv", [base, "-m", "venv", VENV], held)
        run("Installing the packages", PIP + ["-r", "requirements.txt"], held, show)
        mine = ["--no-deps", "--no-build-isolation", "--editable", "."]
        run("Installing the course", PIP + mine, held)
        Path(STAMP + ".new").write_text(stamp)
        os.replace(STAMP + ".new", STAMP)
    except (Problem, OSError) as error:
        if "disk is full" in str(error) or FULL in str(error):
            empty()  # half of the course is of no use, and fills the disk
        raise
    finally:
        say("", end="\n" if sys.stderr.isatty() else "")
    say("The course is set up.")


def environment():
    """Return the environment of what runs in .venv: its commands come first."""
    path = BIN + os.pathsep + os.environ.get("PATH", os.defpath)
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONHOME"}
    return kept | {"PATH": path, "VIRTUAL_ENV": VENV, "DUPLEX_COMMAND": "python3 course.py"}
