"""The texts of a copy: they name nothing that the copy does not have."""

import json
import posixpath
import re
from collections.abc import Callable
from urllib.parse import unquote

LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
ROW = re.compile(r"^\| `([\w./]+)/`.*\n?", re.MULTILINE)  # a row of a table on folders
COMMAND = re.compile(r"^.*course\.py (?:diff|solution) .*\n", re.MULTILINE)  # they need solutions
ONLY = re.compile(r"<!-- whole course -->\n.*?<!-- end -->\n", re.DOTALL)
STAYS = ("docs", "solutions", "tests/duplex", "tests/mistakes")  # in no copy
SOLUTIONS = "../solutions/"


def fitting(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files with their Markdown and notebooks made fit for each other."""
    there = {path[:at] for path in files for at, letter in enumerate(path) if letter == "/"}
    there |= set(files)
    return {path: _maker(path)(path, content, there) for path, content in files.items()}


def _maker(path: str) -> Callable[[str, bytes, set[str]], bytes]:
    """Return what makes a file fit; the links of the site's own pages are the site's affair."""
    kind = posixpath.splitext(path)[1]
    if path.startswith("site/") and kind == ".md":
        return lambda path, content, there: ONLY.sub("", content.decode()).encode()
    return {".md": _markdown, ".ipynb": _notebook}.get(kind, _as_it_is)


def _as_it_is(path: str, content: bytes, there: set[str]) -> bytes:
    return content


def _markdown(path: str, content: bytes, there: set[str]) -> bytes:
    return _prose(content.decode(), posixpath.dirname(path), there).encode()


def _prose(text: str, home: str, there: set[str]) -> str:
    """Return Markdown without links to what is not there, and without rows on it."""
    text = COMMAND.sub("", ONLY.sub("", text))
    text = ROW.sub(lambda row: "" if row[1] in STAYS else row[0], text)
    code = [found.span() for found in CODE.finditer(text)]

    def kept(link: re.Match) -> str:
        inside = any(begin <= link.start() < end for begin, end in code)
        return link[0] if inside or _leads(link[2], home, there) else link[1]

    return LINK.sub(kept, text)


def _leads(link: str, home: str, there: set[str]) -> bool:
    """Tell whether a link leads to a file of the copy, within the text, or out into the web."""
    name = unquote(link.partition("#")[0])
    if not name or re.match(r"[a-z]+:", name):
        return True
    return posixpath.normpath(posixpath.join(home, name)) in there


def _notebook(path: str, content: bytes, there: set[str]) -> bytes:
    """Return a notebook with its prose made fit, and without what it showed of a solution."""
    notebook, home = json.loads(content), posixpath.dirname(path)
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            _change(cell, lambda text: _prose(text, home, there))
        elif SOLUTIONS in source:
            cell["outputs"] = []
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)
    return f"{text}\n".encode()


def _change(cell: dict, change: Callable[[str], str]) -> None:
    cell["source"] = change("".join(cell["source"])).splitlines(keepends=True)
