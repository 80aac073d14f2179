"""Find the project of each lab in an unpacked submission, wherever it lies."""

import os
import re
from pathlib import Path

from duplex import catalog
from duplex.submissions.unpack import ENVIRONMENT

OTHERS = ("solutions", "notebooks", "tests", "backups", "bench", "duplex")  # a whole course's
NAMED = re.compile(r"(?<![a-z])lab[ _-]?0*([0-9]{1,2})(?![0-9])", re.IGNORECASE)
TASK = re.compile(r'^\s*id\s*=\s*"([0-9]{1,2})\.[0-9]{1,2}"', re.MULTILINE)
LARGEST = 256 * 1024  # bytes of a lab.toml that is looked at


def projects(folder: Path, only: int | None = None) -> dict[int, Path]:
    """Return the folder of each lab's project by the lab's number.

    A project is a folder with a manage.py; which lab it is, its lab.toml or its folder's name
    tells, and when neither does and there is one project alone, it is that of lab `only`.
    """
    found = candidates(folder)
    by_lab: dict[int, list[Path]] = {}
    for path in found:
        by_lab.setdefault(number_of(path, folder) or 0, []).append(path)
    nameless = by_lab.pop(0, [])
    if only and only not in by_lab and len(nameless) == 1:
        by_lab[only] = nameless
    return {number: best(number, paths, folder) for number, paths in sorted(by_lab.items())}


def candidates(folder: Path) -> list[Path]:
    """Return the folders that hold a manage.py, without those inside of others."""
    found = []
    for place, folders, names in os.walk(folder):
        if "manage.py" in names:
            found.append(Path(place))
            folders.clear()
        if ENVIRONMENT in names:
            folders.clear()
        folders[:] = sorted(name for name in folders if name not in OTHERS)
    return found


def number_of(project: Path, top: Path) -> int | None:
    """Return the number of the lab that a project is one of, if anything tells it."""
    with_name = NAMED.search(project.name) if project != top else None
    if with_name and int(with_name[1]) in catalog.names():
        return int(with_name[1])
    try:
        with open(project / "lab.toml", encoding="utf-8", errors="replace") as file:
            found = TASK.search(file.read(LARGEST))
    except OSError:
        found = None
    return int(found[1]) if found else _number_above(project, top)


def _number_above(project: Path, top: Path) -> int | None:
    """Look at the names of the folders around a project."""
    for above in project.parents:
        if above == top or top not in above.parents:
            return None
        if found := NAMED.search(above.name):
            return int(found[1])
    return None


def best(number: int, paths: list[Path], top: Path) -> Path:
    """Return the likeliest of a lab's projects: with its very name, near the top, first by name."""
    name = catalog.names().get(number)
    return min(paths, key=lambda path: (path.name != name, len(path.parts), str(path)))
