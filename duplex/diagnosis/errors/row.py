"""A row of the table: which exception, what happened in plain words, and the likely cause."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from duplex.diagnosis.code import Code, Place
from duplex.diagnosis.raised import Raised

_NAMED = re.compile(r"\{(\w+)\}")
_ARTICLE = re.compile(r"\b([Aa])(?= [aeioAEIO])")  # a class's name may follow: "an int"


@dataclass(frozen=True)
class Case:
    """An exception in a project; `groups` are the names that a row found in its last line."""

    code: Code
    raised: Raised
    groups: dict[str, str]
    edits: tuple[str, ...] = ()

    @property
    def place(self) -> Place | None:
        """The innermost line that the student wrote."""
        return self.raised.place(self.edits)


Finder = Callable[[Case], Place | None]


@dataclass(frozen=True)
class Row:
    """One kind of exception; `{name}` in its texts stands for what the group `name` matched.

    `fits` is searched for in a traceback's last line, "KeyError: 'text'", and `code` in the
    innermost line of the project. Without the place that `only` finds in the code, the row does not
    fit; `at` finds a better one than the traceback's. A row that is `late` is a consequence: what
    was never awaited explains it better; one that is `weak` may be a grader's doing, and any known
    mistake explains it better. Without `read`, a task's own section is read on.
    """

    fits: str
    name: str
    why: str
    read: str = ""
    code: str = ""
    only: Finder | None = None
    at: Finder | None = None
    late: bool = False
    weak: bool = False

    def case(self, code: Code, raised: Raised, edits: tuple[str, ...]) -> Case | None:
        """Return the case that an exception is, if this row fits it."""
        found = re.search(self.fits, raised.line)
        if not found or (self.code and not re.search(self.code, raised.code)):
            return None
        case = Case(code, raised, {name: text or "" for name, text in found.groupdict().items()},
                    edits)  # fmt: skip
        return case if self.only is None or self.only(case) else None

    def place(self, case: Case) -> Place | None:
        """Return the line to look at."""
        finder = self.only or self.at
        return (finder and finder(case)) or case.place

    def told(self, text: str, case: Case) -> str:
        """Return a text of the row with the names of a case."""
        told = _NAMED.sub(lambda one: case.groups.get(one[1], one[0]), text)
        return _ARTICLE.sub(r"\1n", told)
