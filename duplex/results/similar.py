"""Submissions that are strikingly alike: a list to look at, and no verdict.

The code is read, never executed. What the skeleton gives does not count, nor a passage that many
wrote alike. copydetect compares, by fingerprints that do not depend on names or layout.
"""

import io
import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self

from duplex import catalog, tree
from duplex.results.labs import lab as lab_of

K = 25  # characters of a fingerprint, in code whose names are one letter each
COMMON = 10  # submissions that may share a passage before it is taken for everybody's
SHARE, LENGTH = 60.0, 150  # percent and characters alike, from which a pair is listed
PAIRS = 60  # that are compared exactly, and listed at the most
BLOCK = 4096  # fingerprints that are compared at once
FILES, SIZE, LINE = 60, 60_000, 300  # of one project: files, characters of all, and of one line
SUFFIXES = (".py", ".js")
SKIPPED = {"migrations", "node_modules", "site-packages", "__pycache__"}

Texts = dict[str, str]  # a project's code, by suffix


@dataclass(frozen=True)
class Pair:
    """Two submissions of a lab: the percent of each one's own code, and the characters alike."""

    lab: int
    one: str
    other: str
    of_one: float
    of_other: float
    length: int


class Shelf:
    """The code of a class, kept in a folder until its lab's turn comes.

    A thread finds the passages of each project while others are still judged.
    """

    def __init__(self, scratch: Path):
        self.scratch = scratch
        self.scratch.mkdir()
        self.held: dict[tuple[int, str], Path] = {}
        self.reading: dict[tuple[int, str], Future] = {}
        self.reader = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.reader.shutdown(cancel_futures=True)

    def keep(self, lab: int, student: str, project: Path) -> None:
        """Keep the code of a student's project; of two for one lab, the later one."""
        code = texts(project, skeleton(lab))
        file = self.held[lab, student] = self.scratch / f"{len(self.held)}.json"
        file.write_text(json.dumps(code), "utf-8")
        self.reading[lab, student] = self.reader.submit(_read_passages, file)

    def given(self, lab: int) -> dict[str, Texts]:
        """Return the code of a lab, by student."""
        return {student: json.loads(file.read_text("utf-8"))
                for (number, student), file in self.held.items() if number == lab}  # fmt: skip

    def passages(self, lab: int, student: str):
        """Return the passages of a project, each as a number, in an array."""
        import numpy

        self.reading[lab, student].result()
        return numpy.load(_beside(self.held[lab, student]))


def _read_passages(file: Path) -> None:
    import numpy

    hashes = _hashes(json.loads(file.read_text("utf-8")))
    numpy.save(_beside(file), numpy.array(sorted(hashes), dtype=numpy.int64))


def _beside(file: Path) -> Path:
    return file.with_suffix(".npy")


def texts(project: Path, given: dict[str, str]) -> Texts:
    """Read a project's own code, bounded in files and size; links are not followed.

    `given` are the files of the skeleton; those that still stand as they were are left out.
    """
    made, left = dict.fromkeys(SUFFIXES, ""), SIZE
    for path in _files(project)[:FILES]:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = _tidy(file.read(SIZE))
        if text != given.get(path.relative_to(project).as_posix()):
            made[path.suffix] += text[:left]
            left -= len(text[:left])
    return made


def _files(project: Path) -> list[Path]:
    found = (path for path in sorted(project.rglob("*")) if path.suffix in SUFFIXES)
    return [path for path in found if path.is_file() and not path.is_symlink()
            and not SKIPPED & set(path.relative_to(project).parts)]  # fmt: skip


def _tidy(text: str) -> str:
    """Return code without blank lines and the ends of long ones, over which a lexer may brood."""
    lines = (line[:LINE].rstrip() for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line)


def skeleton(lab: int) -> dict[str, str]:
    """Return the code that every student of a lab is given, by file."""
    return _skeleton(catalog.ROOT, lab_of(lab).name)


@lru_cache(maxsize=16)
def _skeleton(root: Path, name: str) -> dict[str, str]:
    return {path: _tidy(content.decode("utf-8", "replace"))
            for path, content in sorted(tree.render(name).items())
            if Path(path).suffix in SUFFIXES}  # fmt: skip


def _by_suffix(files: dict[str, str]) -> Texts:
    return {suffix: "".join(text for path, text in files.items() if path.endswith(suffix))
            for suffix in SUFFIXES}  # fmt: skip


def pairs(lab: int, shelf: Shelf) -> list[Pair]:
    """Return the pairs of a lab's students whose own code is strikingly alike."""
    given = shelf.given(lab)
    if len(given) < 2:
        return []
    students = sorted(given)
    known = _hashes(_by_suffix(skeleton(lab)))
    own = [_without(shelf.passages(lab, student), known) for student in students]
    common = _common(own)
    own = [_without(one, common) for one in own]
    prints = _Prints(given, known | common)
    found = [_exactly(lab, students[one], students[other], prints)
             for one, other in _candidates(own)]  # fmt: skip
    alike = [pair for pair in found if pair.length >= LENGTH
             and max(pair.of_one, pair.of_other) >= SHARE]  # fmt: skip
    return sorted(alike, key=lambda pair: (-pair.length, pair.one, pair.other))


def _fingerprint(text: str, suffix: str, boilerplate=()):
    """Return copydetect's fingerprint of a text: each passage of K characters, none left out."""
    from copydetect import CodeFingerprint

    return CodeFingerprint(f"code{suffix}", K, 1, boilerplate, fp=io.StringIO(text))


def _hashes(code: Texts) -> set[int]:
    return {int(one) for suffix, text in code.items() if text
            for one in _fingerprint(text, suffix).hashes}  # fmt: skip


def _without(passages, known: set[int]):
    """Return the passages that are left, sorted."""
    import numpy

    return numpy.setdiff1d(passages, numpy.fromiter(known, numpy.int64), assume_unique=True)


def _common(own: list) -> set[int]:
    """Return the passages that more students share than may happen among two or three."""
    import numpy

    found, times = numpy.unique(numpy.concatenate(own), return_counts=True)
    return set(found[times > max(COMMON, len(own) // 10)].tolist())


def _candidates(own: list) -> Iterator[tuple[int, int]]:
    """Yield the pairs that share the most passages, as places in the list."""
    import numpy

    shared = _shared(own)
    least = numpy.minimum.outer(*2 * [numpy.array([max(len(one), 1) for one in own])])
    likely = numpy.triu((shared >= LENGTH / 2) & (shared / least >= SHARE / 200), 1)
    places = numpy.argwhere(likely)
    order = numpy.argsort(-shared[likely], kind="stable")[:PAIRS]
    yield from (tuple(map(int, places[place])) for place in order)


def _shared(own: list):
    """Count the passages that each two share, a block of passages at a time."""
    import numpy

    every = numpy.unique(numpy.concatenate(own))
    shared = numpy.zeros((len(own), len(own)), dtype=numpy.float32)
    for start in range(0, len(every), BLOCK):
        block = every[start : start + BLOCK]
        has = numpy.stack([numpy.isin(block, one, assume_unique=True) for one in own])
        has = has.astype(numpy.float32)
        shared += has @ has.T
    return shared


class _Prints:
    """The fingerprints of the few who are compared exactly; each is made when it is needed."""

    def __init__(self, given: dict[str, Texts], known: set[int]):
        import numpy

        self.given, self.known = given, numpy.array(sorted(known), dtype=numpy.int64)
        self.made: dict[tuple[str, str], object] = {}

    def of(self, student: str, suffix: str):
        """Return a fingerprint without the passages that do not count."""
        if (student, suffix) not in self.made:
            text = self.given[student][suffix]
            self.made[student, suffix] = _fingerprint(text, suffix, self.known)
        return self.made[student, suffix]


def _exactly(lab: int, one: str, other: str, prints: _Prints) -> Pair:
    """Compare two students' code with copydetect."""
    import numpy
    from copydetect import compare_files

    alike, whole = numpy.zeros(2), numpy.zeros(2)
    for suffix in SUFFIXES:
        if not (prints.given[one][suffix] and prints.given[other][suffix]):
            continue
        both = prints.of(one, suffix), prints.of(other, suffix)
        _, shares, _ = compare_files(*both)
        covered = numpy.array([one.token_coverage for one in both], dtype=float)
        whole += covered
        alike += covered * numpy.nan_to_num(numpy.array(shares, dtype=float)).clip(0, 1)
    percent = 100 * alike / numpy.maximum(whole, 1)
    return Pair(lab, one, other, round(float(percent[0]), 1), round(float(percent[1]), 1),
                int(min(alike)))  # fmt: skip
