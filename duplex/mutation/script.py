"""Mutation of a page's JavaScript: statements of a line are removed, in the regions of tasks.

Without a parser nothing more is sound: a string or a pattern may hold what looks like an operator.
"""

import re
from collections.abc import Iterator

from duplex import skeleton
from duplex.mutation.source import Edit

STATEMENT = re.compile(r"(?!(?:const|let|var|import|export|class|function|case|default)\b)[^/].*;")
BEGINS = re.compile(r"(?:.*[;{}]|\s*(?://.*)?)(?:\s*//.*)?")  # after such a line one begins
PAIRS = ("()", "[]", "{}")


def edits(text: str) -> Iterator[Edit]:
    """Yield the edits that remove a statement which fills a line of a task's region."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line.encode()) + 1)
    for region in skeleton.regions(text, ".js"):
        for number in range(region.last - 1 - len(region.body.split("\n")), region.last - 1):
            line, before = lines[number], lines[number - 1]
            code = re.sub(r"\s//.*", "", line).strip()
            if _whole(code) and BEGINS.fullmatch(before):
                start = starts[number] + len(line[: line.index(code)].encode())
                yield Edit("statement", f"task {region.id}", code, start,
                           start + len(code.encode()), ";")  # fmt: skip


def _whole(code: str) -> bool:
    """Tell whether a line is a statement on its own: nothing opens in it that it does not close."""
    balanced = all(code.count(left) == code.count(right) for left, right in PAIRS)
    quotes = all(code.count(mark) % 2 == 0 for mark in "'\"`")
    return bool(STATEMENT.fullmatch(code)) and balanced and quotes
