"""Projects are copied so that the student's folder stays as it was, and nothing is left behind."""

import os
import stat
import sys
import tempfile

import pytest

from duplex import project
from duplex.errors import CourseError

posix = pytest.mark.skipif(sys.platform == "win32", reason="only POSIX has these files")


@pytest.fixture
def copied():
    """Copy a project; the copy is removed after the test."""
    copies = []

    def copy(folder):
        copies.append(project.copy(folder))
        return copies[-1]

    yield copy
    for one in copies:
        project.remove(one)


def snapshot(folder) -> dict:
    """Return every path below a folder with its size and its time of change."""
    return {path: (path.lstat().st_size, path.lstat().st_mtime_ns) for path in folder.rglob("*")}


def refused(call, *arguments) -> str:
    """Return the one sentence with which a call is refused."""
    with pytest.raises(CourseError) as caught:
        call(*arguments)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_missing_folder_is_told(tmp_path):
    sentence = refused(project.copy, tmp_path / "gone")
    assert (
        sentence == f"There is no folder {tmp_path / 'gone'}; name the folder that holds manage.py."
    )


def test_file_is_no_folder(tmp_path):
    (tmp_path / "file").touch()
    assert "There is no folder" in refused(project.find, tmp_path / "file")


def test_missing_manage_is_told(tmp_path, temporary):
    assert "holds no manage.py" in refused(project.copy, tmp_path)
    assert not list(temporary.iterdir())


def test_home_is_understood(project_of, monkeypatch):
    folder = project_of()
    monkeypatch.setenv("HOME", str(folder.parent))
    monkeypatch.setenv("USERPROFILE", str(folder.parent))
    assert project.find(f"~/{folder.name}") == folder


def test_copy_holds_every_file(project_of, copied):
    folder = project_of(**{"chat/static/è à.css": "p {}"})
    copy = copied(folder)
    assert {path.relative_to(copy) for path in copy.rglob("*")} == {
        path.relative_to(folder) for path in folder.rglob("*")
    }
    assert (copy / "chat/static/è à.css").read_text() == "p {}"


def test_private_files_stay_behind(project_of, copied):
    private = ("db.sqlite3", "db.sqlite3-wal", ".git/HEAD", ".venv/pyvenv.cfg", "__pycache__/a.pyc",
               "chat/__pycache__/b.pyc", "chat/c.pyc", "node_modules/x.js")  # fmt: skip
    copy = copied(project_of(**dict.fromkeys(private, "mine"), **{"chat/views.py": ""}))
    assert sorted(path.name for path in copy.iterdir()) == ["chat", "config", "manage.py"]
    assert [path.name for path in (copy / "chat").iterdir()] == ["views.py"]


def test_original_stays_the_same(project_of, copied):
    folder = project_of(**{"db.sqlite3": "mine"})
    before = snapshot(folder)
    (copied(folder) / "config/settings.py").write_text("changed")
    assert snapshot(folder) == before


@posix
def test_links_stay_links(project_of, copied):
    folder = project_of()
    for name, target in (("outside", "/"), ("loop", "."), ("dangling", "nowhere")):
        (folder / name).symlink_to(target)
    copy = copied(folder)
    assert [os.readlink(copy / name) for name in ("outside", "loop", "dangling")] == [
        "/", ".", "nowhere",
    ]  # fmt: skip


@posix
def test_read_only_project_gets_writable(project_of, copied):
    folder = project_of()
    read_only = [folder / "config/settings.py", folder / "config", folder]
    for path in read_only:
        path.chmod(0o555 if path.is_dir() else 0o444)
    copy = copied(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o555
    for path in read_only:
        assert (copy / path.relative_to(folder)).stat().st_mode & stat.S_IWUSR
        path.chmod(0o755)


@posix
def test_special_file_is_told(project_of, temporary):
    folder = project_of()
    os.mkfifo(folder / "queue")
    sentence = refused(project.copy, folder)
    assert f"The project in {folder} could not be copied" in sentence
    assert "(queue: " in sentence and "named pipe" in sentence
    assert not list(temporary.iterdir())


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all files")
def test_unreadable_file_is_told(project_of, temporary):
    folder = project_of()
    (folder / "config/urls.py").chmod(0)
    assert "(urls.py: " in refused(project.copy, folder)
    assert not list(temporary.iterdir())


def test_missing_temporary_folder_is_told(project_of, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    assert "No temporary folder could be made" in refused(project.copy, project_of())


def test_interrupted_copy_is_removed(project_of, temporary, monkeypatch):
    def interrupted(folder):
        assert (folder / "manage.py").is_file()
        raise KeyboardInterrupt

    monkeypatch.setattr(project, "_make_writable", interrupted)
    with pytest.raises(KeyboardInterrupt):
        project.copy(project_of())
    assert not list(temporary.iterdir())


@posix
def test_locked_folder_is_removed(project_of, temporary):
    copy = project.copy(project_of(**{"chat/views.py": ""}))
    (copy / "chat").chmod(0)
    copy.chmod(0o500)
    project.remove(copy)
    assert not list(temporary.iterdir())
