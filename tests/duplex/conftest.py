"""A small course in a temporary folder, for the modules that read and generate the labs."""

from pathlib import Path

import pytest

from duplex import catalog

TASK = '[[task]]\nid = "{id}"\ntitle = "T{id}"\npoints = 2\nhints = ["ask", "point", "tell"]\n'
HEAD = 'title = "A"\ngoal = "G."\nserver = "runserver"\nnotebook = "02_polling"\n'
VIEWS = '''"""Views."""


def index():
    # task 1.1: answer
    #   with the text `hello`
    return "hello"
    # end 1.1
'''


class Course:
    """Writes and reads the files of a course whose root is `root`."""

    def __init__(self, root: Path):
        self.root = root

    def write(self, path: str, text: str) -> Path:
        """Write a file below the root."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        return file

    def read(self, path: str) -> str:
        """Return the text of a file below the root."""
        return (self.root / path).read_bytes().decode()

    def files(self, path: str) -> set[str]:
        """Return the files below a folder, by their paths in it."""
        top = self.root / path
        return {one.relative_to(top).as_posix() for one in top.rglob("*") if one.is_file()}

    def toml(self, tree: str, name: str, tasks=(), edits=(), changes=(), text=None) -> Path:
        """Write a lab's lab.toml."""
        lists = f"edits = {list(edits)!r}\nchanges = {list(changes)!r}\n"
        made = HEAD + lists + "".join(TASK.format(id=task) for task in tasks)
        return self.write(f"{tree}/{name}/lab.toml", made if text is None else text)


@pytest.fixture
def course(tmp_path, monkeypatch) -> Course:
    """A course without any lab, whose root the package takes for its own."""
    root = tmp_path / "a course è"
    root.mkdir()
    monkeypatch.setattr(catalog, "ROOT", root)
    return Course(root)


@pytest.fixture
def lab_one(course) -> Course:
    """A course whose solutions hold one lab with one task."""
    files = ("chat/views.py", "lab.toml", "logo.png")
    course.toml("solutions", "lab01_polling", ["1.1"], ["chat/views.py"], files)
    course.write("solutions/lab01_polling/chat/views.py", VIEWS)
    (course.root / "solutions/lab01_polling/logo.png").write_bytes(b"\x89PNG\r\n\xff")
    return course
