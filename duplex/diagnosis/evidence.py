"""What is known of a failed task: the test, what a client saw, and what the servers printed."""

import os
import re
from dataclasses import dataclass
from functools import cached_property

from duplex.diagnosis.code import Place
from duplex.log import unfold
from duplex.verdict import TaskVerdict

_FILE = re.compile(r'^[ \t]*File "([^"\n]+)", line (\d+)', re.MULTILINE)
_WARNING = re.compile(r"^([^\s:][^:\n]*):(\d+): \w*Warning: ")
_BLAMED = re.compile(r"\(([^\s()]+), line (\d+)\)\.?$")
_TRACEBACK = "Traceback (most recent call last)"


@dataclass(frozen=True)
class Evidence:
    """The evidence of one failed task, as texts."""

    verdict: TaskVerdict

    @property
    def test(self) -> str:
        """The name of the grader's test that failed."""
        return self._told("test").partition("[")[0]

    @property
    def saw(self) -> str:
        """What a client saw; when a connection failed, how."""
        return self._told("saw") or self.verdict.message

    @property
    def wanted(self) -> str:
        """What it should have seen."""
        return self._told("wanted")

    @property
    def where(self) -> str:
        """At which moment."""
        return self._told("where")

    @property
    def message(self) -> str:
        """The verdict and its sentence."""
        return f"{self.verdict.verdict}: {self.verdict.message}"

    @property
    def start_failed(self) -> bool:
        """Tell whether the project did not even start."""
        return self._told("error") == "StartFailed"

    @cached_property
    def log(self) -> str:
        """What the servers printed since the test began."""
        return unfold(self._told("log"))

    def _told(self, name: str) -> str:
        return self.verdict.evidence.get(name, "")

    def blamed(self, wanted: re.Pattern) -> Place | None:
        """Return the project's line from which something in the log came."""
        found = wanted.search(self.log)
        return found and self._line_of(found)

    def _line_of(self, found: re.Match) -> Place | None:
        begin = self.log.rfind("\n", 0, found.start()) + 1
        if warned := _WARNING.match(self.log, begin):
            return _own(warned[1], warned[2])
        start = self.log.rfind(_TRACEBACK, 0, found.end())
        lines = _FILE.findall(self.log, start, found.end()) if start >= 0 else []
        return next(filter(None, (_own(*line) for line in reversed(lines))), None)

    def last_place(self) -> Place | None:
        """Return the project's line that the last exception came from."""
        found = _BLAMED.search(self.verdict.cause or self.verdict.message)
        return found and _own(found[1], found[2])


def _own(file: str, line: str) -> Place | None:
    outside = os.path.isabs(file) or file.startswith("<")
    return None if outside else Place(file, int(line))
