"""Links of the course's texts: those that lead out of the site become plain words."""

import posixpath
import re
from collections.abc import Callable

LINK = re.compile(r"(?<!!)\[(?P<text>[^\[\]]+)\]\((?P<where><[^<>\n]+>|[^()<>\s]+)\)")
OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def slug(heading: str) -> str:
    """Return a heading's anchor as JupyterLab makes it, so that one link serves both.

    Without the double quotes, which no anchor can have in HTML that Sphinx writes.
    """
    return re.sub("[`\"]", "", heading.strip()).replace(" ", "-")


def keep_inside(text: str, here: str, known: Callable[[str], bool]) -> str:
    """Turn links to files that the site does not have into code; `here` is the text's own path."""

    def replaced(link: re.Match) -> str:
        where, _, _ = link["where"].strip("<>").partition("#")
        if not where or OUTSIDE.match(where):
            return link[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(here), where))
        return link[0] if known(path) else as_code(link["text"], path)

    return LINK.sub(replaced, text)


def as_code(text: str, path: str) -> str:
    """Return words, and the path of the file that they would have led to."""
    bare = text.strip("`")
    return f"`{path}`" if bare in path else f"{text} (`{path}`)"
