"""What a student has done: one readable file of events, a line of JSON each.

Lines are only ever appended, so two checks at the same time lose nothing, and a damaged line costs
only itself.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from duplex import catalog
from duplex.errors import CourseError


def path() -> Path:
    """Return the progress file, `progress.jsonl` beside course.py."""
    return catalog.ROOT / "progress.jsonl"


def _append(event: dict) -> None:
    line = json.dumps({"when": datetime.now().astimezone().isoformat("T", "seconds")} | event)
    try:
        with open(path(), "a", encoding="utf-8") as file:
            file.write(line + "\n")
    except OSError as error:
        raise CourseError(
            f"Your progress could not be written to {path()} ({error.strerror}); "
            "make the folder writable or free some disk space."
        ) from None


def events() -> list[dict]:
    """Return every event that can be read, oldest first."""
    try:
        lines = path().read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return [event for event in map(_parse, lines) if isinstance(event, dict)]


def _parse(line: str) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None


def record(verdicts: Iterable) -> None:
    """Note the verdicts of one check of the student's own lab."""
    for verdict in verdicts:
        _append({"task": verdict.task_id, "verdict": verdict.verdict})


def passed() -> set[str]:
    """Return the ids of the tasks that passed in the latest check of each."""
    latest = {event["task"]: event.get("verdict") for event in events() if "task" in event}
    return {task for task, verdict in latest.items() if verdict == "passed"}


def hints_shown(task_id: str) -> int:
    """Return how many hints of a task the student has asked for."""
    return sum(event.get("hint") == task_id for event in events())


def note_hint(task_id: str) -> None:
    """Note that one more hint of a task was shown."""
    _append({"hint": task_id})
