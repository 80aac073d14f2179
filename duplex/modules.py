"""Which modules of the kit something needs: what it imports, and what that imports."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from duplex import catalog

# What only the whole course has: commands of a copy for students import none of it.
KEPT = ("duplex.batch", "duplex.instructing", "duplex.mutation", "duplex.release",
        "duplex.site.pictures")  # fmt: skip


def needed(roots: Iterable[str], without: tuple[str, ...] = ()) -> dict[str, Path]:
    """Return the kit's modules that `roots` import, directly or not, with their files.

    Imports inside functions count too. `without` are modules that are imported only by commands
    which are not there.
    """
    found: dict[str, Path] = {}
    todo = list(roots)
    while todo:
        name = todo.pop()
        file = None if name in found or _under(name, without) else file_of(name)
        if file:
            found[name] = file
            todo += [*imported(file), name.rpartition(".")[0]]
    return found


def _under(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in packages)


def file_of(name: str) -> Path | None:
    """Return the file of one of the kit's modules; None for any other name."""
    if name.partition(".")[0] != "duplex":
        return None
    place = catalog.ROOT.joinpath(*name.split("."))
    files = place / "__init__.py", place.with_suffix(".py")
    return next((file for file in files if file.is_file()), None)


def imported(file: Path) -> Iterator[str]:
    """Yield the names that a Python file imports, anywhere in it."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def all_in(package: str) -> list[str]:
    """Return the modules that lie directly in a package, as "duplex.notebook.show"."""
    folder = catalog.ROOT.joinpath(*package.split("."))
    return sorted(f"{package}.{file.stem}" for file in folder.glob("*.py"))


def data_beside(modules: dict[str, Path]) -> Iterator[Path]:
    """Yield the files that are no Python and lie beside these modules, such as grader.ini."""
    for folder in sorted({file.parent for file in modules.values()}):
        yield from sorted(path for path in folder.iterdir()
                          if path.is_file() and path.suffix not in (".py", ".pyc"))  # fmt: skip
