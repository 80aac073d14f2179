"""A save is noticed once, wherever the project lies; what is not the student's is not."""

import os
from queue import Empty, SimpleQueue

import psutil
import pytest

from duplex.deadline import scaled
from duplex.watch import saves
from duplex.watch.saves import Saves, drive_of, fingerprint, remote

VIEWS = "config/urls.py"


@pytest.fixture(params=[False, True], ids=["told", "polled"])
def noticed(request, project_of):
    """A project that is watched, and a queue with an entry for each change that was noticed."""
    heard = SimpleQueue()
    with Saves(project_of(), lambda: heard.put(True), poll=request.param) as watched:
        yield watched.folder, heard


def test_save_is_noticed(noticed):
    folder, heard = noticed
    (folder / VIEWS).write_text("urlpatterns = []  # saved\n", "utf-8")
    assert heard.get(timeout=scaled(30))


def test_replaced_file_is_noticed(noticed):
    folder, heard = noticed
    (folder / "new").write_text("urlpatterns = []  # replaced\n", "utf-8")
    os.replace(folder / "new", folder / VIEWS)
    assert heard.get(timeout=scaled(30))


@pytest.fixture
def watched(project_of):
    """A project that is looked at when the test says so, and the changes that were noticed."""
    heard = []
    return Saves(project_of(), lambda: heard.append(True)), heard


def test_change_is_told_once(watched):
    changes, heard = watched
    (changes.folder / VIEWS).write_text("urlpatterns = []  # saved\n", "utf-8")
    changes.look()
    changes.look()
    assert heard == [True]


@pytest.mark.parametrize("path", ["db.sqlite3", "config/__pycache__/urls.pyc", ".git/index"])
def test_other_files_are_nothing(watched, path):
    changes, heard = watched
    (changes.folder / path).parent.mkdir(exist_ok=True)
    (changes.folder / path).write_text("written by a tool", "utf-8")
    changes.look()
    assert heard == []


def test_same_content_is_nothing(watched):
    changes, heard = watched
    file = changes.folder / VIEWS
    file.write_bytes(file.read_bytes())
    changes.look()
    assert heard == []


@pytest.mark.parametrize("change", ["removed", "renamed", "added", "emptied"])
def test_any_change_counts(project_of, change):
    folder = project_of()
    before, file = fingerprint(folder), folder / VIEWS
    if change == "removed":
        file.unlink()
    elif change == "renamed":
        file.rename(folder / "config/other.py")
    elif change == "added":
        (folder / "empty.py").touch()
    else:
        file.write_bytes(b"")
    assert fingerprint(folder) != before


def test_dangling_link_is_read(project_of):
    folder = project_of()
    (folder / "gone").symlink_to(folder / "nowhere")
    assert fingerprint(folder)


@pytest.mark.parametrize(
    ("kind", "far"), [("nfs4", True), ("9p", True), ("fuse.sshfs", True), ("ext4", False)]
)
def test_network_drive_is_polled(tmp_path, monkeypatch, kind, far):
    part = psutil._ntuples.sdiskpart("there", str(tmp_path), kind, "rw")
    monkeypatch.setattr(saves.psutil, "disk_partitions", lambda every: [part])
    (tmp_path / "lab").mkdir()
    assert (drive_of(tmp_path / "lab"), remote(tmp_path / "lab")) == (kind, far)


def test_nothing_watches_on(noticed):
    folder, heard = noticed
    with pytest.raises(Empty):
        heard.get(timeout=0)
    assert folder.is_dir()
