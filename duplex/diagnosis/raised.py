"""What a failed task's log ends with: an exception, or coroutines that nobody awaited.

Tracebacks are read as Python prints them. Of a chain, what was handled is no explanation; of its
frames, only those in the project are kept.
"""

import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from duplex.diagnosis.code import Place
from duplex.diagnosis.evidence import Evidence

NEVER_AWAITED = "RuntimeWarning"
_BLOCK = re.compile(
    r"^[^\n]*Traceback \(most recent call last\):\n((?:[ \t][^\n]*\n)*)"
    r"([A-Za-z_][\w.]*)(?::[ \t]([^\n]*))?$", re.MULTILINE)  # fmt: skip
_FRAME = re.compile(r'^[ \t]*File "([^"\n]+)", line (\d+)[^\n]*(?:\n[ \t]+(?!File ")(\S[^\n]*))?',
                    re.MULTILINE)  # fmt: skip
_WARNING = re.compile(r"^(?:([^\s:][^:\n]*):(\d+): )?RuntimeWarning: "
                      r"(coroutine '[^'\n]+' was never awaited)", re.MULTILINE)  # fmt: skip
_TOLD = re.compile(r"^(?:The project did not start: )?(?:[\w.]+\.)?([A-Z]\w+)(?:: (.*?))?"
                   r"(?: \((\S+), line (\d+)\))?\.?$")  # fmt: skip
_NAMED = re.compile(r"Error|Exception|NotReady|Improperly|Operation|DoesNotExist")
_TRACEBACK = "Traceback (most recent call last):"
_HANDLED = "During handling of the above exception, another exception occurred:"
CUT = "[…]"  # where the middle of a long log is left out
_CHAINED = ("another exception occurred:", "the direct cause of the following exception:")


@dataclass(frozen=True)
class Frame:
    """A line of the project that an exception came through, and the code that stands there."""

    place: Place
    code: str = ""


@dataclass(frozen=True)
class Raised:
    """An exception or warning: its class, its message, its frames in the project, innermost last.

    `inside` tells whether it was raised in a line of the project itself, not in a library's.
    """

    kind: str
    message: str
    frames: tuple[Frame, ...] = ()
    inside: bool = False

    @property
    def line(self) -> str:
        """The words with which a traceback ends."""
        return f"{self.kind}: {self.message}" if self.message else self.kind

    @property
    def code(self) -> str:
        """The innermost line of the project, as it was printed."""
        return self.frames[-1].code if self.frames else ""

    def place(self, edits: Collection[str] = ()) -> Place | None:
        """Return the innermost line in one of these files, or else in any of the project."""
        own = [one.place for one in self.frames if one.place.file in edits]
        whole = own or [one.place for one in self.frames]
        return whole[-1] if whole else None


def raised(evidence: Evidence) -> list[Raised]:
    """Return the exception that the log ends with, then what was never awaited, in its order."""
    told = _told(evidence.verdict.cause or evidence.verdict.message)
    found = _last(evidence.log)
    if told and (not found or (found.kind != told.kind and evidence.start_failed)):
        found = told
    warned = dict.fromkeys(_warnings(evidence.log))
    return [*([found] if found else []), *(one for one in warned if one != found)]


def _last(log: str) -> Raised | None:
    """Return the last exception; of a chain, the last one that came from the project."""
    last, later = None, None
    for block in reversed(list(_BLOCK.finditer(log))):
        between = log[block.end() : later.start()] if later else ""
        if later and not any(words in between for words in _CHAINED):
            break
        one = _read(block)
        if one.frames:
            return one
        last, later = last or one, block
    return last


def _read(block: re.Match) -> Raised:
    lines = _FRAME.findall(block[1])
    frames = [Frame(Place(file, int(line)), code) for file, line, code in lines if _is_own(file)]
    inside = bool(lines) and _is_own(lines[-1][0])
    return Raised(block[2].rpartition(".")[2], (block[3] or "").strip(), tuple(frames), inside)


def _is_own(file: str) -> bool:
    return not os.path.isabs(file) and not file.startswith("<")


def _warnings(log: str) -> Iterator[Raised]:
    for file, line, message in _WARNING.findall(log):
        own = file and _is_own(file)
        frames = (Frame(Place(file, int(line))),) if own else ()
        yield Raised(NEVER_AWAITED, message, frames)


def _told(words: str) -> Raised | None:
    """Read an exception from a verdict's own words: some are printed without a traceback."""
    found = _TOLD.search(words)
    if not found or not _NAMED.search(found[1]):
        return None
    frames = (Frame(Place(found[3], int(found[4]))),) if found[3] else ()
    return Raised(found[1], found[2] or "", frames)


def uncaught(log: str) -> str:
    """Return a log without the exceptions that were handled when the next one was raised."""
    kept, end = [], 0
    for found in re.finditer(_HANDLED, log):
        begin = max(log.rfind(words, end, found.start()) for words in (_TRACEBACK, CUT))
        kept.append(log[end : max(begin, end)])
        end = found.end()
    return "".join([*kept, log[end:]])
