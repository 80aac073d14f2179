"""The mutants of a lab: each a solution with one small change, under an id without line numbers."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from duplex import catalog, skeleton
from duplex.errors import CourseError
from duplex.mutation import operators, script
from duplex.mutation.source import Edit, Source, units
from duplex.progression import carried
from duplex.sources import solutions, sources, text_of
from duplex.terminal import one_line

EDITS = {".py": operators.edits, ".js": script.edits}


@dataclass(frozen=True)
class Mutant:
    """One change of one file; `task` is the task in whose region it is, if any.

    `line` counts from 1, `change` shows the change in a line, `text` is the whole new file.
    """

    lab: int
    file: str
    where: str
    operator: str
    number: int
    task: str | None
    line: int
    change: str
    text: str

    @property
    def id(self) -> str:
        """File, qualified name, operator, and which of these it is there, from 1."""
        return f"{self.file}:{self.where}:{self.operator}:{self.number}"


def mutants(lab: catalog.Lab, task: str | None = None) -> list[Mutant]:
    """Return a lab's mutants in the files' order; `task` leaves those in its regions.

    Code outside of regions that stands so in the lab before is that lab's, and mutated there.
    """
    found = [one for path in sorted({*lab.edits, *lab.changes}) if _mutable(path)
             for one in _of_file(lab, path)]  # fmt: skip
    return [one for one in found if task in (None, one.task)]


def find(lab: catalog.Lab, mutant_id: str) -> Mutant:
    """Return a mutant by its id."""
    for one in mutants(lab):
        if one.id == mutant_id:
            return one
    raise CourseError(
        f"Lab {lab.number} has no mutant {mutant_id!r}; `duplex mutate {lab.number} --list` "
        "shows the ids."
    )


def _mutable(path: str) -> bool:
    parts = PurePosixPath(path)
    return parts.suffix in EDITS and parts.parts[0] in ("chat", "config") and (
        "migrations" not in parts.parts)  # fmt: skip


def _of_file(lab: catalog.Lab, path: str) -> Iterator[Mutant]:
    file = sources(lab.name).get(path)
    if file is None:  # the lab removes it
        return
    text, known = text_of(file), _known(lab, path)
    regions, count = skeleton.regions(text, file.suffix), Counter()
    for edit in EDITS[file.suffix](text):
        count[edit.where, edit.operator] += 1
        line = text.encode().count(b"\n", 0, edit.start) + 1
        task = next((one.id for one in regions if one.first < line < one.last), None)
        if task or (edit.where, edit.unit) not in known:
            number = count[edit.where, edit.operator]
            yield _mutant(Mutant(lab.number, path, edit.where, edit.operator, number, task, line,
                                 "", ""), text, edit)  # fmt: skip


def _mutant(bare: Mutant, text: str, edit: Edit) -> Mutant:
    new = (text.encode()[: edit.start] + edit.new.encode() + text.encode()[edit.end :]).decode()
    return replace(bare, text=new, change=_shown(text, new))


def _shown(old: str, new: str) -> str:
    """Show what differs of two texts: the lines that do, without what they share."""
    ours, theirs = old.split("\n"), new.split("\n")
    while ours and theirs and ours[0] == theirs[0]:
        del ours[0], theirs[0]
    while ours and theirs and ours[-1] == theirs[-1]:
        del ours[-1], theirs[-1]
    told = [one_line(re.sub(r"\s+", " ", " ".join(lines)), 120) for lines in (ours, theirs)]
    return f"{told[0]} → {told[1]}"


def _known(lab: catalog.Lab, path: str) -> set[tuple[str, str]]:
    """Return the units of a Python file as the lab before leaves it."""
    names = solutions()
    before = names[: names.index(lab.name)]
    content = carried(before[-1]).get(path) if before and path.endswith(".py") else None
    tree = Source(content.decode()).tree if content else ast.Module([], [])
    return {(where, ast.dump(unit)) for where, unit in units(tree)}
