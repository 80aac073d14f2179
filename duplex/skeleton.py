"""Turn a solution's text into the skeleton's: each fenced region becomes a TODO and a stub.

A region begins with `# task 2.4: title`, goes on with lines of explanation (two or more spaces
after the mark) and lines `# stub: code`, and ends with `# end 2.4`. What the stub lines say stands
in the skeleton instead of the region's code; without them, a stub that says it is not done.
"""

import re
import warnings
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from duplex.errors import CourseError

MARKS = {".py": ("#", ""), ".js": ("//", ""), ".html": ("<!--", "-->"), ".css": ("/*", "*/")}
NOT_DONE = {
    ".py": 'raise NotImplementedError("task {}")',
    ".js": 'console.warn("task {} is not done yet");',
}


@dataclass(frozen=True)
class Region:
    """A fenced region; first and last are the line numbers of its two fences, from 1."""

    id: str
    title: str
    first: int
    last: int
    body: str
    head: tuple[str, ...]  # the fence's first line and its explanation, as they stand
    stubs: tuple[str, ...] | None  # the lines that replace the body; None: the suffix's own stub


class _Reader:
    """Finds the regions of one text."""

    def __init__(self, text: str, suffix: str, name: str):
        self.lines, self.name = text.split("\n"), name
        mark, close = map(re.escape, MARKS[suffix])
        comment = rf"(?P<indent>[ \t]*){mark}{{}}[ \t]*{close}[ \t]*\r?"
        self.begin = re.compile(comment.format(r" task (?P<id>\d+\.\d+): (?P<title>\S.*?)"))
        self.end = re.compile(comment.format(r" end (?P<id>\d+\.\d+)"))
        self.more = re.compile(comment.format(r"  +\S.*?"))
        self.stub = re.compile(comment.format(r" stub:(?: (?P<code>.*?))?"))
        near = rf"[ \t]*{mark}[ \t]*((todo[ \t]+)?task[ \t]*\d+\.\d|end[ \t]*\d+\.\d|stub[ \t]*:)"
        self.near = re.compile(near, re.IGNORECASE)

    def fail(self, line: int, what: str) -> None:
        raise CourseError(f"{self.name}:{line}: {what}.")

    def regions(self) -> Iterator[Region]:
        """Yield the regions in order; refuse every line that is only nearly a fence."""
        at = 0
        while at < len(self.lines):
            if found := self.begin.fullmatch(self.lines[at]):
                region = self.region(at, found)
                yield region
                at = region.last
                continue
            if self.near.match(self.lines[at]):
                self.fail(at + 1, f"{self.lines[at].strip()!r} belongs to no region; open one with "
                                  "`task 2.4: title`, or mend its spelling")  # fmt: skip
            at += 1

    def region(self, at: int, found: re.Match) -> Region:
        """Read the region whose first fence is the line with the index `at`."""
        task, indent = found["id"], found["indent"]
        start = self.skip(at + 1, self.more)
        body = self.skip(start, self.stub)
        stubs = [self.stub.fullmatch(line)["code"] or "" for line in self.lines[start:body]]
        last = self.closing(at, body, task)
        return Region(
            task, found["title"], at + 1, last + 1, "\n".join(self.lines[body:last]),
            tuple(self.lines[at:start]), _indented(stubs, indent) if stubs else None,
        )  # fmt: skip

    def skip(self, at: int, pattern: re.Pattern) -> int:
        while at < len(self.lines) and pattern.fullmatch(self.lines[at]):
            at += 1
        return at

    def closing(self, first: int, at: int, task: str) -> int:
        """Return the index of the line that ends the region, or say what stands in its way."""
        for number in range(at, len(self.lines)):
            line = self.lines[number]
            end = self.end.fullmatch(line)
            if end and end["id"] == task:
                return number
            if end:
                self.fail(number + 1, f"`end {end['id']}` stands in the region of task {task}, "
                                      f"which began in line {first + 1}")  # fmt: skip
            if self.near.match(line):
                self.fail(number + 1, f"{line.strip()!r} stands within the region of task {task}; "
                                      "regions do not nest, and stub lines come first")  # fmt: skip
        self.fail(first + 1, f"the region of task {task} is never closed; add `end {task}`")


def _indented(lines: list[str], indent: str) -> tuple[str, ...]:
    if lines == [""]:
        return ()
    return tuple(indent + line if line else "" for line in lines)


def regions(text: str, suffix: str, name: str = "the file") -> list[Region]:
    """Return a text's regions, in order; a text of another kind of file has none."""
    return list(_Reader(text, suffix, name).regions()) if suffix in MARKS else []


def stub(
    text: str, suffix: str, tasks: Collection[str] | None = None, name: str = "the file"
) -> str:
    """Return the skeleton of a text: all its regions, or only those of `tasks`, become stubs."""

    def replaced(region: Region) -> list[str] | None:
        chosen = tasks is None or region.id in tasks
        return stubbed(region, suffix).split("\n") if chosen else None

    return _rewritten(text, suffix, name, replaced, check=True)


def solved(text: str, suffix: str, name: str = "the file") -> str:
    """Return a text as a student would leave it: the TODO lines, then the solution."""
    return _rewritten(text, suffix, name, lambda one: [*_todo(one, suffix), *_body(one)])


def strip(text: str, suffix: str, name: str = "the file") -> str:
    """Return a text without its fences, as the next lab starts from it."""
    return _rewritten(text, suffix, name, _body)


def emptied(text: str, suffix: str, name: str = "the file") -> str:
    """Return a text whose regions have lost their code: the skeleton can still be made of it."""
    lines = text.split("\n")

    def head(region: Region) -> list[str]:
        end = region.last - 1
        return [*lines[region.first - 1 : end - len(_body(region))], lines[end]]

    return _rewritten(text, suffix, name, head)


def stubbed(region: Region, suffix: str) -> str:
    """Return what stands in the skeleton in the place of a region."""
    return "\n".join([*_todo(region, suffix), *_stub_lines(region, suffix)])


def _body(region: Region) -> list[str]:
    return region.body.split("\n") if region.body else []


def _todo(region: Region, suffix: str) -> list[str]:
    mark = MARKS[suffix][0]
    first, *more = region.head
    return [first.replace(f"{mark} task ", f"{mark} TODO task ", 1), *more]


def _stub_lines(region: Region, suffix: str) -> list[str]:
    first, stubs = region.head[0], region.stubs
    if stubs is None:
        indent = first[: len(first) - len(first.lstrip())]
        stubs = (indent + NOT_DONE[suffix].format(region.id),) if suffix in NOT_DONE else ()
    ending = "\r" if first.endswith("\r") else ""
    return [line + ending for line in stubs]


def _rewritten(
    text: str,
    suffix: str,
    name: str,
    replace: Callable[[Region], list[str] | None],
    check: bool = False,
) -> str:
    """Replace regions by what `replace` returns for them; None leaves one as it is."""
    lines, result, origin, done = text.split("\n"), [], [], 0
    for region in regions(text, suffix, name):
        new = replace(region)
        if new is None:
            continue
        before = range(done, region.first - 1)
        result += [lines[at] for at in before] + new
        origin += [at + 1 for at in before] + [region.first] * len(new)
        done = region.last
    result += lines[done:]
    origin += range(done + 1, len(lines) + 1)
    if check and suffix == ".py":
        _compiles("\n".join(result), name, origin)
    return "\n".join(result)


def _compiles(code: str, name: str, origin: list[int]) -> None:
    """Refuse a Python text that does not compile, at the line of the solution it came from."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        line = min(max(getattr(error, "lineno", None) or 1, 1), len(origin))
        reason = getattr(error, "msg", None) or str(error)
        raise CourseError(
            f"{name}:{origin[line - 1]}: the skeleton does not compile here ({reason}); "
            "mend the solution or give the region stub lines."
        ) from None
