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
SERVERS = ("runserver", "daphne")
DEADLINE = 10.0  # seconds for one task, unless its lab.toml says otherwise


@dataclass(frozen=True)
class Task:
    """One task: its id such as "2.3", its points, its deadline in seconds, its graded hints."""

    id: str
    title: str
    points: float
    deadline: float
    hints: tuple[str, ...]


@dataclass(frozen=True)
class Lab:
    """One lab; `name` is its folder's name, and paths are relative to that folder.

    `env` are the environment variables with which the kit serves the lab.
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

    def folder(self, tree: str = "labs") -> Path:
        """Return the lab's folder in labs/, or in another tree such as solutions/."""
        return ROOT / tree / self.name


def names() -> dict[int, str]:
    """Return the folder name of each lab by number; a number that solutions/ lacks, from labs/."""
    found = _names("solutions")
    for number, name in _names("labs", known=found).items():
        found.setdefault(number, name)
    return dict(sorted(found.items()))


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
    return tuple(_load(name) for name in names().values())


def lab(number: int) -> Lab:
    """Return one lab, or say which labs there are."""
    known = names()
    if number not in known:
        listed = ", ".join(map(str, known)) or "none; get a complete copy of the course"
        raise CourseError(f"There is no lab {number}; the labs are: {listed}.")
    return _load(known[number])


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


def _load(name: str) -> Lab:
    mine = ROOT / "labs" / name
    return read(mine if (mine / "lab.toml").is_file() else ROOT / "solutions" / name)


def read(folder: Path) -> Lab:
    """Read the lab.toml of one lab's folder; every slip in it is told by file and key."""
    file, match = folder / "lab.toml", NAME.fullmatch(folder.name)
    if not match:
        raise CourseError(f"{folder} is no lab: a lab's folder is named like lab02_handshake.")
    data = parse(file)
    number = int(match[1])
    result = Lab(
        number, match[2], folder.name, data.text("title"), data.text("goal"),
        data.choice("server", SERVERS), data.text("notebook"), data.paths("edits"),
        data.paths("changes"), tuple(_task(entry, number) for entry in data.tables("task")),
        data.words("env"),
    )  # fmt: skip
    data.close()
    ids = [task.id for task in result.tasks]
    for double in sorted({one for one in ids if ids.count(one) > 1}):
        raise CourseError(f"{file}: the id {double} stands for two tasks; give each its own.")
    return result


def _task(entry: Table, number: int) -> Task:
    task_id = entry.text("id")
    if not re.fullmatch(rf"{number}\.[1-9][0-9]?", task_id):
        entry.fail("id", f"is {task_id!r}, but a task of this lab has an id such as {number}.1")
    entry.name = f"task {task_id}: "
    result = Task(
        task_id, entry.text("title"), entry.positive("points"),
        float(entry.positive("deadline", DEADLINE)), entry.texts("hints", least=3),
    )  # fmt: skip
    entry.close()
    return result
