"""A real redis-server is found, answers, and ends with its owner."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from duplex import redis as redis_server
from duplex.deadline import wait_until
from duplex.errors import CourseError
from duplex.redis import Redis, find_redis

needs_redis = pytest.mark.skipif(find_redis() is None, reason="no redis-server on this computer")
OWNER = """
import signal
from duplex.redis import Redis
with Redis() as server:
    print(server.folder, server.process.pid, flush=True)
    signal.pause()
"""


@needs_redis
def test_answers_and_keeps():
    with Redis() as server, server.client() as client:
        client.set("key", "value")
        assert client.get("key") == "value"


@needs_redis
def test_two_are_strangers():
    with Redis() as one, Redis() as other, one.client() as writer, other.client() as reader:
        writer.set("key", "value")
        assert reader.get("key") is None


@needs_redis
def test_restart_empties():
    with Redis() as server:
        with server.client() as client:
            client.set("key", "value")
        address = server.url
        server.restart()
        with server.client() as client:
            assert (server.url, client.get("key")) == (address, None)
    assert not server.folder.exists()


@needs_redis
def test_silent_takes_connections():
    with Redis() as server:
        with server.silent(), socket.socket(socket.AF_UNIX) as line:
            line.connect(str(server.socket))
            line.sendall(b"PING\r\n")
            assert not server.answers()
        assert server.answers()


@needs_redis
def test_nothing_is_left():
    with Redis() as server:
        tree = psutil.Process(server.process.pid).children()
    assert not server.folder.exists()
    assert not any(process.is_running() for process in tree)


@needs_redis
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_ends_with_owner(how):
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    folder, guard = owner.stdout.readline().split()
    tree = [psutil.Process(int(guard)), *psutil.Process(int(guard)).children()]
    owner.send_signal(how)
    owner.communicate()
    assert wait_until(lambda: not any(process.is_running() for process in tree))
    assert not Path(folder).exists()


@needs_redis
def test_ends_with_its_owners_group():
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        start_new_session=True,
    )  # fmt: skip
    folder, guard = owner.stdout.readline().split()
    tree = [psutil.Process(int(guard)), *psutil.Process(int(guard)).children()]
    os.killpg(owner.pid, signal.SIGKILL)  # as Jupyter ends a kernel that does not stop by itself
    owner.communicate()
    assert wait_until(lambda: not any(process.is_running() for process in tree))
    assert not Path(folder).exists()


@pytest.mark.skipif(redis_server.in_wheel() is None, reason="the wheel is not for this computer")
def test_wheel_stands_in(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with Redis() as server:
        assert server.answers()


@needs_redis
def test_lost_server_is_noticed():
    with Redis() as server:
        psutil.Process(server.process.pid).children()[0].kill()
        assert wait_until(lambda: not server.alive())
        assert not server.answers()


def test_none_is_told(monkeypatch):
    monkeypatch.setattr(redis_server, "find_redis", lambda: None)
    with pytest.raises(CourseError, match="No redis-server was found"):
        Redis()
