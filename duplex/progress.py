"""What a student has done: one readable file of events, a line of JSON each.

Lines are only ever appended, so two checks at the same time lose nothing, and a damaged line costs
only itself.
"""

import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from duplex import catalog
from duplex.errors import CourseError


def path() -> Path:
    """Return the progress file: progress.jsonl beside course.py, or what DUPLEX_PROGRESS names."""
    return Path(os.environ.get("DUPLEX_PROGRESS") or catalog.ROOT / "progress.jsonl")


def _append(*events: dict) -> None:
    when = {"when": datetime.now().astimezone().isoformat("T", "seconds")}
    lines = "".join(json.dumps(when | event) + "\n" for event in events).encode()
    try:
        with open(path(), "ab", buffering=0) as file:
            file.write(_line_end() + lines)  # one write, so that two checks do not mix
    except OSError as error:
        raise CourseError(
            f"Your progress could not be written to {path()} ({error.strerror}); "
            "make the folder writable or free some disk space."
        ) from None


def _line_end() -> bytes:
    """Return what ends a last line that was cut off, so that it does not spoil the next."""
    try:
        with open(path(), "rb") as file:
            file.seek(-1, os.SEEK_END)
            return b"" if file.read() == b"\n" else b"\n"
    except OSError:  # no file yet, or an empty one
        return b""


def events() -> list[dict]:
    """Return every event that can be read, oldest first."""
    try:
        lines = path().read_bytes().decode("utf-8", "replace").split("\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CourseError(
            f"Your progress could not be read from {path()} ({error.strerror}); "
            "mend the file's permissions, or move it away to start anew."
        ) from None
    return [event for event in map(_parse, lines) if isinstance(event, dict)]


def _parse(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def record(verdicts: Iterable) -> None:
    """Note the verdicts of one check of the student's own lab."""
    _append(*({"task": one.task_id, "verdict": one.verdict} for one in verdicts))


def passed() -> set[str]:
    """Return the ids of the tasks that passed at some time, whatever was tried afterwards."""
    return {event["task"] for event in events()
            if event.get("verdict") == "passed" and isinstance(event.get("task"), str)}  # fmt: skip


def hints_shown(task_id: str) -> int:
    """Return how many hints of a task the student has asked for."""
    return sum(event.get("hint") == task_id for event in events())


def note_hint(task_id: str) -> None:
    """Note that one more hint of a task was shown."""
    _append({"hint": task_id})


def note_answer(quiz: str, question: int, right: bool) -> None:
    """Note an answer to a quiz: the quiz is named by its notebook, questions count from 0."""
    _append({"quiz": quiz, "question": question, "right": right})


def answered(quiz: str) -> set[int]:
    """Return the questions of a quiz that were answered rightly at some time."""
    return {event["question"] for event in events()
            if event.get("quiz") == quiz and event.get("right") is True
            and type(event.get("question")) is int}  # fmt: skip


def quizzes() -> list[tuple[str, int, int]]:
    """Return each quiz of the course: its notebook's number, answered rightly, questions."""
    files = sorted((catalog.ROOT / "notebooks" / "quizzes").glob("[0-9][0-9].json"))
    return [(file.stem, len(answered(file.stem)), len(json.loads(file.read_text("utf-8"))))
            for file in files]  # fmt: skip
