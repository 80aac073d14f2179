"""Nothing gets out of a sandbox: each attack succeeds where there is none, and fails in one."""

import os
import socket
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from duplex import wire
from duplex.deadline import wait_until
from duplex.sandbox import jail
from duplex.sandbox.limits import MIB, Limits
from duplex.sandbox.sandbox import Sandbox
from tests.duplex.probe import VIEW, probing

pytestmark = pytest.mark.skipif(bool(jail.missing()), reason=jail.missing())
ROOT = Path(__file__).parents[2]
SMALL = Limits(data=400 * MIB, file=4 * MIB, processes=40, open_files=256, memory=200 * MIB,
               box=16 * MIB, entries=400)  # fmt: skip

READS = "found = open(path).read(5)"
WRITES = "found = open(path, 'x').write('hello')"
CONNECTS = """
import socket
with socket.socket(family) as out:
    out.settimeout(5)
    out.connect(tuple(address) if isinstance(address, list) else address)
    found = "connected"
"""
LOOKS = "import os\nfound = os.path.exists(path)"
SIGNALS = "import os\nos.kill(pid, 0)\nfound = 'signalled'"


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
    box.wipe()
    assert box.ground.is_empty()


@pytest.fixture
def outside(nursery, project_of):
    """What the same submission can do without a sandbox."""
    with probing(project_of(view=VIEW, name="outside"), nursery) as probe:
        yield probe


@pytest.fixture
def listening():
    """Listen in every way that a network namespace cuts off: the addresses, by family."""
    listeners = [socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)]
    listeners[1].bind(f"\0duplex-test-{os.getpid()}")
    listeners[1].listen()
    if socket.has_dualstack_ipv6():
        listeners.append(socket.create_server(("::1", 0), family=socket.AF_INET6))
    yield {one.family: one.getsockname() for one in listeners}
    for one in listeners:
        one.close()


@pytest.mark.parametrize("name", [
    "solutions/lab04_rooms/chat/consumers.py", "tests/labs/test_lab04_rooms.py",
    "duplex/verdict.py", "pyproject.toml", "README.md",
])  # fmt: skip
def test_kit_is_not_seen(name, inside, outside):
    path = str(ROOT / name)
    assert outside.run(READS, path=path) not in ("", "None")
    assert "FileNotFoundError" in inside.run(READS, path=path)


def names(probe, path: Path) -> set[str]:
    """Return what a folder holds for a submission; nothing when it is not there."""
    return set(eval(probe.run("import os\nfound = os.path.isdir(path) and os.listdir(path) or []",
                              path=str(path))))  # fmt: skip


def on_the_way(path: Path, box: Sandbox) -> set[str]:
    """Return the names in a folder that lead to what a sandbox shows."""
    shown = ROOT / "duplex/host", Path(sys.prefix), Path(sys.base_prefix), box.ground.inside
    return {one.relative_to(path).parts[0] for one in shown if one.is_relative_to(path)}


def test_nothing_else_is_seen(inside, outside, box, tmp_path):
    (tmp_path / "other submission").write_text("hello")
    hidden = Path.home(), Path("/var"), Path("/sys"), Path(tempfile.gettempdir()), tmp_path, ROOT
    for path in hidden:
        assert names(outside, path), path
        assert names(inside, path) <= on_the_way(path, box), path
    assert names(inside, ROOT / "duplex") == {"host"}


def test_only_the_system_is_seen(inside, box):
    system = {"bin", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "sbin", "tmp", "usr"}
    assert names(inside, Path("/")) <= system | on_the_way(Path("/"), box)
    assert names(inside, Path("/etc")) <= {
        *(name.partition("/")[0] for name in jail.SETTINGS), *jail.FILES}  # fmt: skip


def test_nothing_can_be_written(inside, outside, tmp_path):
    assert outside.run(WRITES, path=str(tmp_path / "written")) == "5"
    for path in (tmp_path / "again", "/usr/x", "/etc/x", "/x", "/dev/x", "/dev/shm/x",
                 Path(sys.prefix) / "x", ROOT / "duplex/host/x"):  # fmt: skip
        assert "Error" in inside.run(WRITES, path=str(path)), path
    assert inside.run("import tempfile\nfound = tempfile.TemporaryFile().write(b'hello')") == "5"


def test_no_network(inside, outside, listening):
    for family, address in listening.items():
        sent = {"family": int(family), "address": list(address[:2]) if isinstance(address, tuple)
                else address}  # fmt: skip
        assert outside.run(CONNECTS, **sent) == "connected"
        assert "Error" in inside.run(CONNECTS, **sent), family


def test_no_other_process(inside, outside):
    assert outside.run(SIGNALS, pid=os.getpid()) == "signalled"
    numbers = eval(inside.run("import os\nfound = [n for n in os.listdir('/proc') if n.isdigit()]"))
    assert len(numbers) < 10
    if str(os.getpid()) not in numbers:
        assert "ProcessLookupError" in inside.run(SIGNALS, pid=os.getpid())


def test_it_is_nobody(inside):
    status = inside.run("found = open('/proc/self/status').read()")
    told = dict(line.split(":\t", 1) for line in status.splitlines())
    assert {told[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {"0" * 16}
    assert told["NoNewPrivs"] == "1" and told["Seccomp"] == "2"
    assert "0" not in told["Uid"].split()
    if jail.is_root():
        assert told["CapBnd"] == "0" * 16
        assert int(told["Uid"].split()[0]) >= jail.FIRST_USER


def test_sandboxes_are_different_users():
    users = {jail.new_user() for _ in range(3)}
    assert users == {None} or len(users | {user + 32 for user in users}) == 6


def test_no_descriptor_leads_out(inside):
    kinds = inside.run("""
import os, socket, stat
found = []
for number in range(3, 256):
    try:
        mode = os.fstat(number).st_mode
    except OSError:
        continue
    if stat.S_ISSOCK(mode):
        one = socket.socket(fileno=os.dup(number))
        found.append((int(one.family), one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)))
    elif not stat.S_ISFIFO(mode):
        found.append(os.readlink(f"/proc/self/fd/{number}"))
""")
    unix = int(socket.AF_UNIX)
    assert set(map(str, eval(kinds))) <= {str((unix, 1)), str((unix, 0))}  # listener, request


@pytest.mark.parametrize("code", [
    "import os; os.unshare(0x10000000)" if hasattr(os, "unshare") else
    "import ctypes; found = ctypes.CDLL(None, use_errno=True).unshare(0x10000000)",
    "import os; os.memfd_create('x')",
    "import socket; socket.socket(40, socket.SOCK_STREAM)",
    "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    "import resource; resource.prlimit(1, resource.RLIMIT_NOFILE, (0, 0))",
    "import os; os.setpriority(os.PRIO_PROCESS, 1, 19)",
    "import os; os.setpriority(os.PRIO_USER, 0, 19)",
    "import os; os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0))",
    "import ctypes; found = ctypes.CDLL(None, use_errno=True).ptrace(16, 1, 0, 0)",
    "found = open('/proc/1/mem', 'rb').read(1)",
    "import os; found = os.listdir('/proc/1/fd')",
    "found = open('/proc/1/environ').read()",
    "import os; found = os.listdir('/proc/1/root/')",
])  # fmt: skip
def test_call_is_refused(code, inside):
    answer = inside.run(code)
    assert answer == "-1" or "PermissionError" in answer, answer


def test_threads_and_children_work(inside):
    assert inside.run("""
import subprocess, sys, threading
thread = threading.Thread(target=lambda: None)
thread.start()
thread.join()
found = subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True).stdout
""") == str(b"42\n")


def test_parent_cannot_be_signalled(inside, box):
    pid = box._process.pid
    inside.run("""
import os, signal
for number in [*range(1, 32), *range(34, 65)]:
    try:
        os.kill(1, number)
    except OSError:
        pass
""")
    assert box.holds() and box._process.pid == pid
    assert inside.run("found = 'still here'") == "still here"


def test_all_are_killed_but_the_parent(inside, box):
    pid = box._process.pid
    inside.dies("import os\nos.fork() or os.execlp('sleep', 'sleep', '60')\nos.kill(-1, 9)\n"
                "os.kill(os.getpid(), 9)")  # fmt: skip
    assert wait_until(lambda: not inside.server.alive())
    assert box.holds() and box._process.pid == pid


def alone(box) -> bool:
    """Tell whether nothing runs in a sandbox but its warm parent."""
    return len(psutil.Process(box._process.pid).children(recursive=True)) == 1


def test_fork_bomb_ends(inside, box):
    assert "BlockingIOError" in inside.run("""
import os, time
for _ in range(1000):
    if os.fork() == 0:
        while True:
            try:
                os.fork()
            except OSError:
                time.sleep(0.01)
""")
    box.wipe()
    assert alone(box)


def test_survivor_is_killed(inside, box):
    inside.run("""
import os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(1, 32):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        while True:
            time.sleep(1)
    os._exit(0)
found = 1
""")
    inside.server.stop()
    assert wait_until(lambda: not inside.server.alive()) and not alone(box)
    pid = box._process.pid
    box.wipe()
    assert alone(box) and box._process.pid == pid


def test_unlistened_socket_is_its_own_loss(inside, box):
    inside.dies("""
import os, socket, stat
for number in range(3, 256):
    try:
        socket.socket(fileno=number).shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
""")
    with pytest.raises(wire.WireError):
        wire.Http(inside.server.address, timeout=2).get("/")
    assert box.holds()
