"""Where a student wrote a task's code: what differs from the skeleton in the task's regions."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

from duplex import catalog, skeleton
from duplex.diagnosis.code import MOST_BYTES, MOST_FILES, Place
from duplex.sources import sources, text_of

SHARED = 0.3  # of a file's lines, at the least, are found again in one that has another name


def written(lab: catalog.Lab, folder: Path, task: str) -> Iterator[Place]:
    """Yield the first line that was written in each region of a task, file by file."""
    given = sources(lab.name)
    for path, file in given.items():
        text = text_of(file) if file.suffix in skeleton.MARKS else ""
        own = [one for one in skeleton.regions(text, file.suffix, path) if one.id == task]
        old = skeleton.stub(text, file.suffix).split("\n") if own else []
        now = _moved(folder, path, old, set(given)) if own else None
        for region in own if now else ():
            span = _span("\n".join(old), skeleton.stubbed(region, file.suffix))
            if line := _first(old, _lines(folder / now), span, file.suffix):
                yield Place(now, line)


def _moved(folder: Path, path: str, old: list[str], given: set[str]) -> str | None:
    """Return where a file is now: at its path, or else in the new file that shares most lines."""
    if (folder / path).is_file():
        return path
    others = [file for file in sorted(folder.rglob(f"*{Path(path).suffix}"))
              if file.is_file() and file.relative_to(folder).as_posix() not in given]  # fmt: skip
    alike = {file.relative_to(folder).as_posix(): len(set(_lines(file)) & set(old))
             for file in others[:MOST_FILES] if file.stat().st_size <= MOST_BYTES}  # fmt: skip
    best = max(alike, key=alike.get, default=None)
    return best if best and alike[best] >= SHARED * len(set(old)) else None


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n").split("\n")


def _span(whole: str, stub: str) -> tuple[int, int]:
    """Return the indexes of a stub's first line and of the line after it."""
    begin = whole.count("\n", 0, whole.find(stub))
    return begin, begin + stub.count("\n") + 1


def _first(old: list[str], new: list[str], span: tuple[int, int], suffix: str) -> int | None:
    """Return the number of the first line of code that came into a span, or took its place.

    Where all was taken away, it is a line of code that was left there, or else a comment.
    """
    begin, end = span
    came, left = [], []
    for kind, at, to, start, stop in SequenceMatcher(None, old, new, False).get_opcodes():
        if kind == "equal":
            left += range(start + max(begin - at, 0), min(stop, start + end - at))
        elif at <= end and to >= begin:
            came += range(start, stop)
    code = [index for index in (*came, *left) if _is_code(new[index], suffix)]
    return next((index + 1 for index in (*code, *came, *left)), None)


def _is_code(line: str, suffix: str) -> bool:
    return bool(line.strip()) and not line.strip().startswith(skeleton.MARKS[suffix][0])
