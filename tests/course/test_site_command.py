"""The site's command in a process of its own: what it opens, what is left when it is stopped."""

import os
import re
import signal
import subprocess
import sys
import urllib.request

import psutil
import pytest

from duplex import catalog
from duplex.deadline import scaled, wait_until
from duplex.running import free_port

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals and shells")


@pytest.fixture
def start(tmp_path):
    """Start `duplex site …`: start(words, **variables); temporary files go to tmp_path / "tmp"."""
    processes = []

    def begin(*words: str, **variables: str) -> subprocess.Popen:
        (tmp_path / "tmp").mkdir(exist_ok=True)
        env = os.environ | {"TMPDIR": str(tmp_path / "tmp"), "PYTHONPATH": str(catalog.ROOT)}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        command = [sys.executable, "-P", "-u", "-m", "duplex", "site", *words]
        processes.append(subprocess.Popen(command, env=env | variables, start_new_session=True,
                                          stdin=subprocess.DEVNULL, **pipes))  # fmt: skip
        return processes[-1]

    yield begin
    for process in processes:
        process.kill()
        process.communicate()


@pytest.fixture
def browser_of(tmp_path):
    """A browser that notes the address which it is called with: its path, and the note."""
    program, note = tmp_path / "browser", tmp_path / "note"
    program.write_text(f'#!/bin/sh\necho "$1" > {note}.part\nmv {note}.part {note}\n')
    program.chmod(0o755)
    return program, note


@posix
def test_site_is_opened_and_ended(start, browser_of, tmp_path):
    site = tmp_path / "html"
    site.mkdir()
    (site / "index.html").write_text("the first page")
    program, note = browser_of
    words = "--out", str(site), "--port", str(free_port(8200))
    process = start("serve", "--open", *words, BROWSER=f"{program} %s")
    url = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())[0]
    assert urllib.request.urlopen(url, timeout=scaled(20)).read() == b"the first page"
    assert wait_until(note.exists, 20) and note.read_text().strip() == url
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=scaled(30)) == ("", "") and process.returncode == 0


@posix
def test_stopped_build_leaves_nothing(start, tmp_path):
    process = start("build", "--out", str(tmp_path / "html"))
    assert wait_until(lambda: list((tmp_path / "tmp").rglob("*.doctree")), 120)
    family = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=scaled(60))
    assert (process.returncode, said) == (130, "Stopped.\n")
    assert family and psutil.wait_procs(family, timeout=scaled(10))[1] == []
    assert os.listdir(tmp_path / "tmp") == [] and not (tmp_path / "html").exists()
