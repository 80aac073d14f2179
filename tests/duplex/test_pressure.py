"""Whether a wait in vain may be this computer's fault: only when our own work was kept waiting."""

import os
import subprocess
import sys
import threading
from collections import deque

import pytest

from duplex import pressure
from duplex.pressure import EVERY, UNKNOWN, Stalls, delays, worst

ONE, OTHER = "/proc/1/task/1/", "/proc/1/task/2/"


@pytest.fixture
def computer(monkeypatch):
    """A made-up computer: computer(moment, delays, cpu=…) is how a look finds it."""
    stalls, told = Stalls(), {}
    monkeypatch.setattr(pressure, "_stalls", stalls)
    monkeypatch.setattr(pressure, "_looks", deque())
    monkeypatch.setattr(pressure, "_stalled", lambda file: told.get(file.rpartition("/")[2], 0.0))
    monkeypatch.setattr(pressure, "delays", lambda process: told["delays"])
    monkeypatch.setattr(pressure.time, "monotonic", lambda: told["moment"])

    def look(moment, delays, **stalled):
        told.update(stalled, moment=moment, delays=delays)
        pressure.look()
        return stalls.sum

    return look


@pytest.mark.parametrize(("passed", "after", "seen"), [
    (EVERY, {ONE: 7.0}, 0.0),  # others kept each other waiting, not us
    (EVERY, {ONE: 7.02}, 0.02),
    (EVERY, {ONE: 9.0}, 0.1),  # several threads at once
    (EVERY, {ONE: 7.0, OTHER: 0.0}, 0.1),  # who came meanwhile may have waited all the time
    (EVERY, {OTHER: 7.0}, 0.1),
    (4 * EVERY, {ONE: 7.0}, 0.1),  # the look itself was kept waiting
])  # fmt: skip
def test_own_waiting_counts(computer, passed, after, seen):
    computer(100.0, {ONE: 7.0}, cpu=50.0)
    assert computer(100.0 + passed, after, cpu=50.1) == pytest.approx(seen)


def test_disk_and_memory_count_for_all(computer):
    computer(100.0, {ONE: 7.0}, io=1.0, memory=1.0)
    assert computer(100.1, {ONE: 7.0}, io=1.25, memory=2.0) == pytest.approx(1.25)


def test_what_linux_does_not_tell_is_doubted(computer):
    computer(100.0, {}, cpu=50.0)
    assert computer(100.1, {}, cpu=50.1) == pytest.approx(0.1)


def test_worst_wait_is_told(computer):
    for tenth in range(40):
        computer(100 + tenth / 10, {ONE: min(tenth, 20) / 20}, cpu=tenth)
    assert worst([(102.05, 103.05)]) == "0.000"
    assert worst([(102.05, 103.05), (100.05, 101.05)]) == "0.550"
    assert worst([(99.0, 103.0)]) == worst([(None, 103.0)]) == UNKNOWN


def test_all_threads_are_found():
    begun = "import threading, time\nthreading.Thread(target=time.sleep, args=[60]).start()\n"
    begun += "print(flush=True)"
    over = threading.Event()
    thread = threading.Thread(target=over.wait)
    thread.start()
    with subprocess.Popen([sys.executable, "-c", begun], stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        found = {tuple(place.split("/")[2:5:2]) for place in delays(os.getpid())}
        child.kill()
    over.set()
    thread.join()
    ours = {(str(os.getpid()), str(one)) for one in (threading.main_thread().native_id,
                                                     thread.native_id)}  # fmt: skip
    assert ours <= found and len([pid for pid, _ in found if pid == str(child.pid)]) == 2
