"""A lab's reset: the skeleton comes back, and no edit is ever lost."""

from datetime import datetime

import pytest

from duplex import backup, catalog, tree
from duplex.errors import CourseError

MADE = {"chat/views.py", "lab.toml", "logo.png"}
VIEWS = "labs/lab01_polling/chat/views.py"


@pytest.fixture
def built(lab_one):
    """A course whose labs/ are generated."""
    tree.build()
    return lab_one


def backups(course) -> list:
    """Return the backups of lab 1."""
    return sorted((course.root / "backups").glob("lab01_polling-*"))


def my_work(course) -> None:
    """Do a student's work in lab 1."""
    course.write(VIEWS, "my work\n")
    course.write("labs/lab01_polling/chat/mine/deep.py", "my file\n")
    course.write("labs/lab01_polling/db.sqlite3", "my data")
    (course.root / "labs/lab01_polling/logo.png").unlink()


def reset():
    """Reset lab 1."""
    lab = catalog.lab(1)
    return tree.reset(lab, lab.folder())


def test_reset_restores_skeleton(built):
    my_work(built)
    kept = reset()
    assert built.files("labs/lab01_polling") == MADE
    assert tree.check() == []
    assert kept.parent == built.root / "backups"
    assert (kept / "chat/views.py").read_text() == "my work\n"
    assert built.files(kept.relative_to(built.root)) == {
        "chat/views.py", "chat/mine/deep.py", "db.sqlite3", "lab.toml",
    }  # fmt: skip


def test_backup_is_dated(built):
    name = reset().name
    assert datetime.strptime(name, "lab01_polling-%Y-%m-%d-%H%M%S")


def test_backups_never_collide(built, monkeypatch):
    class Clock(datetime):
        @classmethod
        def now(cls):
            return cls(2026, 11, 24, 10, 15, 12)

    monkeypatch.setattr(backup, "datetime", Clock)
    assert [reset().name for _ in range(3)] == [
        "lab01_polling-2026-11-24-101512",
        "lab01_polling-2026-11-24-101512-2",
        "lab01_polling-2026-11-24-101512-3",
    ]


def test_reset_of_deleted_lab(built):
    for path in MADE:
        (built.root / "labs/lab01_polling" / path).unlink()
    (built.root / "labs/lab01_polling/chat").rmdir()
    (built.root / "labs/lab01_polling").rmdir()
    assert reset() is None
    assert tree.check() == []


def test_reset_keeps_the_place(built):
    folder = built.root / "labs/lab01_polling"
    place = folder.stat().st_ino
    built.write("labs/lab01_polling/.git/HEAD", "mine")
    built.write("labs/lab01_polling/.venv/pyvenv.cfg", "mine")
    kept = reset()
    assert folder.stat().st_ino == place
    assert built.read("labs/lab01_polling/.git/HEAD") == "mine"
    assert not (kept / ".venv").exists()


def test_reset_of_file_for_folder(built):
    (built.root / VIEWS).unlink()
    (built.root / VIEWS).parent.rmdir()
    built.write("labs/lab01_polling/chat", "a file")
    (built.root / "labs/lab01_polling/lab.toml").unlink()
    built.write("labs/lab01_polling/lab.toml/inner.txt", "x")
    kept = reset()
    assert tree.check() == []
    assert (kept / "chat").read_text() == "a file"


def test_failed_backup_changes_nothing(built):
    built.write(VIEWS, "my work\n")
    (built.root / "backups/generated.json").unlink()
    (built.root / "backups").rmdir()
    built.write("backups", "a file in the way")
    with pytest.raises(CourseError, match="nothing was changed"):
        reset()
    assert built.read(VIEWS) == "my work\n"


@pytest.mark.parametrize("error", [KeyboardInterrupt, PermissionError(13, "Permission denied")])
def test_interrupted_reset_is_undone(built, monkeypatch, error):
    my_work(built)
    before = {path: built.read(f"labs/lab01_polling/{path}")
              for path in ("chat/views.py", "chat/mine/deep.py", "db.sqlite3")}  # fmt: skip
    written = []

    def write(path, content):
        written.append(path)
        if len(written) == 2:
            raise error
        path.write_bytes(content)

    monkeypatch.setattr(backup, "write", write)
    with pytest.raises((KeyboardInterrupt, CourseError)) as caught:
        reset()
    assert {path: built.read(f"labs/lab01_polling/{path}") for path in before} == before
    assert len(backups(built)) == 1
    if caught.type is CourseError:
        assert "so it is as it was" in str(caught.value)


def test_nothing_unfinished_stays(built):
    my_work(built)
    reset()
    tree.build()
    names = [path.name for path in built.root.rglob(".*")]
    assert names == []
