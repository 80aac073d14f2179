"""Lab N+1 starts from solution N: carry a change forward, and check that nothing drifts."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from duplex import backup, catalog, skeleton
from duplex.errors import CourseError
from duplex.sources import shown, solutions, sources, text_of


def read(name: str) -> catalog.Lab:
    """Return a lab as its solution declares it."""
    return catalog.read(catalog.ROOT / "solutions" / name)


def labs() -> list[catalog.Lab]:
    """Return every lab as its solution declares it, in order."""
    return [read(name) for name in solutions()]


def carried(name: str) -> dict[str, bytes]:
    """Return what the next lab starts from: the solution's files without their fences."""
    return {path: _without_fences(file) for path, file in sources(name).items()}


def _without_fences(file: Path) -> bytes:
    if file.suffix not in skeleton.MARKS:
        return file.read_bytes()
    return skeleton.strip(text_of(file), file.suffix, shown(file)).encode()


def carry() -> list[str]:
    """Copy each solution's unlisted files to the next solution; returns what was done."""
    names = solutions()
    if unknown := [problem for pair in pairwise(names) for problem in _unknown(*pair)]:
        raise CourseError(" ".join(unknown))
    return [line for before, after in pairwise(names) for line in _carry(before, after)]


def _unknown(before: str, after: str) -> Iterator[str]:
    """Yield a sentence for each file that is neither carried nor listed."""
    known = {*sources(before), *read(after).changes}
    for path in sources(after):
        if path not in known:
            yield (f"solutions/{after}/{path} is not in the lab before, nor in the `changes` of "
                   "its lab.toml; list it there, or remove it.")  # fmt: skip


def _carry(before: str, after: str) -> list[str]:
    folder, listed = catalog.ROOT / "solutions" / after, read(after).changes
    have = sources(after)
    new = {path: content for path, content in carried(before).items()
           if path not in listed and not (path in have and have[path].read_bytes() == content)
           }  # fmt: skip
    lost = [path for path in new if path in have]
    note = f"; what stood there is kept in {backup.keep_files(folder, lost, after)}" if lost else ""
    for path, content in new.items():
        backup.write(folder / path, content)
    return [f"solutions/{after}/{path} is carried over from {before}"
            f"{note if path in lost else ''}." for path in new]  # fmt: skip


def progression() -> list[str]:
    """Return a sentence for each slip in the solutions' order: files, lists, fences, ids."""
    names = solutions()
    problems = [problem for name in names for problem in sorted(_fences(name))]
    for before, after in pairwise([None, *names]):
        problems += sorted(_changes(before, after))
    return problems


def _fences(name: str) -> Iterator[str]:
    """Compare a lab's fences with its lab.toml."""
    lab = read(name)
    ids = {task.id for task in lab.tasks}
    fenced = {}
    for path, file in sources(name).items():
        if file.suffix in skeleton.MARKS:
            found = skeleton.regions(text_of(file), file.suffix, shown(file))
            fenced |= {path: {region.id for region in found}} if found else {}
    for path in fenced.keys() - set(lab.edits):
        yield f"solutions/{name}/{path} has fences; list it in the `edits` of lab.toml."
    for path in set(lab.edits) - fenced.keys():
        yield f"solutions/{name}/lab.toml lists {path} in `edits`, but no fence is in it."
    for task in ids - set().union(*fenced.values()):
        yield f"solutions/{name}: no fence has the task {task} of lab.toml."
    for path, found in fenced.items():
        for task in found - ids:
            yield f"solutions/{name}/{path}: the fence of task {task} has no task in lab.toml."


def _changes(before: str | None, after: str) -> Iterator[str]:
    """Compare a lab's `changes` with what really changes; the first lab lists all its files."""
    old = sources(before) if before else {}
    start = carried(before) if before else {}
    new, listed = sources(after), read(after).changes
    for path in {*old, *new} - set(listed):
        if path not in new:
            yield f"solutions/{after}/{path} is missing; `duplex build --carry` copies it."
        elif path not in old or new[path].read_bytes() != start[path]:
            yield (f"solutions/{after}/{path} is new or changed; list it in the "
                   "`changes` of lab.toml, or run `duplex build --carry`.")  # fmt: skip
    for path in listed:
        if path not in new and path not in old:
            yield f"solutions/{after}/lab.toml lists {path} in `changes`, but there is none."
        elif path in new and path in old and new[path].read_bytes() == old[path].read_bytes():
            yield f"solutions/{after}/lab.toml lists {path} in `changes`, but it is the same."
