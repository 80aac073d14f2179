"""Say verdicts to people (terminal) and to programs (JSON)."""

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType

from rich.console import Console
from rich.text import Text

from duplex import __version__, backup, catalog
from duplex.errors import CourseError
from duplex.terminal import clean, one_line, say
from duplex.verdict import TaskVerdict

SIGNS = {"passed": ("✓", "green"), "not checked": ("–", "yellow"), "grader error": ("!", "magenta")}


def command() -> str:
    """How the reader calls the kit: through course.py unless it was called directly."""
    return os.environ.get("DUPLEX_COMMAND", "duplex")


def number(points: float) -> str:
    """Write points without a needless fraction."""
    return f"{points:g}"


def in_points(points: float) -> str:
    """Write points with their word."""
    return "1 point" if points == 1 else f"{number(points)} points"


def say_lab(console: Console, lab: catalog.Lab, done: set[str]) -> None:
    """Say a lab's goal and tasks, and which of them are done."""
    have = sum(task.points for task in lab.tasks if task.id in done)
    most = sum(task.points for task in lab.tasks)
    head = f"Lab {lab.number:02d} · {lab.title}"
    console.print(Text.assemble((head, "bold"), f"   {number(have)} of {number(most)} points"))
    say(console, Text(lab.goal, style="dim"), indent=2)
    for task in lab.tasks:
        sign, colour = ("✓", "green") if task.id in done else ("·", "dim")
        points = in_points(task.points)
        console.print(Text(f"  {sign} {task.id}  {task.title:<48}{points:>9}", style=colour))
    console.print()


def say_quizzes(console: Console, quizzes: list[tuple[str, int, int]]) -> None:
    """Say how many questions of each notebook's quiz were answered rightly."""
    if quizzes:
        told = " · ".join(f"{name}: {right} of {most}" for name, right, most in quizzes)
        console.print(Text("Quizzes, answered rightly, by notebook", style="bold"))
        say(console, Text(told, style="dim"), indent=2)


def say_head(console: Console, lab: catalog.Lab, folder: Path) -> None:
    """Say which lab is judged, and where it lies."""
    head = f"Lab {lab.number:02d} · {lab.title}"
    console.print(Text.assemble((head, "bold"), f"   {clean(str(folder))}"), soft_wrap=True)
    console.print()


def sign(verdict: TaskVerdict) -> tuple[str, str]:
    """Return the mark of a verdict, and its colour."""
    return SIGNS.get(verdict.verdict, ("✗", "red"))


def say_verdict(console: Console, verdict: TaskVerdict) -> None:
    """Say one task's verdict: a line, and below it what a client saw."""
    mark, colour = sign(verdict)
    line = Text(f"  {mark} {verdict.task_id}  ", style=colour)
    line.append(f"{verdict.title:<44}", style="default")
    line.append(f"{number(verdict.points):>3}/{number(verdict.max_points)}")
    if not verdict.passed:
        line.append(f"  {verdict.verdict}")
    console.print(line)
    for label, text in (("", verdict.message), ("Should: ", verdict.should),
                        ("Server log: ", verdict.cause)):  # fmt: skip
        if text and not verdict.passed:
            shown = Text(label, style="dim").append(clean(one_line(text)), style="default")
            say(console, shown, indent=9)


def say_sum(
    console: Console, lab: catalog.Lab, folder: Path, verdicts: list[TaskVerdict],
    looks: Mapping[str, str] = MappingProxyType({}),
) -> None:  # fmt: skip
    """Say the points, and the next thing to do; `looks` is where to look, by task."""
    points = sum(verdict.points for verdict in verdicts)
    most = sum(verdict.max_points for verdict in verdicts)
    console.print()
    console.print(Text(f"  {number(points)} of {number(most)} points.", style="bold"))
    say(console, clean(next_step(lab, folder, verdicts, looks)), indent=2)


SLOW = " Is this computer busy or slow? DUPLEX_TIMEOUT_FACTOR=3 lets everything take longer."


def next_step(
    lab: catalog.Lab, folder: Path, verdicts: list[TaskVerdict],
    looks: Mapping[str, str] = MappingProxyType({}),
) -> str:  # fmt: skip
    """Return the sentence that says what to do now."""
    faults = [verdict for verdict in verdicts if verdict.verdict == "grader error"]
    if faults:
        return (f"Task {faults[0].task_id} could not be judged, which is the kit's own fault and "
                f"costs you nothing; `{command()} doctor` may say why.")  # fmt: skip
    failed = [verdict for verdict in verdicts if verdict.verdict not in ("passed", "not checked")]
    if failed:
        task = failed[0].task_id
        where = place(lab, folder, failed[0], looks.get(task, ""))
        slow = SLOW if failed[0].verdict == "timeout" else ""
        return (f"Next: task {task}{where}. `{command()} hint {task}` gives a hint; "
                f"`{command()} check {task}` checks this task alone.{slow}")  # fmt: skip
    unchecked = [verdict.task_id for verdict in verdicts if not verdict.passed]
    if unchecked:
        return f"Everything that could be checked passed; not checked: {', '.join(unchecked)}."
    if len(verdicts) < len(lab.tasks):
        return f"Passed. `{command()} check {lab.number}` checks the whole lab."
    following = [other for other in catalog.labs() if other.number == lab.number + 1]
    step = f"go on with {following[0].folder()}" if following else "that was the last lab"
    return f"The whole lab passed: {step}."


def place(lab: catalog.Lab, folder: Path, verdict: TaskVerdict, look: str = "") -> str:
    """Return where to look for a task that failed: `look`, what the log blames, its own place."""
    if look and (folder / look.rpartition(",")[0]).is_file():
        return f": look at {look}"
    return place_in_log(folder, verdict) or place_of(lab, folder, verdict.task_id)


def place_in_log(folder: Path, verdict: TaskVerdict) -> str:
    """Return ": look at FILE, line N" where the server's log blames the project, or nothing."""
    blamed = re.search(r"\(([^\s()]+), line (\d+)\)\.?$", verdict.cause or verdict.message)
    known = blamed and (folder / blamed[1]).is_file()
    return f": look at {blamed[1]}, line {blamed[2]}" if known else ""


def place_of(lab: catalog.Lab, folder: Path, task_id: str) -> str:
    """Return " in FILE, line N" for the first place that names the task, else the task's file."""
    mark = re.compile(rf"task {re.escape(task_id)}\b")
    for name in lab.edits:
        try:
            lines = (folder / name).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        for count, line in enumerate(lines, 1):
            if mark.search(line):
                return f" in {name}, line {count}"
    home = next((name for name in lab.edits if task_id in _tasks_in(lab, name)), None)
    return f" in {home}" if home else ""


def _tasks_in(lab: catalog.Lab, name: str) -> set[str]:
    """Return the tasks whose code stands in a file of the solution."""
    try:
        text = (catalog.source(lab.name) / name).read_text(encoding="utf-8")
    except OSError:
        return set()
    return set(re.findall(r"\bend (\d+\.\d+)", text))


def as_data(
    lab: catalog.Lab, folder: Path, verdicts: Iterable[TaskVerdict],
    diagnoses: Mapping[str, dict | None] = MappingProxyType({}),
) -> dict:  # fmt: skip
    """Return a check as JSON data: kit, lab, project, points, and one object a task.

    Each task's object has `task`, `title`, `verdict`, `points`, `max_points`, `message`, `should`,
    `cause` and `diagnosis` (null where there is none); texts may hold what the project printed.
    """
    tasks = [{"task": data.pop("task_id")} | data for data in map(asdict, verdicts)]
    for task in tasks:
        del task["evidence"]
        task["diagnosis"] = diagnoses.get(task["task"])
    return {
        "duplex": __version__, "lab": lab.number, "project": str(folder),
        "points": sum(task["points"] for task in tasks),
        "max_points": sum(task["max_points"] for task in tasks), "tasks": tasks,
    }  # fmt: skip


def require_place(path: Path) -> None:
    """Say at once, before anything is judged, when a result could not be written to `path`."""
    folder = path.absolute().parent
    if not folder.is_dir():
        raise CourseError(f"There is no folder {folder}; make it, or choose another file.")
    if path.is_dir():
        raise CourseError(f"{path} is a folder; name a file in it.")
    if not os.access(folder, os.W_OK):
        raise CourseError(f"The folder {folder} may not be written to; choose another file.")


def write_json(path: Path, data: dict) -> None:
    """Write data for programs, all of it or nothing, or say why that is impossible."""
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    content = text.encode("utf-8", "backslashreplace")  # half a surrogate pair: JSON's own escape
    try:
        if path.exists() and not path.is_file():  # /dev/stdout, a named pipe
            path.write_bytes(content)
        else:
            backup.write(path.resolve(), content)
    except OSError as error:
        raise CourseError(
            f"The result could not be written to {path} ({error.strerror}); choose another file."
        ) from None
