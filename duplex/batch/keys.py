"""The name under which a result is kept: a hash of all that it depends on.

That is the project's files, the lab with its graders and the parts of the kit that they use, and
the versions of Python and of the packages that serve and judge. What changes none of them changes
no result, so nothing is judged twice.
"""

import hashlib
import importlib.metadata as metadata
import platform
import sqlite3
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from duplex import catalog, mistakes
from duplex.backup import files
from duplex.browser import find_browser
from duplex.errors import CourseError
from duplex.modules import imported
from duplex.verdict import grader_files

KIT = Path(__file__).parent.parent
JUDGES = ("worker", "verdict", "grader", "collector")  # where judging begins in the kit
EXPLAINING = ("duplex.diagnosis", "duplex.mistakes")  # what explains verdicts changes none
PACKAGES = (
    "asgiref", "autobahn", "channels", "channels_redis", "daphne", "django", "msgpack",
    "playwright", "pytest", "redis", "twisted", "websocket-client",
)  # fmt: skip


def project_key(folder: Path) -> str:
    """Return a hash of a project's files: their names and what is in them."""
    return _hash(f"{name}\0".encode() + path.read_bytes() for name, path in files(folder).items())


def lab_key(lab: catalog.Lab, *more: object) -> str:
    """Return a hash of what judges a lab here; `more` is what else a result depends on."""
    graders = grader_files(lab)
    used = sorted(modules(graders))
    others = [KIT / "grader.ini", *sorted((KIT / "host").glob("*.py")),
              catalog.source(lab.name) / "lab.toml"]  # fmt: skip
    told = [path.read_bytes() for path in (*graders, *used, *others)]
    return _hash([*told, repr((versions(), more)).encode()])


def diagnosis_key(lab: catalog.Lab) -> str:
    """Return a hash of what explains the failures of a lab: the known mistakes, and their signs."""
    known = [mistakes.folder(one) for one in catalog.labs() if one.number <= lab.number]
    told = [file for folder in known for file in sorted(folder.glob("*.toml"))]
    code = sorted((KIT / "diagnosis").rglob("*.py"))
    return _hash(path.read_bytes() for path in (*told, *code, KIT / "mistakes.py"))


def key(lab_part: str, folder: Path) -> str:
    """Return the key of one project judged by one lab."""
    return _hash([lab_part.encode(), project_key(folder).encode()])


def _hash(parts: Iterable[bytes]) -> str:
    """Hash parts so that what ends one cannot begin the next."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:32]


@cache
def versions() -> tuple[str, ...]:
    """Return the versions of what a verdict may depend on."""
    found = [f"python {platform.python_version()}", f"sqlite {sqlite3.sqlite_version}"]
    found.append(f"browser {find_browser() is not None}")  # else some tasks are not checked
    for name in PACKAGES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            found.append(f"{name} is not there")
    return tuple(found)


def modules(graders: Iterable[Path]) -> set[Path]:
    """Return the files of the kit that graders use, however far down, and helpers beside them."""
    found: set[Path] = set()
    waiting = [*graders, *(KIT / f"{name}.py" for name in JUDGES)]
    while waiting:
        path = waiting.pop()
        new = imports(path) - found
        found |= new
        waiting += new
    return found


@cache
def imports(path: Path) -> set[Path]:
    """Return the files that a file of the kit, or a grader, imports from the kit or its tests."""
    try:
        names = [name for name in imported(path) if not name.startswith(EXPLAINING)]
        return {file for name in names for file in _files_of(name)}
    except (SyntaxError, ValueError) as error:
        raise CourseError(f"{path} is no valid Python ({error}); mend it first.") from None


def _files_of(name: str) -> list[Path]:
    """Return the files that `import name` reads of the kit or the tests; none for other names."""
    top, *rest = name.split(".")
    if top not in ("duplex", "tests"):
        return []
    home = KIT if top == "duplex" else catalog.ROOT / "tests"
    above = [home.joinpath(*rest[:depth]) / "__init__.py" for depth in range(len(rest) + 1)]
    return [path for path in (*above, home.joinpath(*rest).with_suffix(".py")) if path.is_file()]
