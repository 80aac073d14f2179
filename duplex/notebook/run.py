"""Execute the notebooks: renew their outputs (nbclient), or compare with them (nbval)."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from duplex import catalog
from duplex.deadline import scaled
from duplex.errors import CourseError

FOLDER = catalog.ROOT / "notebooks"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def chosen(number: str | None = None) -> list[Path]:
    """Return all notebooks, or the one whose name begins with `number`."""
    found = sorted(FOLDER.glob(f"{number.zfill(2)}_*.ipynb" if number else "[0-9]*.ipynb"))
    if not found:
        raise CourseError(
            f"There is no notebook {number} in {FOLDER}; give its number, such as 02."
        )
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
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    os.environ.update(environment())
    notebook = nbformat.read(path, as_version=4)
    codes = sum(cell.cell_type == "code" for cell in notebook.cells)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
        step = bar.add_task(path.stem, total=codes)
        client = NotebookClient(
            notebook, timeout=scaled(120), kernel_name="python3", record_timing=False,
            resources={"metadata": {"path": str(path.parent)}},
            on_cell_executed=lambda **_: bar.advance(step),
        )  # fmt: skip
        try:
            client.execute()
        except CellExecutionError as error:
            console.print(Text(str(error)))
            raise CourseError(f"{path.name} stopped at the cell shown above; mend it.") from None
    write(notebook, path)


def write(notebook, path: Path) -> None:
    """Write a notebook with nothing in it that changes from one run to the next by itself."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for count, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{count:03d}"
        kept = {"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {}
        cell.metadata = nbformat.from_dict(kept)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)


def check(paths: list[Path]) -> int:
    """Run nbval on the notebooks, two at a time; return pytest's exit status."""
    words = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env",
             "--nbval-sanitize-with", str(FOLDER / "sanitize.cfg"),
             "--nbval-cell-timeout", str(int(scaled(120))), "-p", "no:cacheprovider",
             "-n", str(min(2, len(paths))), "--dist", "loadscope", *map(str, paths)]  # fmt: skip
    return subprocess.run(words, cwd=catalog.ROOT, env=environment()).returncode
