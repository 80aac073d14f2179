"""Serving a lab for a person: its address, its port, and how it ends."""

import contextlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest

from duplex import catalog, running, wire
from duplex.deadline import scaled, wait_until
from duplex.errors import CourseError

ROOT = catalog.ROOT
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")


@pytest.fixture
def taken():
    """A port that is taken."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def lab(tmp_path):
    """A copy of the first lab's solution."""
    folder = tmp_path / "lab è"
    shutil.copytree(ROOT / "solutions/lab01_polling", folder,
                    ignore=shutil.ignore_patterns("db.sqlite3*"))  # fmt: skip
    return folder


@pytest.fixture
def served(lab, taken):
    """Start `duplex run 1` at a taken port: served() is the process and the first lines it says."""
    processes = []

    def begin():
        words = "run", "1", "--project", str(lab), "--port", str(taken)
        env = os.environ | {"PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "no.such"}
        process = subprocess.Popen(
            [sys.executable, "-m", "duplex", *words], cwd=ROOT, env=env, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        processes.append(process)
        return process, [process.stdout.readline().strip() for _ in range(2)]

    yield begin
    for process in processes:
        with process:
            process.kill()


def test_free_port_kept():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert running.free_port(port) == port


def test_taken_port_passed_over(taken):
    assert taken < running.free_port(taken) < taken + running.TRIED


def test_no_port_told(taken, monkeypatch):
    monkeypatch.setattr(running, "TRIED", 1)
    with pytest.raises(CourseError, match=f"Neither port {taken} nor another one up to {taken} "):
        running.free_port(taken)


@posix
def test_lab_served_until_ctrl_c(served, taken):
    process, (first, second) = served()
    assert first.startswith(f"Port {taken} is taken, so this is port "), first
    url = second.split()[4]
    assert second == f"Lab 01 is at {url} (Ctrl-C ends it)"

    def answers() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=scaled(10)) as answer:
                return answer.status == 200
        except OSError:
            return False

    assert wait_until(answers, 60)
    family = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=scaled(60))[0]
    assert "Traceback" not in said and family
    _, alive = psutil.wait_procs(family, timeout=scaled(10))
    assert alive == [] and not answers()


@posix
def test_forgotten_await_is_printed(served, lab):
    shutil.rmtree(lab)
    shutil.copytree(ROOT / "solutions/lab02_handshake", lab)
    consumers = lab / "chat/consumers.py"
    said = consumers.read_text("utf-8")
    consumers.write_text(
        said.replace("await self.send(text_data=text_data)", "self.send(text_data)")
    )
    process, (_, second) = served()
    address = "127.0.0.1", int(second.split()[4].rsplit(":")[-1].strip("/"))
    assert wait_until(lambda: echoed_nothing(address), 60)
    said, pipe = bytearray(), process.stdout.fileno()
    os.set_blocking(pipe, False)

    def warned() -> bool:
        with contextlib.suppress(BlockingIOError):
            said.extend(os.read(pipe, 65536))
        return b"was never awaited" in said

    assert wait_until(warned, 30)
    os.set_blocking(pipe, True)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=scaled(60))


def echoed_nothing(address) -> bool:
    """Send a text to the echo of lab 02, and wait until the server has read it."""
    try:
        with wire.connect(address, "/ws/echo/") as client:
            client.receive()
            client.send_text("hello")
            client.ping()
            return client.receive(control=True).kind == "pong"
    except wire.WireError:
        return False


@posix
def test_broken_project_does_not_run(served, lab):
    (lab / "config/settings.py").write_text("import nothing_there\n")
    process, first = served()
    said = "\n".join([*first, process.stdout.read()])
    assert process.wait(scaled(60)) == 2 and "No module named 'nothing_there'" in said
    assert "does not start; mend the error shown above." in " ".join(said.split())


@posix
def test_lab_served_by_tls(taken, tmp_path):
    words = "run", "8", "--tls", "--solutions", "--port", str(taken)
    env = os.environ | {"PYTHONUNBUFFERED": "1", "CHAT_DATABASE": str(tmp_path / "chat.sqlite3")}
    process = subprocess.Popen(
        [sys.executable, "-m", "duplex", *words], cwd=ROOT, env=env, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    with process:
        said = [process.stdout.readline() for _ in range(4)]
        url, root = said[1].split()[4], Path(said[3].split("--cacert ")[1].split()[0])
        trusted = ssl.create_default_context(cafile=root)

        def answers() -> bool:
            try:
                with urllib.request.urlopen(f"{url}ready/", context=trusted) as answer:
                    return answer.status == 200
            except OSError:
                return False

        assert url.startswith("https://localhost:") and wait_until(answers, 60)
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=scaled(60))
        assert process.returncode == 0
    assert wait_until(lambda: not root.parent.exists())


@posix
@pytest.mark.parametrize(("named", "zone"), [("", "JST"), ('TIME_ZONE = "UTC"\n', "UTC")])
def test_log_tells_local_time(lab, named, zone):
    """A project that names no TIME_ZONE keeps the computer's own, and not Chicago's."""
    settings = lab / "config/settings.py"
    settings.write_text(settings.read_text("utf-8") + named, "utf-8")
    code = "import time; print(time.tzname[0])"
    words = [sys.executable, str(running.HOST / "run_here.py"), "shell", "-v", "0", "-c", code]
    env = os.environ | {"TZ": "Asia/Tokyo"}
    said = subprocess.run(words, cwd=lab, env=env, text=True, capture_output=True)
    assert said.stdout.split() == [zone], said.stderr
