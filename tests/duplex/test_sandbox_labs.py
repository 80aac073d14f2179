"""The solutions get full marks in a sandbox, and what they share with the kit is no way out."""

import os
import socket

import pytest

from duplex import catalog
from duplex.browser import find_browser, open_browser, open_page
from duplex.redis import Redis, find_redis
from duplex.sandbox import jail
from duplex.sandbox.box import Box
from duplex.sandbox.limits import Limits
from duplex.sandbox.sandbox import Sandbox
from duplex.worker import Worker
from tests.duplex.probe import VIEW, probing

pytestmark = pytest.mark.skipif(bool(jail.missing()), reason=jail.missing())
LABS = [2, 5] if os.environ.get("DUPLEX_SANDBOX_LABS") != "all" else [
    lab.number for lab in catalog.labs()]  # fmt: skip
needs_redis = pytest.mark.skipif(find_redis() is None, reason="no redis-server on this computer")
ASKS = """
import redis
one = redis.Redis(unix_socket_path=path, decode_responses=True)
found = one.execute_command(*words)
"""


@pytest.fixture(scope="module")
def worker():
    """A worker that grades in a sandbox."""
    worker = Worker(sandboxed=True)
    yield worker
    worker.close()


@pytest.mark.parametrize("number", LABS)
def test_solution_gets_full_marks(number, worker):
    lab = catalog.lab(number)
    verdicts = worker.grade(lab, lab.folder("solutions"))
    assert len(verdicts) == len(lab.tasks)
    assert [one for one in verdicts if one.verdict not in ("passed", "not checked")] == []


@pytest.fixture(scope="module")
def box():
    """One sandbox for the tests of this file."""
    with Sandbox(Limits(), "wsgi") as box:
        yield box


@pytest.fixture
def inside(box, project_of):
    """What a submission can do in the sandbox."""
    with probing(project_of(view=VIEW), box) as probe:
        yield probe
    box.wipe()


@needs_redis
def test_redis_is_for_use_only(inside, box):
    with Redis(box.ground) as server, server.client() as ours:
        ask = {"path": str(server.socket)}
        assert inside.run(ASKS, words=["SET", "key", "value"], **ask) == "True"
        assert ours.get("key") == "value"
        for words in ("CONFIG GET dir", "CONFIG SET dir /tmp", "DEBUG SLEEP 1", "SAVE", "BGSAVE",
                      "SHUTDOWN NOSAVE", "REPLICAOF 127.0.0.1 1", "MODULE LIST", "ACL LIST",
                      "CLIENT KILL TYPE normal", "MONITOR", "CONFIG RESETSTAT"):  # fmt: skip
            said = inside.run(ASKS, words=words.split(), **ask)
            assert "NoPermission" in said or "DEBUG command not allowed" in said
        for attempt in ("unlink", "chmod(path, 0) or os.unlink"):
            assert "Error" in inside.run(f"import os\nfound = os.{attempt}(path)", **ask)
        fill = "for number in range(40):\n    one.append('big', 'x' * 2**24)\n"
        assert "maxmemory" in inside.run(ASKS.replace("found", fill + "found"), words=["PING"],
                                         **ask)  # fmt: skip
        server.restart()
        assert inside.run(ASKS, words=["EXISTS", "key"], **ask) == "0"
    assert not server.folder.exists() and not server.alive()


@needs_redis
def test_redis_has_no_files(box):
    with Redis(box.ground) as server, server.client() as ours:
        about = ours.info("server")
        status = _status_of(server)
        assert about["process_id"] == 1 and set(status["CapEff"]) == {"0"}
        if jail.is_root():
            assert int(status["Uid"].split()[0]) not in (0, box.user)


def _status_of(server: Redis) -> dict[str, str]:
    import psutil

    for one in psutil.Process(server.process.pid).children(recursive=True):
        if one.name() == "redis-server":
            with open(f"/proc/{one.pid}/status") as file:
                return dict(line.rstrip("\n").split(":\t", 1) for line in file)
    raise AssertionError("no redis-server runs")


@pytest.mark.skipif(find_browser() is None, reason="no browser on this computer")
def test_page_reaches_its_own_server_only(inside, box):
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        open_browser(box.ground.flags()) as browser,
        open_page(browser) as page,
    ):
        page.goto(inside.server.url + "/")
        assert page.locator("body").inner_text() == "None"
        fetched = "url => fetch(url, {mode: 'no-cors'}).then(() => 'reached', () => 'refused')"
        assert page.evaluate(fetched, inside.server.url + "/") == "reached"
        for port in (other.getsockname()[1], 19_999):
            for host in ("127.0.0.1", "localhost", "[::1]"):
                assert page.evaluate(fetched, f"http://{host}:{port}/") == "refused"
        other.setblocking(False)
        with pytest.raises(BlockingIOError):
            other.accept()


def test_box_is_private():
    box = Box(jail.new_user())
    try:
        assert os.stat(box.inside).st_mode & 0o777 == 0o700
        assert os.stat(box.root / "staging").st_mode & 0o777 == 0o700
        assert os.stat(box.root / "listen").st_mode & 0o777 == 0o700
    finally:
        box.close()
    assert not box.root.exists()
