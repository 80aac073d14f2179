"""Known mistakes: each a small edit of a solution, with what a student sees, and why."""

import json
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from duplex import catalog
from duplex.diagnosis.signs import Sign, read_sign
from duplex.errors import CourseError
from duplex.table import Table, parse

NEEDED = ("task", "also", "name", "why", "read", "sign")  # of a mistake, by a diagnosis


@dataclass(frozen=True)
class Edit:
    """Replace what `find` names, exactly once in the file; with `find` None, write it all."""

    file: str
    find: str | None
    replace: str


@dataclass(frozen=True)
class Mistake:
    """A wrong solution: the task that fails (and those that fail with it), in words, as edits."""

    id: str
    task: str
    also: tuple[str, ...]
    name: str
    sees: str
    why: str
    read: str
    edits: tuple[Edit, ...]
    source: Path
    signs: tuple[Sign, ...] = ()


def folder(lab: catalog.Lab) -> Path:
    """Return the folder of a lab's known mistakes."""
    return catalog.ROOT / "tests" / "mistakes" / f"lab{lab.number:02d}"


def signs_file(lab: catalog.Lab) -> Path:
    """Return where a copy for students has the signs of a lab's mistakes, without the edits."""
    return catalog.ROOT / "skeletons" / f"signs{lab.number:02d}.json"


def load(lab: catalog.Lab) -> list[Mistake]:
    """Return a lab's known mistakes, ordered by their files' names."""
    signs = signs_file(lab)
    if signs.is_file():
        return [_mistake(told.pop("id"), Table(signs, "", told))
                for told in json.loads(signs.read_text("utf-8"))]  # fmt: skip
    return [read(file) for file in sorted(folder(lab).glob("*.toml"))]


def read(file: Path) -> Mistake:
    """Read one known mistake; every slip in it is told by file and key."""
    about = file.stat() if file.is_file() else None
    return _read(file, about and (about.st_mtime_ns, about.st_size))


@lru_cache(maxsize=1000)
def _read(file: Path, _: tuple[int, int] | None) -> Mistake:
    """Read a file as it is since its last change: who grades a class asks for all, many times."""
    data = parse(file)
    sees, edits = data.text("sees"), tuple(read_edit(entry) for entry in data.tables("edit"))
    return _mistake(file.stem, data, sees, edits)


def _mistake(name: str, data: Table, sees: str = "", edits: tuple[Edit, ...] = ()) -> Mistake:
    result = Mistake(
        name, data.text("task"), data.texts("also", []), data.text("name"), sees,
        data.text("why"), data.text("read"), edits, data.file,
        tuple(read_sign(entry) for entry in data.tables("sign")) if data.has("sign") else (),
    )  # fmt: skip
    data.close()
    return result


def signs(lab: catalog.Lab) -> list[dict]:
    """Return what a diagnosis needs of a lab's mistakes, as data: no edit, nothing seen."""
    found = []
    for file in sorted(folder(lab).glob("*.toml")):
        told = tomllib.loads(file.read_text("utf-8"))
        found.append({"id": file.stem} | {key: told[key] for key in NEEDED if key in told})
    return found


def read_edit(entry: Table) -> Edit:
    """Read one edit of a known mistake."""
    file = entry.inside("file", entry.text("file"))
    if (whole := entry.string("write", None)) is not None:
        result = Edit(file, None, whole)
    else:
        result = Edit(file, entry.text("find"), entry.string("replace"))
    entry.close()
    return result


def apply(mistake: Mistake, folder: Path) -> None:
    """Make the mistake in a copy of the solution."""
    for edit in mistake.edits:
        target = folder / edit.file
        if edit.find is None:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(edit.replace.encode())
        else:
            target.write_bytes(_edited(mistake, edit, target).encode())


def _edited(mistake: Mistake, edit: Edit, target: Path) -> str:
    if not target.is_file():
        raise CourseError(f"{mistake.source}: {edit.file} is not in the solution; correct `file`.")
    text = target.read_bytes().decode()
    if (times := text.count(edit.find)) != 1:
        raise CourseError(
            f"{mistake.source}: {edit.find!r} occurs {times} times in {edit.file}, but must occur "
            "exactly once; choose a text that names one place."
        )
    return text.replace(edit.find, edit.replace)
