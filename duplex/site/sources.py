"""The texts of the site, gathered from where they are kept into the folder that Sphinx reads."""

import json
import re
import shutil
from pathlib import Path

from duplex import catalog
from duplex.site import clinic, labs, lessons, playground
from duplex.site.links import keep_inside

HOME = catalog.ROOT / "site"
OPTIONAL = ("lecture", "docs/instructors", "playground/index")  # not in every copy
LECTURE = "## The lecture, sentence by sentence"


def gather(folder: Path, package: Path | None = None) -> None:
    """Write every page's source into an empty folder; the playground's with Pyodide's package."""
    pages = _pages(playground.pages() if package else {})
    for path, text in pages.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    shutil.copytree(HOME / "static", folder / "static")
    if package:
        playground.put(folder / "static", package)
    shutil.copy(HOME / "conf.py", folder)


def _pages(more: dict[str, str]) -> dict[str, str]:
    """Return each page's source by its path in the site; `more` are those of the playground."""
    written = HOME / "pages"
    found = {path.relative_to(written).as_posix(): path.read_text("utf-8")
             for path in sorted(written.rglob("*.md"))}  # fmt: skip
    found["clinic.md"] = clinic.page()
    for path in sorted((catalog.ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        found[f"notebooks/{path.name}"] = path.name
    for lab in catalog.labs():
        found[f"labs/{lab.name}/README.md"] = labs.page(lab, f"playground/{lab.name}.md" in more)
    guide = catalog.ROOT / "docs" / "instructors.md"
    if guide.is_file():
        found["docs/instructors.md"] = guide.read_text("utf-8")
    if lecture := _lecture():
        found["lecture.md"] = lecture
    found |= more
    return {path: _ready(path, text, found) for path, text in found.items()}


def _ready(path: str, text: str, pages: dict[str, str]) -> str:
    """Return a page's source without links, and entries, of pages that are not there."""
    if path.endswith(".ipynb"):
        return _lesson(path, pages)
    if path == "index.md":
        missing = [name for name in OPTIONAL if f"{name}.md" not in pages]
        marks = [mark for name in missing for mark in (f"]({name}.md)", f"<{name}>")]
        text = "\n".join(line for line in text.split("\n") if line not in missing
                         and not any(mark in line for mark in marks))  # fmt: skip
    return keep_inside(text, path, _known(pages))


def _lecture() -> str:
    """Return the README's map of the lecture."""
    text = (catalog.ROOT / "README.md").read_text("utf-8")
    found = re.search(rf"^{LECTURE}\n.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[0].replace("## ", "# ", 1) if found else ""


def _lesson(path: str, pages: dict[str, str]) -> str:
    """Return a notebook for the site, as JSON."""
    data = lessons.page(catalog.ROOT / path)
    for cell in data["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = keep_inside(lessons.source(cell), path, _known(pages))
    return json.dumps(data, ensure_ascii=False)


def _known(pages: dict[str, str]):
    return lambda path: path in pages
