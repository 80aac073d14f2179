"""One project to be judged by one lab, and how it travels."""

import base64
import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from duplex.backup import files


@dataclass(frozen=True)
class Job:
    """A project in `folder`, judged by `lab`; of `tasks` only these, when they are named.

    `by` is what judges it, `duplex.batch.keys.lab_key`, so that no other judge takes it. With a
    `known` result it is not judged, only explained anew.
    """

    key: str
    lab: int
    folder: Path
    by: str
    tasks: tuple[str, ...] | None = None
    known: dict | None = None

    def again(self, tasks: list[str]) -> "Job":
        """Return the job of judging some tasks once more."""
        return replace(self, tasks=tuple(tasks))

    def packed(self) -> str:
        """Return the job with its files as JSON."""
        held = {name: base64.b64encode(path.read_bytes()).decode()
                for name, path in files(self.folder).items()}  # fmt: skip
        told = {"key": self.key, "lab": self.lab, "by": self.by, "tasks": self.tasks,
                "known": self.known}  # fmt: skip
        return json.dumps(told | {"files": held})


def unpack(text: str, place: Path) -> Job:
    """Return the job that was packed, its files in the new folder `place`."""
    told = json.loads(text)
    for name, data in told["files"].items():
        target = place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(base64.b64decode(data))
    tasks = told["tasks"] and tuple(told["tasks"])
    return Job(told["key"], told["lab"], place, told["by"], tasks, told["known"])


def move(project: Path, place: Path) -> Path:
    """Move a project to the new folder `place`, and return it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.move(project, place))
