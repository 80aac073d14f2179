"""Every relative link of the course's prose leads to a file, and every anchor to a heading."""

import re
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest

from duplex import catalog

ROOT = catalog.ROOT
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
OUTSIDE = re.compile(r"[a-z]+:")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
TEXTS = sorted(
    path for pattern in ("*.md", "docs/*.md", "labs/*/README.md", "solutions/*/README.md",
                         "notebooks/*.ipynb")
    for path in ROOT.glob(pattern)
)  # fmt: skip


def prose(path: Path) -> str:
    """Return a file's Markdown, without the code in it."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = nbformat.reads(text, as_version=4).cells
        text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return CODE.sub("", text)


def anchor(heading: str) -> str:
    """Return the anchor that a heading gets: lower case, blanks as hyphens, no punctuation."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(path: Path) -> set[str]:
    """Return the anchors of a file's headings, as GitHub and as JupyterLab write them."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    if path.suffix == ".ipynb":
        cells = nbformat.read(path, as_version=4).cells
        text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    headings = re.findall(r"^#+ (.+?)\s*$", text, re.MULTILINE)
    return {anchor(heading) for heading in headings} | {h.replace(" ", "-") for h in headings}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_resolve(path):
    for link in LINK.findall(prose(path)):
        if OUTSIDE.match(link):
            continue
        name, _, wanted = unquote(link).partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), f"{link} leads nowhere"
        assert not wanted or wanted in anchors(target), f"{link}: no such heading"
