"""What a submission uses is limited, what it leaves is removed, and its verdict says why."""

import os
import threading
from contextlib import contextmanager, suppress

import psutil
import pytest

from duplex.deadline import wait_until
from duplex.errors import Tampered
from duplex.sandbox import jail
from duplex.sandbox.box import LinkRefused, refuse_links
from duplex.sandbox.limits import MIB, Limits
from duplex.sandbox.sandbox import Sandbox
from duplex.verdict import TaskVerdict
from duplex.worker import Worker
from tests.duplex.probe import VIEW, probing

pytestmark = pytest.mark.skipif(bool(jail.missing()), reason=jail.missing())
SMALL = Limits(data=400 * MIB, file=4 * MIB, processes=40, open_files=256, memory=200 * MIB,
               box=16 * MIB, entries=400)  # fmt: skip
TMP = "import os, tempfile, time\nos.chdir(tempfile.gettempdir())\n"
FILLS = "for number in range(20):\n    open(str(number), 'wb').write(bytes(3 * 2**20))"
HIDES = """
kept = []
for number in range(20):
    kept.append(open('x', 'wb', buffering=0))
    kept[-1].write(bytes(3 * 2**20))
    os.unlink('x')
"""
SHARES = "import mmap\nkept = mmap.mmap(-1, 300 * 2**20)\nkept.write(bytes(300 * 2**20))"
COUNTS = "for number in range(500):\n    open(str(number), 'w').close()"
DIGS = "for _ in range(3000):\n    os.mkdir('deeper')\n    os.chdir('deeper')"
LEAVES = r"""
import os, socket, tempfile
os.chdir(path or tempfile.gettempdir())
os.mkdir("closed"); open("closed/file", "w").close(); os.chmod("closed/file", 0)
os.mkdir("closed/inner"); os.chmod("closed/inner", 0); os.chmod("closed", 0)
os.mkfifo("fifo"); os.chmod("fifo", 0)
socket.socket(socket.AF_UNIX).bind("socket")
os.symlink("/etc", "folder"); os.symlink("/etc/passwd", "file"); os.symlink("loop", "loop")
open(b"\xff\n -rf", "w").close(); open("-", "w").close()
found = len(os.listdir())
"""


@pytest.fixture(scope="module")
def box():
    """One sandbox with narrow limits for all tests of this file."""
    with Sandbox(SMALL, "wsgi") as box:
        yield box


@pytest.fixture
def inside(box, project_of):
    """What a submission can do in the sandbox, of which nothing is left after the test."""
    with probing(project_of(view=VIEW), box) as probe:
        yield probe
    pid = box._process.pid
    box.wipe()
    assert box.ground.is_empty() and box._process.pid == pid


@pytest.mark.parametrize(("limit", "value"), [
    ("DATA", SMALL.data), ("FSIZE", SMALL.file), ("NPROC", SMALL.processes),
    ("NOFILE", SMALL.open_files), ("CORE", 0),
])  # fmt: skip
def test_limits_cannot_be_raised(limit, value, inside):
    assert inside.run(f"""
import resource
which = resource.RLIMIT_{limit}
found = resource.getrlimit(which)
try:
    resource.setrlimit(which, (-1, -1))
    found = "raised"
except (ValueError, OSError):
    pass
""") == str((value, value))


def test_memory_is_refused(inside, box):
    assert "MemoryError" in inside.run("found = bytearray(2**29)")
    assert box.breach() is None


def test_file_is_not_too_large(inside, box):
    assert "[Errno 27]" in inside.run(TMP + "open('x', 'wb').write(bytes(5 * 2**20))")
    assert box.breach() is None


@pytest.mark.parametrize(("code", "verdict", "words"), [
    (SHARES, "memory", "more than 200 MiB of memory"),
    (FILLS, "output", "more than 16 MiB into files"),
    (HIDES, "output", "more than 16 MiB into files"),
    (COUNTS, "output", "more than 400 files and folders"),
    (DIGS, "output", "folders"),
])  # fmt: skip
def test_too_much_is_stopped(code, verdict, words, inside, box):
    inside.dies(f"{TMP}{code}\ntime.sleep(60)")
    assert wait_until(lambda: not inside.server.alive())
    found = box.breach()
    assert found[0] == verdict and words in found[1]
    assert box.breach() is None


@pytest.mark.parametrize("where", ["tmp", "box"])
def test_whatever_is_left_is_removed(where, inside, box):
    path = "" if where == "tmp" else str(box.ground.kept()[0])
    assert int(inside.run(LEAVES, path=path)) >= 8


def test_links_are_not_followed(inside, box, tmp_path):
    folder, _ = box.ground.kept()
    secret = tmp_path / "secret"
    secret.write_text("hello")
    inside.run(f"""
import os
os.chdir({str(folder)!r})
os.symlink({str(secret)!r}, "link")
os.symlink({str(tmp_path)!r}, "folder")
os.mkfifo("fifo")
open("file", "w").write("mine")
""")
    read, write = box.ground.read, box.ground.write
    assert [read(folder / name) for name in ("link", "fifo", "folder/secret", "none")] == [None] * 4
    assert read(folder / "file") == b"mine"
    for name in ("link", "folder/new", "file"):
        write(folder / name, b"written")
    assert secret.read_text() == "hello" and os.listdir(tmp_path) != ["new"]
    assert not (tmp_path / "new").exists() and read(folder / "file") == b"mine"
    with pytest.raises(Tampered):
        box.ground.discard(folder / "folder/secret")
    box.ground.discard(folder / "link")
    assert secret.exists()
    box.ground.block(folder / "file")
    assert read(folder / "file") is None
    box.ground.replace(folder / "file", b"theirs")
    assert read(folder / "file") == b"theirs"


def test_lock_is_held_inside(inside, box):
    folder, _ = box.ground.kept()
    words = {"path": str(folder / "db")}
    takes = """
import sqlite3
with sqlite3.connect(path, 0.1) as one:
    one.execute("CREATE TABLE IF NOT EXISTS t (n)")
    found = "written"
"""
    assert inside.run(takes, **words) == "written"
    insert = takes.replace("CREATE TABLE IF NOT EXISTS t (n)", "INSERT INTO t VALUES (1)")
    with box.locked(folder / "db"):
        assert "OperationalError" in inside.run(insert, **words)
    assert inside.run(insert, **words) == "written"
    with pytest.raises(Tampered, match="held a lock"), box.locked(folder / "db"):  # noqa: PT012
        inside.dies("import os\nos.kill(-1, 9)")
        assert wait_until(lambda: inside.run(insert, **words) == "written")


def test_links_that_lead_out_are_refused(project_of):
    folder = project_of()
    (folder / "alias.py").symlink_to("manage.py")
    refuse_links(folder)
    for target in ("/etc/passwd", "../../secret", "nowhere/../../x"):
        (folder / "out").symlink_to(target)
        with pytest.raises(LinkRefused, match="^out is a link that leads out of the project"):
            refuse_links(folder)
        (folder / "out").unlink()


def test_it_ends_with_its_kit(box):
    with Sandbox(SMALL, "wsgi") as other:
        family = [psutil.Process(other._process.pid)]
        family += family[0].children(recursive=True)
        root = other.ground.root
        family[0].kill()
        assert wait_until(lambda: not other.holds())
        other.wipe()  # renews it
        assert other.holds()
    assert not root.exists()
    assert not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in family)


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    """A worker that grades the tiny course in a sandbox."""
    from duplex import catalog
    from tests.duplex.conftest import write_tiny

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalog, "ROOT", write_tiny(tmp_path_factory.mktemp("a tiny course è")))
        worker = Worker(sandboxed=True)
    yield worker
    worker.close()


def graded(worker, folder, tasks=None) -> dict[str, TaskVerdict]:
    """Grade a project by the tiny course, in the worker's sandbox."""
    answer = worker.ask({"lab": 1, "folder": str(folder), "tasks": tasks})
    return {one["task_id"]: TaskVerdict(**one) for one in answer}


def told(worker, folder) -> set[str]:
    """Return the verdicts of a project, each once."""
    return {one.verdict for one in graded(worker, folder).values()}


def test_verdict_names_the_limit(worker, project_of, good_view):
    assert told(worker, project_of(view=good_view)) == {"passed"}
    for view, verdict in (
        ("return HttpResponse(bytearray(2**31))", "memory"),
        ("while True: print('x' * 1000)", "output"),
        ("import os; os._exit(0)", "crashed"),
        ("for n in range(9): open(str(n), 'wb').write(bytes(2**25))", "output"),
        ("open('x', 'wb').write(bytes(2**27))", "output"),
    ):
        folder = project_of("DEBUG = True\n", view)
        found = graded(worker, folder, ["1.1", "1.2"])
        assert {one.verdict for one in found.values()} == {verdict}, found
    assert told(worker, project_of(view=good_view)) == {"passed"}


def test_broken_sandbox_is_tampered(worker, project_of, good_view):
    good = project_of(view="import time; time.sleep(0.1)\n" + good_view)
    with killing(worker, times=1):
        assert told(worker, good) == {"passed"}
    with killing(worker, times=100):
        found = graded(worker, good)
    assert "tampered" in {one.verdict for one in found.values()}
    assert all("twice" in one.message for one in found.values() if one.verdict == "tampered")
    assert told(worker, good) == {"passed"}
    (good / "out").symlink_to("/etc/passwd")
    assert told(worker, good) == {"tampered"}


@contextmanager
def killing(worker: Worker, times: int):
    """Kill the sandbox of a worker as soon as something is served in it, so many times."""
    over, kit = threading.Event(), psutil.Process(worker.process.pid)

    def kill() -> None:
        left = times
        while left and not over.wait(0.02):
            with suppress(psutil.Error):
                for one in kit.children():
                    if one.name() == "bwrap" and len(one.children(recursive=True)) > 1:
                        one.kill()
                        left -= 1

    thread = threading.Thread(target=kill)
    thread.start()
    yield
    over.set()
    thread.join()
