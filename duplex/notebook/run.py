"""Execute the notebooks: renew their outputs (nbclient), or compare with them (nbval)."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from duplex import backup, catalog
from duplex.browser import find_browser
from duplex.deadline import scaled
from duplex.errors import CourseError
from duplex.terminal import clean, one_line

FOLDER = catalog.ROOT / "notebooks"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def chosen(number: str | None = None) -> list[Path]:
    """Return all notebooks, or the one whose name begins with `number`."""
    if number and not number.isdecimal():
        raise CourseError(f"{number!r} is not the number of a notebook; give one such as 02.")
    found = sorted(FOLDER.glob(f"{number.zfill(2)}_*.ipynb" if number else "[0-9]*.ipynb"))
    if not found:
        wanted = f"no notebook {number}" if number else "no notebook"
        raise CourseError(f"There is {wanted} in {FOLDER}; give a number such as 02.")
    return found


def environment() -> dict[str, str]:
    """The environment in which a notebook runs: our own Python, no colours, nobody's progress."""
    mine = {"PATH": str(Path(sys.executable).parent), "PYTHONPATH": str(catalog.ROOT)}
    joined = {name: os.pathsep.join(filter(None, [place, os.environ.get(name)]))
              for name, place in mine.items()}  # fmt: skip
    fixed = {"NO_COLOR": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1", "DUPLEX_PROGRESS": os.devnull}
    return os.environ | joined | fixed


def run(path: Path, console: Console) -> None:
    """Execute one notebook and write its outputs back; an error shows its cell and stops."""
    os.environ.update(environment())
    notebook = read(path)
    codes = sum(cell.cell_type == "code" for cell in notebook.cells)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
        step = bar.add_task(path.stem, total=codes)
        execute(notebook, path, console, lambda: bar.advance(step))
    write(notebook, path)


def read(path: Path):
    """Return a notebook, or say that the file is none."""
    try:
        return nbformat.read(path, as_version=4)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError) as error:
        reason = one_line(str(error), 100)
        raise CourseError(f"{path} is not a notebook ({reason}); restore it with git.") from None


def execute(notebook, path: Path, console: Console, advance: Callable[[], None]) -> None:
    """Execute a notebook's cells in place; the first one that fails is shown."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    client = NotebookClient(
        notebook, timeout=int(scaled(120)), kernel_name="python3", record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--log-level=40"],  # only what goes wrong
        on_cell_executed=lambda **_: advance(),
    )  # fmt: skip
    try:
        client.execute()
    except CellExecutionError as error:
        console.print(Text(clean(str(error))), soft_wrap=True)
        raise CourseError(f"{path.name} stopped at the cell shown above; mend it.") from None
    except (CellTimeoutError, DeadKernelError) as error:
        console.print(Text(clean(str(error))), soft_wrap=True)
        raise CourseError(
            f"{path.name} stopped as said above: a cell ran too long, or ended its own kernel."
        ) from None


def write(notebook, path: Path) -> None:
    """Write a notebook with nothing in it that changes from one run to the next by itself."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for count, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{count:03d}"
        kept = {"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {}
        cell.metadata = nbformat.from_dict(kept)
    nbformat.validate(notebook)
    text = nbformat.writes(notebook, version=4)
    backup.write(path, (text.rstrip("\n") + "\n").encode())


def check(paths: list[Path]) -> int:
    """Run nbval on the notebooks, three at a time; return pytest's exit status.

    Without a browser, a notebook that runs JavaScript says so in its cells, and is left out.
    """
    if find_browser() is None:
        away = [path for path in paths if "%%browser" in path.read_text("utf-8")]
        paths = [path for path in paths if path not in away]
        for path in away:
            print(f"{path.name} is not compared: it needs Chromium, Chrome or Edge; install one.")
        if not paths:
            return 0
    words = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env",
             "--nbval-sanitize-with", str(FOLDER / "sanitize.cfg"),
             "--nbval-cell-timeout", str(int(scaled(120))), "-p", "no:cacheprovider",
             "-n", "3" if len(paths) > 1 else "0", "--dist", "loadscope",
             *map(str, paths)]  # fmt: skip
    return subprocess.run(words, cwd=catalog.ROOT, env=environment()).returncode
