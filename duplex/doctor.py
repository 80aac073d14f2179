"""What this computer has of what the course can use, and what each missing part disables."""

import platform
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rich.console import Console
from rich.table import Table
from rich.text import Text

from duplex.bootstrap import HERE
from duplex.deadline import scaled
from duplex.errors import CourseError
from duplex.redis import find_redis
from duplex.sandbox import jail
from duplex.sandbox.trial import LAYERS, trial

TIMEOUT = 15.0  # seconds for one tiny command, scaled by DUPLEX_TIMEOUT_FACTOR
SANDBOX = "grading a whole class in a sandbox (your own labs do not need it)"
GET_BWRAP = ("Debian and Ubuntu: sudo apt install bubblewrap; macOS and Windows: use Linux in a "
             "virtual machine or WSL 2, as only Linux has it")  # fmt: skip
GET_NAMESPACES = ("Linux: allow unprivileged user namespaces (Ubuntu 24.04 and later: an AppArmor "
                  "profile for bwrap; a container: start it with fewer restrictions)")  # fmt: skip
GET_REDIS = ("Debian and Ubuntu: sudo apt install redis-server; macOS: brew install redis; "
             "Windows: use WSL 2, and install it there")  # fmt: skip
GET_BROWSER = ("Debian: sudo apt install chromium; Ubuntu, macOS and Windows: install Chrome or "
               "Edge, or set DUPLEX_CHROMIUM to the path of one that you have")  # fmt: skip
GET_NPM = ("Debian and Ubuntu: sudo apt install npm; macOS: brew install node; "
           "Windows: winget install OpenJS.NodeJS")  # fmt: skip
GET_PACKAGES = "Every system: call python3 course.py list, which installs what is pinned"
GET_PYTHON = ("Debian and Ubuntu: sudo apt install python3; macOS: brew install python; "
              "Windows: winget install Python.Python.3.13")  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One thing that the course can use: whether it is here, what lacks without it."""

    name: str
    found: bool
    detail: str
    disables: str
    get: str = ""
    required: bool = False


def survey() -> list[Part]:
    """Look at everything that the course can use, the required parts first."""
    return [python(), packages(), redis_server(), browser(), npm(), bubblewrap(), *layers()]


def python() -> Part:
    """Python itself."""
    found = sys.version_info >= (3, 11)
    detail = f"{platform.python_version()} at {sys.executable}"
    return Part("Python 3.11 or newer", found, detail, "the whole course", GET_PYTHON, True)


def pins() -> dict[str, str]:
    """Return the version of each package that requirements.txt pins for this computer."""
    lines = Path(HERE, "requirements.txt").read_text("utf-8").splitlines()
    wanted = here(line for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(one.name): str(one.specifier)[2:] for one in wanted}


def here(lines: Iterable[str]) -> list[Requirement]:
    """Return the requirements that are meant for this computer."""
    wanted = map(Requirement, lines)
    return [one for one in wanted if one.marker is None or one.marker.evaluate()]


def needed() -> set[str]:
    """Return the packages that the course's own code asks for."""
    project = tomllib.loads(Path(HERE, "pyproject.toml").read_text("utf-8"))["project"]
    return {canonicalize_name(one.name) for one in here(project["dependencies"])}


def packages() -> Part:
    """The packages of requirements.txt: all that are needed, and which are of another version."""
    wanted, have = pins(), {}
    for one in metadata.distributions():
        have.setdefault(canonicalize_name(one.metadata["Name"] or ""), one.version)
    missing = sorted(name for name in needed() if name not in have)
    other = sorted(name for name in wanted if name in have and have[name] != wanted[name])
    detail = f"{len(wanted)} pinned"
    if missing:
        detail = f"missing: {', '.join(missing)}"
    elif other:
        told = ", ".join(f"{name} {have[name]} for {wanted[name]}" for name in other[:5])
        detail += f", {len(other)} of another version: {told}{', …' if other[5:] else ''}"
    return Part("packages", not missing, detail, "the whole course", GET_PACKAGES, True)


def attempt(*words: str) -> subprocess.CompletedProcess | None:
    """Run a tiny command; None when it cannot be started or does not end."""
    try:
        return subprocess.run(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", timeout=scaled(TIMEOUT),
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None


def program(name: str, path: Path | str | None, disables: str, get: str) -> Part:
    """A program that tells its version."""
    told = attempt(path, "--version") if path else None
    if path and (told is None or told.returncode):
        return Part(name, False, f"{path} does not start", disables, get)
    version = re.search(r"\d+(\.\d+)+", told.stdout) if told else None
    detail = f"{version[0] if version else 'present'} at {path}" if path else "not found"
    return Part(name, bool(path), detail, disables, get)


def redis_server() -> Part:
    """The real Redis that channels_redis speaks to."""
    disables = "the Redis channel layer: parts of notebook 08, notebook 11 and lab 07"
    return program("redis-server", find_redis(), disables, GET_REDIS)


def browser() -> Part:
    """A browser of Chromium's family, driven without a window."""
    from duplex.browser import find_browser

    disables = "judging the labs' pages: their tasks are told as not checked"
    try:
        path, detail = find_browser(), "not found"
    except CourseError as error:
        path, detail = None, str(error)
    return Part("Chromium, Chrome or Edge", path is not None, str(path or detail), disables,
                GET_BROWSER)  # fmt: skip


def npm() -> Part:
    """The program that fetches Pyodide, which runs Python in a browser, for the site."""
    path = shutil.which("npm")
    return Part("npm", path is not None, path or "not found", "the site's playground", GET_NPM)


def bubblewrap() -> Part:
    """The program that makes the sandbox."""
    return program("bubblewrap", shutil.which("bwrap"), SANDBOX, GET_BWRAP)


def layers() -> list[Part]:
    """The sandbox's layers, each tried from inside, where it must see its effect."""
    if sys.platform == "win32" or shutil.which("bwrap") is None:
        return [Part(f"sandbox: {name}", False, "needs bubblewrap", SANDBOX, GET_BWRAP)
                for name, _ in LAYERS.values()]  # fmt: skip
    holds = trial()
    return [layer(name, holds[key], detail) for key, (name, detail) in LAYERS.items()]


def layer(name: str, holds: bool, detail: str) -> Part:
    """One layer of the sandbox, as its trial found it."""
    detail = detail if holds else jail.missing() or "does not work here"
    return Part(f"sandbox: {name}", holds, detail, SANDBOX, GET_NAMESPACES)


def report(console: Console) -> int:
    """Print what was found as a table, then what is missing; 1 when a required part is."""
    parts = survey()
    table = Table(box=None, pad_edge=False)
    for head in ("", "part", "what was found"):
        table.add_column(head, overflow="fold")
    for part in parts:
        sign, colour = ("✓", "green") if part.found else ("✗", "red" if part.required else "yellow")
        table.add_row(Text(sign, colour), Text(part.name), Text(part.detail))
    console.print(table)
    for part in lacking(parts):
        console.print(Text(f"\nMissing: {part.name}. This disables {part.disables}. {part.get}."))
    if all(part.found for part in parts):
        console.print("\nNothing is missing.")
    return int(any(part.required and not part.found for part in parts))


def lacking(parts: list[Part]) -> list[Part]:
    """Return the missing parts, as one those that are got in the same way."""
    found = {}
    for part in parts:
        if not part.found:
            found.setdefault(part.get, []).append(part)
    return [replace(alike[0], name=", ".join(part.name for part in alike))
            for alike in found.values()]  # fmt: skip
