"""The processes that serve end with the kit, however it ends, and with their warm parent."""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from duplex import wire
from duplex.deadline import wait_until
from duplex.errors import KitFault
from duplex.nursery import Nursery, child_environment
from duplex.server import Server, serve

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no fork, and no such signals")
ROOT = Path(__file__).parents[2]
KIT = """
import sys, time
from duplex.server import Server, serve
Server.forks = sys.argv[2] == "forked"
with serve(sys.argv[1]) as server:
    print(server.address[1], flush=True)
    time.sleep(600)
"""
COPYING = """
import sys, time
from duplex import project
project._make_writable = lambda folder: (print("copied", flush=True), time.sleep(600))
project.copy(sys.argv[1])
"""
CHILD = """import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
return HttpResponse(str(child.pid))"""


@pytest.fixture
def kit(temporary):
    """Run a script of the kit in a process of its own: kit(script, *words)."""
    started = []

    def run(script, *words):
        env = os.environ | {"TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)}
        started.append(subprocess.Popen(
            [sys.executable, "-c", script, *map(str, words)], env=env,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        ))  # fmt: skip
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def parent(temporary):
    """A warm parent that a test may spoil."""
    with Nursery("wsgi") as nursery:
        yield nursery


def ended(process: psutil.Process) -> bool:
    """Tell whether a process is gone (a zombie is)."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def get(port: int) -> str:
    """Return what a server on a port answers."""
    return wire.Http(("127.0.0.1", port)).get("/").text


def free(port: int) -> bool:
    """Tell whether nobody listens on a port (a dying process's last thread may, for a moment)."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == errno.ECONNREFUSED


@pytest.mark.parametrize("way", ["forked", "alone"])
@pytest.mark.parametrize("end", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_server_ends_with_its_kit(end, way, kit, project_of, temporary):
    process = kit(KIT, project_of(view=CHILD), way)
    port = int(process.stdout.readline())
    get(port)
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 2 and list(temporary.iterdir())
    process.send_signal(getattr(signal, end))
    process.wait()
    assert wait_until(lambda: all(map(ended, family)))
    assert wait_until(lambda: not list(temporary.iterdir()))
    assert wait_until(lambda: free(port))


def test_interrupted_copy_leaves_nothing(kit, project_of, temporary):
    process = kit(COPYING, project_of())
    assert process.stdout.readline() == "copied\n"
    process.send_signal(signal.SIGINT)
    process.wait()
    assert not list(temporary.iterdir())


def test_closing_ends_all(parent, project_of, temporary):
    folder = project_of(view=CHILD)
    servers = [serve(folder, nursery=parent) for _ in range(2)]
    family = psutil.Process(parent._process.pid).children(recursive=True)
    family.append(psutil.Process(int(get(servers[0].address[1]))))
    assert len(family) == 3
    parent.close()
    assert not any(server.alive() for server in servers)
    assert wait_until(lambda: all(map(ended, family)))
    assert not list(temporary.iterdir())
    for server in servers:
        server.stop()
    parent.close()


def test_killed_parent_leaves_nothing(parent, project_of, temporary):
    server = serve(project_of(view=CHILD), nursery=parent)
    family = psutil.Process(parent._process.pid).children()
    family.append(psutil.Process(int(get(server.address[1]))))
    os.kill(parent._process.pid, signal.SIGKILL)
    assert wait_until(lambda: not server.alive())
    assert wait_until(lambda: all(map(ended, family)))
    assert server.child.status == -signal.SIGKILL
    server.stop()
    assert not list(temporary.iterdir())


def test_killed_parent_is_told(parent, project_of, temporary):
    os.kill(parent._process.pid, signal.SIGSTOP)  # so that it dies with an order in hand
    begin = time.monotonic()
    timer = subprocess.Popen(["sh", "-c", f"sleep 0.2; kill -9 {parent._process.pid}"])
    with pytest.raises(KitFault, match=r"^The process that starts servers .+; try again\.$"):
        serve(project_of(), nursery=parent)
    timer.wait()
    assert time.monotonic() - begin < 10
    with pytest.raises(KitFault, match="is gone; try again"):
        serve(project_of(), nursery=parent)
    assert not list(temporary.iterdir())


def test_stop_spares_the_others(parent, project_of):
    folder = project_of()
    one, two = serve(folder, nursery=parent), serve(folder, nursery=parent)
    one.stop()
    assert get(two.address[1]) == "hello"
    assert one.address != two.address
    two.stop()


def test_ended_child_is_not_killed(parent, project_of):
    # its number may belong to another process by now
    with serve(project_of(), nursery=parent) as server, subprocess.Popen(["sleep", "600"]) as other:
        parent._order("kill", other.pid)
        server.stop()
        assert other.poll() is None
        other.kill()


def test_environment_is_clean(monkeypatch):
    for name in ("DJANGO_SETTINGS_MODULE", "PYTHONWARNINGS", "PYTHONASYNCIODEBUG", "DUPLEX_ROOT"):
        monkeypatch.setenv(name, "x")
    for name in ("PYTHONUSERBASE", "PATH", "MINE"):
        monkeypatch.setenv(name, "kept")
    env = child_environment()
    assert {name for name, value in env.items() if value == "x"} == set()
    assert env["PYTHONUSERBASE"] == env["PATH"] == env["MINE"] == "kept"
    assert env["PYTHONDONTWRITEBYTECODE"] == env["PYTHONUNBUFFERED"] == "1"


@pytest.mark.parametrize("forked", [True, False])
def test_server_is_asked_to_end(project_of, monkeypatch, forked):
    monkeypatch.setattr(Server, "forks", forked)
    with serve(project_of()) as server:
        assert server.terminate() == -signal.SIGTERM
        assert not server.alive()
        assert server.terminate() == -signal.SIGTERM


def test_deaf_server_goes_on(project_of):
    deaf = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    with serve(project_of(deaf)) as server:
        assert server.terminate(0.1) is None
        assert server.alive()
    assert not server.alive()
