"""Where a project's files lie, and how they are taken away while the project makes them anew."""

import contextlib
import threading

import pytest

from duplex import ground
from duplex.errors import Tampered


@pytest.fixture
def busy(tmp_path):
    """Somebody who makes a file and those that go with it, and removes them, all the time."""
    over, path = threading.Event(), tmp_path / "db"

    def work():
        while not over.is_set():
            for name in ("db", "db-wal", "db-shm"):
                with contextlib.suppress(OSError):
                    (tmp_path / name).touch()
            for name in ("db-shm", "db-wal"):
                (tmp_path / name).unlink(missing_ok=True)

    thread = threading.Thread(target=work)
    thread.start()
    yield path
    over.set()
    thread.join()


def test_taken_away_and_put_back_although_others_make_it(busy):
    for _ in range(50):
        ground.HERE.discard(busy)
        ground.HERE.block(busy)
        assert busy.is_dir()
        ground.HERE.replace(busy, b"mine")
        assert busy.is_file() and busy.read_bytes() == b"mine"
    assert [path.name for path in busy.parent.glob("new-*")] == []


def test_nobody_is_chased_for_ever(tmp_path):
    class Chased(ground.Ground):
        def _fill(self, path):
            path.touch()
            super()._fill(path)

    with pytest.raises(Tampered, match=r"put something else where db was to be"):
        Chased().block(tmp_path / "db")
