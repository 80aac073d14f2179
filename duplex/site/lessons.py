"""A notebook as a page: its quiz works without a kernel, its pictures have alternative text."""

import json
import math
import re
from html import escape
from pathlib import Path

from duplex.site.quiz import as_html

WORDS_A_MINUTE, LINES_A_MINUTE = 180, 12  # prose that is new to one, and code
CALL = re.compile(r"^(?P<name>quiz|check)\((?P<what>[^)]*)\)\s*$")
PAGE = re.compile(r"""(?x) (\.\./labs/\w+/README | (?<=["'])\d\d_\w+) \.(?:md|ipynb)
    ( (?=["']) | \#[^"']* )""")
ANCHOR = re.compile(r"(?<=\.ipynb#)[^()\s]+(?=\))")  # of a link in Markdown
QUOTES = re.compile('"|%22')
LOCAL = re.compile(r'<a [^>]*href="http://127\.0\.0\.1[^>]*>(.*?)</a>', re.DOTALL)
EMPTY_HEAD = re.compile(r"^\| *\| *\|$(?=\n\|-)", re.MULTILINE)
BROWSER = re.compile(r"^%%browser[^\n]*\n")


def page(notebook: Path) -> dict:
    """Return a notebook's JSON, changed for the site."""
    data = json.loads(notebook.read_text("utf-8"))
    minutes = reading_time(data["cells"])
    cells = [made for cell in data["cells"] for made in _cells(cell, notebook)]
    cells[0] = _timed(cells[0], minutes, notebook.name)
    return data | {"cells": [cell | {"id": f"cell-{at}"} for at, cell in enumerate(cells)]}


def source(cell: dict) -> str:
    """Return a cell's source as one text."""
    return "".join(cell["source"])


def reading_time(cells: list[dict]) -> int:
    """Return how many minutes it takes to read cells, to the next five."""
    words = sum(len(source(cell).split()) for cell in cells if cell["cell_type"] == "markdown")
    lines = sum(source(cell).count("\n") + 1 for cell in cells if cell["cell_type"] == "code")
    return 5 * math.ceil((words / WORDS_A_MINUTE + lines / LINES_A_MINUTE) / 5)


def _timed(cell: dict, minutes: int, name: str) -> dict:
    """Say under the page's heading how long it takes, and which notebook it is."""
    heading, _, rest = source(cell).partition("\n")
    said = f'{{.reading-time}}\nAbout {minutes} minutes to read. To run it: `notebooks/{name}`.'
    return cell | {"source": f"{heading}\n\n{said}\n{rest}"}


def _cells(cell: dict, notebook: Path) -> list[dict]:
    """Return what a cell becomes on the page: itself, another, several, or none."""
    if cell["cell_type"] != "code":
        return [cell | {"source": EMPTY_HEAD.sub("| This notebook | in short |", source(cell))}]
    call = CALL.match(source(cell))
    if call and call["name"] == "quiz":
        number = call["what"].strip('"')
        return [_markdown(as_html(notebook.parent / "quizzes" / f"{number}.json"))]
    if call:
        return [_markdown(AFTER_LAB.format(call["what"]))]
    return _shown(cell)


AFTER_LAB = """\
```{{admonition}} On your own computer
:class: tip
`python3 course.py check {0}` checks what you wrote, and so does this notebook's cell `check({0})`.
```"""


def _shown(cell: dict) -> list[dict]:
    """Return a cell whose pictures are described; JavaScript for a page stands in its own block."""
    outputs = [_described(output) for output in cell["outputs"]]
    if BROWSER.match(source(cell)):
        code = _markdown(f"```javascript\n{BROWSER.sub('', source(cell))}\n```")
        return [code, cell | {"outputs": outputs, "metadata": {"tags": ["remove-input"]}}]
    return [cell | {"outputs": outputs}]


def _described(output: dict) -> dict:
    """Let a picture carry its own description, wherever it is shown."""
    data = output.get("data", {})
    if "image/png" not in data:
        linked = {kind: _linked(text, kind) for kind, text in data.items()}
        return output | {"data": linked} if data else output
    described = output.get("metadata", {}).get("image/png", {}).get("alt")
    alt = described or "".join(data.get("text/plain", ""))
    image = "".join(data["image/png"]).replace("\n", "")
    where = f'alt="{escape(alt)}" src="data:image/png;base64,{image}"'
    shown = {"text/html": f'<img class="plot" loading="lazy" {where}>'}
    return output | {"data": shown, "metadata": {}}


def _linked(text: str | list[str], kind: str) -> str:
    """Return an output whose links lead to pages of the site, and none to a server of that day.

    Those of Markdown are Sphinx's to follow, as in a cell of text.
    """
    words = LOCAL.sub(r"\1", "".join(text))
    if kind == "text/markdown":
        return ANCHOR.sub(lambda anchor: QUOTES.sub("", anchor[0]), words)
    return PAGE.sub(lambda link: f"{link[1]}.html{QUOTES.sub('', link[2])}", words)


def _markdown(text: str) -> dict:
    return {"cell_type": "markdown", "metadata": {}, "source": text}
