"""The set-up's parts that need no environment; tests/course/test_bootstrap.py runs it for real."""

import errno
import os
import types
from pathlib import Path

import pytest

from duplex import bootstrap


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Let the module work in an empty course."""
    real = bootstrap.HERE
    for name in ("HERE", "VENV", "LOCK", "STAMP", "LOG", "PYTHON"):
        value = getattr(bootstrap, name).replace(real, str(tmp_path), 1)
        monkeypatch.setattr(bootstrap, name, value)
    (tmp_path / "requirements.txt").touch()
    (tmp_path / "pyproject.toml").touch()
    return tmp_path


def finish(course) -> None:
    """Make a finished environment, as far as its stamp can tell."""
    Path(bootstrap.PYTHON).parent.mkdir(parents=True)
    Path(bootstrap.PYTHON).touch()
    Path(bootstrap.STAMP).write_text("\n".join(bootstrap.wanted()))


def test_empty_course_is_new(course):
    assert bootstrap.state() == "new"


def test_stamp_means_ready(course):
    finish(course)
    assert bootstrap.state() == "ready"


def test_missing_stamp_means_begun(course):
    finish(course)
    os.remove(bootstrap.STAMP)
    assert bootstrap.state() == "begun"


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_changed_file_means_outdated(course, name):
    finish(course)
    (course / name).write_text("changed")
    assert bootstrap.state() == "outdated"


def test_line_ends_change_nothing(course):
    (course / "requirements.txt").write_bytes(b"a==1\n")
    before = bootstrap.wanted()
    (course / "requirements.txt").write_bytes(b"a==1\r\n")
    assert bootstrap.wanted() == before


def test_other_place_means_moved(course):
    finish(course)
    digest, _, version = bootstrap.wanted()
    Path(bootstrap.STAMP).write_text("\n".join([digest, "'/elsewhere'", version]))
    assert bootstrap.state() == "moved"


def test_dead_python_means_broken(course):
    finish(course)
    digest, place, _ = bootstrap.wanted()
    Path(bootstrap.STAMP).write_text("\n".join([digest, place, "3.1"]))
    assert bootstrap.state() == "broken"


def test_full_disk_is_emptied(course, monkeypatch):
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def fill(*_):
        Path(bootstrap.VENV, "half").touch()
        raise full

    monkeypatch.setattr(bootstrap, "run", fill)
    with bootstrap.lock() as held, pytest.raises(OSError, match="No space"):
        bootstrap.build("new", "stamp", held)
    assert os.listdir(bootstrap.VENV) == ["course.lock"]
    assert bootstrap.explain(str(full)).startswith("The disk is full")


def test_protected_folder_is_told(course):
    denied = PermissionError(errno.EACCES, os.strerror(errno.EACCES), bootstrap.VENV)
    said = bootstrap.explain(str(denied))
    assert "may not write in" in said
    assert str(course) in said


def test_lock_keeps_others_out(course):
    with bootstrap.lock(), open(bootstrap.LOCK, "a") as other:
        assert not bootstrap.take(other)
    with open(bootstrap.LOCK, "a") as other:
        assert bootstrap.take(other)


def test_link_is_not_followed(course, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "kept").touch()
    os.mkdir(bootstrap.VENV)
    os.symlink(outside, os.path.join(bootstrap.VENV, "link"))
    bootstrap.empty()
    assert os.listdir(bootstrap.VENV) == []
    assert (outside / "kept").exists()


def door():
    """Return course.py as a module."""
    module = types.ModuleType("course")
    exec(Path(bootstrap.HERE, "course.py").read_text(), module.__dict__)
    return module


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 0), (3, 10, 13)])
def test_old_python_is_refused(capsys, version):
    assert door().main(["list"], version) == 2
    said = capsys.readouterr().err
    assert f"This is Python {version[0]}.{version[1]} and the course needs 3.11" in said
    assert len(said.splitlines()) == 1
