"""The benchmark of grading: a class that differs, ratios of what was measured, an account."""

import subprocess
import sys

import pytest

from duplex.batch.keys import project_key
from duplex.bench import class_of, grade
from duplex.bench.accounts import GRADERS, KIT, PROJECTS, Account, watched
from duplex.errors import CourseError


def test_every_submission_differs(tmp_path):
    written = class_of.write(tmp_path, 20)
    assert [lab.number for lab, _ in written] == [2, 4] * 10
    assert len({project_key(folder) for _, folder in written}) == 20
    assert all((folder / "manage.py").is_file() for _, folder in written)


def test_larger_class_begins_alike(tmp_path):
    few, many = (class_of.write(tmp_path / str(size), size) for size in (4, 6))
    assert [project_key(one) for _, one in few] == [project_key(one) for _, one in many[:4]]


def run_of(size, seconds, memory):
    """A run that took so long and so much."""
    return grade.Run(size, seconds, 3, Account(memory={KIT: memory, GRADERS: memory, PROJECTS: 7}))


def test_ratios_compare_each_submission():
    quick, linear, memory = grade.ratios(8.0, [run_of(50, 50, 100), run_of(500, 600, 110)])
    assert (quick.median, quick.holds) == (1 / 8, True)
    assert (linear.median, linear.holds) == (1.2, False)
    assert (memory.median, memory.holds) == (1.1, True)
    assert not grade.ratios(7.9, [run_of(50, 50, 100)])[0].holds


def test_account_follows_processes():
    busy = "import time\nwhile time.process_time() < 0.6:\n    pass\n"
    above = f"import subprocess, sys, time\nsubprocess.run([sys.executable, '-c', {busy!r}])\n"
    words = [sys.executable, "-c", above + busy + "time.sleep(0.5)"]
    code, account = watched(words, stdout=subprocess.DEVNULL)
    spent = account.cpu()
    assert code == 0 and spent[KIT] > 0.3 and spent[GRADERS] > 0.1 and spent[PROJECTS] == 0
    assert account.memory[KIT] > 1_000_000


def test_failure_stops_measuring():
    with pytest.raises(CourseError, match="pytest failed. It broke"):
        grade.require(False, "pytest", "It broke.")
