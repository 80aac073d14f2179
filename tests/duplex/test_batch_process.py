"""A batch that is stopped, killed, or loses a machine goes on, and judges nothing twice."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from duplex.deadline import wait_until

VIEW = """import time
time.sleep(0.1)
if request.GET.get("say") == "number":
    return HttpResponse({number})
return HttpResponse("hello")"""
STUDENTS = 8
ENV = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
QUIET = {"DASK_DISTRIBUTED__ADMIN__TICK__LIMIT": "1h",
         "DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "error"}  # fmt: skip


@pytest.fixture
def graded(tiny, project_of, tmp_path):
    """A class that is graded in processes of its own."""
    for number in range(STUDENTS):
        name = f"handed in/student {number}/lab01_polling"
        project_of(view=VIEW.format(number=number), name=name)
    graded = Graded(tmp_path, tiny.root)
    yield graded
    graded.end()


class Graded:
    """Starts `duplex grade`, and reads what it keeps."""

    def __init__(self, top: Path, root: Path):
        self.top, self.out, self.root = top, top / "out", root
        self.temporary, self.started = top / "temporary", []
        self.temporary.mkdir()

    def start(self, *words: str) -> subprocess.Popen:
        """Start a process of the kit's Python."""
        env = ENV | QUIET | {"DUPLEX_ROOT": str(self.root), "TMPDIR": str(self.temporary)}
        process = subprocess.Popen(
            [sys.executable, "-m", *words], env=env, cwd=self.temporary, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self.started.append(process)
        return process

    def grade(self, *options: str) -> subprocess.Popen:
        """Start grading."""
        handed = str(self.top / "handed in")
        return self.start("duplex", "grade", handed, "--out", str(self.out),
                          "--trust-submissions", *options)  # fmt: skip

    def events(self) -> list[dict]:
        """Return the journal."""
        file = self.out / "journal.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def kept(self) -> Counter:
        """Count how often each project was kept."""
        return Counter(event["key"] for event in self.events() if event["what"] == "kept")

    def wait_kept(self, count: int, process: subprocess.Popen) -> None:
        """Wait until so many are kept, or the process has ended."""
        wait_until(lambda: len(self.kept()) >= count or process.poll() is not None, 120)
        assert process.poll() is None, process.stdout.read()

    def finish(self, process: subprocess.Popen, code: int = 0) -> str:
        """Wait for the end; return what was said."""
        said, _ = process.communicate(timeout=300)
        assert process.returncode == code, said
        return " ".join(said.split())

    def assert_whole(self) -> None:
        """Each project was judged, rightly, and kept once."""
        assert sorted(self.kept().values()) == [1] * STUDENTS
        results = [json.loads(file.read_bytes()) for file in (self.out / "kept").glob("*.json")]
        told = [[one["verdict"] for one in result["verdicts"]] for result in results]
        assert told == [["passed", "wrong", "passed"]] * STUDENTS

    def end(self) -> None:
        """Leave no process."""
        for process in self.started:
            process.kill()
            process.communicate()


def family(process: subprocess.Popen) -> list[psutil.Process]:
    """Return what a process has started, and what that has."""
    return psutil.Process(process.pid).children(recursive=True)


def assert_gone(processes: list[psutil.Process]) -> None:
    """Demand that processes end by themselves."""
    assert wait_until(lambda: not any(one.is_running() for one in processes), 60), processes


def test_batch_goes_on_after_any_end(graded):
    first = graded.grade("--workers", "2")
    graded.wait_kept(1, first)
    first.send_signal(signal.SIGINT)
    said = graded.finish(first, 130)
    assert f"of {STUDENTS} are judged" in said and "the same command goes on" in said
    assert not list(graded.temporary.iterdir())

    before = len(graded.kept())
    second = graded.grade("--workers", "2")
    graded.wait_kept(before + 2, second)
    left = family(second)
    second.kill()
    assert_gone(left)
    assert wait_until(lambda: not list(graded.temporary.iterdir()), 30)

    said = graded.finish(graded.grade("--workers", "2"))
    graded.assert_whole()
    begun = [event for event in graded.events() if event["what"] == "begun"]
    assert len(begun) <= STUDENTS + 4  # two runs were ended in the middle of two projects each


@pytest.fixture
def cluster(graded):
    """A scheduler with two workers: its address, and the workers."""
    file = graded.temporary / "scheduler.json"
    named = "--scheduler-file", str(file)
    graded.start("distributed.cli.dask_scheduler", *named, "--host", "127.0.0.1", "--port", "0",
                 "--no-dashboard")  # fmt: skip
    workers = [graded.start("distributed.cli.dask_worker", *named, "--no-nanny", "--nthreads", "1",
                            "--no-dashboard") for _ in range(2)]  # fmt: skip
    assert wait_until(lambda: file.is_file() and file.read_text().endswith("}"), 120)
    return json.loads(file.read_text())["address"], workers


def test_cluster_loses_a_machine(graded, cluster):
    address, workers = cluster
    batch = graded.grade("--cluster", address)
    graded.wait_kept(2, batch)
    busy = next(one for one in workers if family(one))
    left = family(busy)
    busy.kill()
    assert_gone(left)
    graded.finish(batch)
    graded.assert_whole()
    other = next(one for one in workers if one is not busy)
    assert wait_until(lambda: not family(other), 60)


def test_no_cluster_is_told(graded):
    begin = time.monotonic()
    said = graded.finish(graded.grade("--cluster", "tcp://127.0.0.1:9"), 2)
    assert "No cluster of machines answers at tcp://127.0.0.1:9" in said, time.monotonic() - begin
