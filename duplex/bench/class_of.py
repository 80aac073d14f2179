"""A class for the benchmark of grading: submissions that all differ, right ones and wrong ones."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from duplex import catalog, mistakes, project

LABS = (2, 4)
LEFT_OUT = "remove.txt"  # names what an alternative does without


@dataclass(frozen=True)
class Design:
    """One way to do a lab: the solution, an alternative, or a known mistake."""

    lab: catalog.Lab
    name: str
    folder: Path | None = None
    mistake: mistakes.Mistake | None = None

    def write(self, target: Path) -> None:
        """Write the project to a new folder."""
        ignored = shutil.ignore_patterns(*project.LEFT_OUT)
        shutil.copytree(self.lab.solution(), target, ignore=ignored)
        if self.mistake:
            mistakes.apply(self.mistake, target)
        if self.folder:
            shutil.copytree(self.folder, target, dirs_exist_ok=True, ignore=ignored)
            self._leave_out(target)

    def _leave_out(self, target: Path) -> None:
        listed = target / LEFT_OUT
        for name in listed.read_text("utf-8").split() if listed.is_file() else ():
            shutil.rmtree(target / name) if (target / name).is_dir() else (target / name).unlink()
        listed.unlink(missing_ok=True)


def designs(lab: catalog.Lab) -> Iterator[Design]:
    """Yield designs without end: of five, three are right, and one of these is an alternative."""
    home = catalog.ROOT / "tests" / "alternatives" / lab.name[:5]
    others = sorted(path for path in home.iterdir() if path.is_dir())
    known = mistakes.load(lab)
    for turn in count():
        yield Design(lab, "solution")
        yield Design(lab, "mistake", mistake=known[2 * turn % len(known)])
        yield Design(lab, "solution")
        yield Design(lab, "alternative", others[turn % len(others)])
        yield Design(lab, "mistake", mistake=known[(2 * turn + 1) % len(known)])


def chosen(size: int) -> Iterator[Design]:
    """Yield the designs of a class of this size, of one lab and the other in turn."""
    ways = [designs(catalog.lab(number)) for number in LABS]
    for number in range(size):
        yield next(ways[number % len(ways)])


def right(size: int) -> int:
    """Return how many of a class of this size should pass."""
    return sum(one.mistake is None for one in chosen(size))


def write(top: Path, size: int) -> list[tuple[catalog.Lab, Path]]:
    """Write the submissions of a class of this size, as folders; each differs by a comment."""
    found = []
    for number, one in enumerate(chosen(size)):
        folder = top / f"student{number:03d}" / one.lab.name
        one.write(folder)
        with open(folder / "manage.py", "a", encoding="utf-8") as file:
            file.write(f"\n# This is the work of student {number}.\n")
        found.append((one.lab, folder))
    return found
