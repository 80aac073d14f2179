"""The shape that knows a task: the lines that a student wrote for it."""

from collections.abc import Iterator

from duplex import catalog
from duplex.diagnosis.code import Code, Place
from duplex.diagnosis.shapes import shape
from duplex.diagnosis.written import written as lines


@shape
def written(code: Code, task: str) -> Iterator[Place]:
    """What was written in a task's regions; only for `at`."""
    yield from lines(catalog.lab(int(task.partition(".")[0])), code.folder, task)
