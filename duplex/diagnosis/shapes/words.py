"""Shapes of what is no Python: pages, scripts and templates, read as text without comments."""

import re
from collections.abc import Iterator

from duplex.diagnosis.code import MOST_BYTES, MOST_FILES, Code, Place
from duplex.diagnosis.shapes import shape

COMMENTS = re.compile(
    r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)"""
    r"""|/\*.*?\*/|<!--.*?-->|\{#.*?#\}|(?<![:\w])//[^\n]*""",
    re.DOTALL,
)


def bare(text: str) -> str:
    """Return a text with its comments blanked; lines stay where they are."""
    return COMMENTS.sub(lambda found: found[1] or re.sub(r"[^\n]", " ", found[0]), text)


def texts_of(code: Code, files: str) -> Iterator[tuple[str, str]]:
    """Yield the path and the text without comments of each file that fits `files`."""
    for path in [*sorted(code.folder.rglob(files))][:MOST_FILES]:
        parts = path.relative_to(code.folder).parts
        hidden = any(part.startswith(".") or part == "node_modules" for part in parts)
        if not hidden and path.is_file() and path.stat().st_size <= MOST_BYTES:
            text = path.read_text(encoding="utf-8", errors="replace")
            yield "/".join(parts), bare(text)


@shape
def text(code: Code, files: str, regex: str) -> Iterator[Place]:
    """A file that fits `files` (such as "*.js") holds what a regular expression describes."""
    for path, content in texts_of(code, files):
        for found in re.finditer(regex, content):
            yield Place(path, content.count("\n", 0, found.start()) + 1)


@shape
def text_lacks(code: Code, files: str, regex: str, having: str) -> Iterator[Place]:
    """No file that fits `files` holds `regex`, though one holds `having`: this one's line."""
    texts = list(texts_of(code, files))
    if any(re.search(regex, content) for _, content in texts):
        return
    for path, content in texts:
        if found := re.search(having, content):
            yield Place(path, content.count("\n", 0, found.start()) + 1)
