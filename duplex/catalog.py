"""The labs and their tasks, as each lab's lab.toml declares them.

A lab is read when it is asked for, so a broken lab.toml stops only the commands of its own lab.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from duplex.errors import CourseError
from duplex.table import Table, parse

ROOT = Path(os.environ.get("DUPLEX_ROOT") or Path(__file__).parent.parent).absolute()
NAME = re.compile(r"lab([0-9]{2})_([a-z0-9_]+)")
TREES = ("solutions", "skeletons", "labs")  # a copy for students has skeletons/, not solutions/
SERVERS = ("runserver", "daphne")
HIDDEN = ("hidden", "after_due_date", "after_published")  # when students see a hidden task
DEADLINE = 10.0  # seconds for one task, unless its lab.toml says otherwise


@dataclass(frozen=True)
class Task:
    """One task: its id such as "2.3", its points, its deadline in seconds, its graded hints.

    `hidden` is "" for a task that students see, else one of HIDDEN.
    """

    id: str
    title: str
    points: float
    deadline: float
    hints: tuple[str, ...]
    hidden: str = ""


@dataclass(frozen=True)
class Lab:
    """One lab; `name` is its folder's name, and paths are relative to that folder.

    `env` are the environment variables with which the kit serves the lab. With `hidden`, its
    tasks are also those that students do not see, and its graders those in tests/hidden.
    """

    number: int
    slug: str
    name: str
    title: str
    goal: str
    server: str
    notebook: str
    edits: tuple[str, ...]
    changes: tuple[str, ...]
    tasks: tuple[Task, ...]
    env: dict[str, str] = field(default_factory=dict, hash=False)
    hidden: bool = False

    def folder(self, tree: str = "labs") -> Path:
        """Return the lab's folder in labs/, or in another tree such as solutions/."""
        return ROOT / tree / self.name

    def solution(self) -> Path:
        """Return the folder of the solution; a copy for students has none."""
        folder = self.folder("solutions")
        if not folder.is_dir():
            raise CourseError(
                f"This copy of the course has no solution of lab {self.number}; "
                "who teaches the course can give it to you."
            )
        return folder

    def finished(self) -> Path:
        """Return the folder of the solution or, in a copy for students, of what they wrote."""
        folder = self.folder("solutions")
        return folder if folder.is_dir() else self.folder()


def names() -> dict[int, str]:
    """Return the folder name of each lab by number, from the first of TREES that has it."""
    found: dict[int, str] = {}
    for tree in TREES:
        found |= _names(tree, known=found)
    return dict(sorted(found.items()))


def source(name: str) -> Path:
    """Return the folder from which a lab's skeleton is made: of the solution, if it is here."""
    solution, emptied = (ROOT / tree / name for tree in ("solutions", "skeletons"))
    return emptied if emptied.is_dir() and not solution.is_dir() else solution


def complete() -> bool:
    """Tell whether this is the whole course, not a copy for students."""
    return not (ROOT / "skeletons").is_dir()


def _names(tree: str, known: dict[int, str] | None = None) -> dict[int, str]:
    found: dict[int, str] = {}
    for path in sorted((ROOT / tree).glob("lab[0-9][0-9]_*")):
        match = NAME.fullmatch(path.name)
        if not match or not path.is_dir() or int(match[1]) in (known or {}):
            continue
        if other := found.get(int(match[1])):
            raise CourseError(
                f"{ROOT / tree} holds two folders for one lab, {other} and {path.name}; "
                "move one of them elsewhere."
            )
        found[int(match[1])] = path.name
    return found


def labs() -> tuple[Lab, ...]:
    """Return every lab, in order."""
    return tuple(named(name) for name in names().values())


def lab(number: int, hidden: bool = False) -> Lab:
    """Return one lab, with its hidden tasks if they are wanted, or say which labs there are."""
    known = names()
    if number not in known:
        listed = ", ".join(map(str, known)) or "none; get a complete copy of the course"
        raise CourseError(f"There is no lab {number}; the labs are: {listed}.")
    return read(source(known[number]), hidden=True) if hidden else named(known[number])


def task(task_id: str) -> Task:
    """Return one task by its id, or say which tasks its lab has."""
    match = re.fullmatch(r"([0-9]{1,3})\.([0-9]{1,3})", task_id)
    if not match:
        raise CourseError(f"{task_id!r} is not the id of a task; an id looks like 2.3.")
    home = lab(int(match[1]))
    wanted = f"{int(match[1])}.{int(match[2])}"
    for one in home.tasks:
        if one.id == wanted:
            return one
    listed = ", ".join(one.id for one in home.tasks)
    raise CourseError(f"There is no task {wanted}; the tasks of lab {home.number} are: {listed}.")


def named(name: str) -> Lab:
    """Return the lab whose folder is called so."""
    mine = ROOT / "labs" / name
    return read(mine if (mine / "lab.toml").is_file() else source(name))


def read(folder: Path, hidden: bool = False) -> Lab:
    """Read the lab.toml of one lab's folder; every slip in it is told by file and key."""
    file, match = folder / "lab.toml", NAME.fullmatch(folder.name)
    if not match:
        raise CourseError(f"{folder} is no lab: a lab's folder is named like lab02_handshake.")
    data = parse(file)
    number = int(match[1])
    tasks = tuple(_task(entry, number) for entry in data.tables("task"))
    result = Lab(
        number, match[2], folder.name, data.text("title"), data.text("goal"),
        data.choice("server", SERVERS), data.text("notebook"), data.paths("edits"),
        data.paths("changes"), tuple(one for one in tasks if hidden or not one.hidden),
        data.words("env"), hidden,
    )  # fmt: skip
    data.close()
    ids = [task.id for task in tasks]
    for double in sorted({one for one in ids if ids.count(one) > 1}):
        raise CourseError(f"{file}: the id {double} stands for two tasks; give each its own.")
    return result


def _task(entry: Table, number: int) -> Task:
    task_id = entry.text("id")
    if not re.fullmatch(rf"{number}\.[1-9][0-9]?", task_id):
        entry.fail("id", f"is {task_id!r}, but a task of this lab has an id such as {number}.1")
    entry.name = f"task {task_id}: "
    hidden = _hidden(entry)
    result = Task(
        task_id, entry.text("title"), entry.positive("points"),
        float(entry.positive("deadline", DEADLINE)), _hints(entry, hidden), hidden,
    )  # fmt: skip
    entry.close()
    return result


def _hidden(entry: Table) -> str:
    """Read `hidden`: true, or the moment at which students may see the task."""
    value = entry.take("hidden", False)
    if not isinstance(value, bool) and value not in HIDDEN:
        entry.fail("hidden", f"is {value!r}, but must be true or one of: {', '.join(HIDDEN)}")
    return HIDDEN[0] if value is True else value or ""


def _hints(entry: Table, hidden: str) -> tuple[str, ...]:
    """Read the hints: at least three, but a task that nobody sees needs none."""
    return entry.texts("hints", []) if hidden else entry.texts("hints", least=3)
