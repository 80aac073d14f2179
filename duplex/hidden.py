"""Hidden tasks and tests: what students do not get, and what they are told of them.

A task whose entry in lab.toml says `hidden = true`, and each test in tests/hidden, counts when a
class is graded, and neither for `duplex check` nor in labs/.
"""

import re
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

from duplex.errors import CourseError

if TYPE_CHECKING:
    from duplex.catalog import Lab
    from duplex.verdict import TaskVerdict

_TABLE = re.compile(r"^(?=\[)", re.MULTILINE)
_TITLE = "Hidden task"
_TEST = "A hidden test of this task failed."


def cut(text: str, name: str = "lab.toml") -> str:
    """Return the text of a lab.toml without its hidden tasks."""
    try:
        whole = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return text  # who reads it says so
    tasks = whole.get("task", [])
    if not any(task.get("hidden") for task in tasks):
        return text
    whole["task"] = [task for task in tasks if not task.get("hidden")]
    kept = "".join(part for part in _TABLE.split(text) if not _is_hidden(part))
    kept = kept.rstrip("\n") + "\n"
    if not whole["task"] or _read(kept) != whole:
        raise CourseError(
            f"{name}: the hidden tasks cannot be cut out; begin a line with [ only where a table "
            "begins, and leave one task that students see."
        )
    return kept


def _is_hidden(part: str) -> bool:
    if not part.startswith("[[task]]"):
        return False
    return any(task.get("hidden") for task in (_read(part) or {}).get("task", []))


def _read(text: str) -> dict | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def when(lab: "Lab", verdict: "TaskVerdict") -> str:
    """Say when a student may see a verdict: "" for at once, else one of `catalog.HIDDEN`.

    `lab` must have its hidden tasks (`catalog.lab(number, hidden=True)`).
    """
    return next((task.hidden for task in lab.tasks if task.id == verdict.task_id), "")


def told(lab: "Lab", verdict: "TaskVerdict") -> "TaskVerdict":
    """Return a verdict as its student may read it before what is hidden is opened."""
    if when(lab, verdict):
        return replace(verdict, title=_TITLE, message="", should="", cause="", evidence={})
    if verdict.evidence.get("hidden"):
        return replace(verdict, message=_TEST, should="", cause="", evidence={})
    return verdict
