"""course.py explains itself, and sets nothing up for a call that it refuses."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def course(tmp_path):
    """A course that was never set up."""
    folder = shutil.copytree(ROOT / "tests" / "course" / "tiny", tmp_path / "caffè latte")
    shutil.copy(ROOT / "course.py", folder)
    shutil.copy(ROOT / "duplex" / "bootstrap.py", folder / "duplex")
    return folder


def call(folder: Path, *words: str) -> subprocess.CompletedProcess:
    """Call a course's course.py and return its output and exit code."""
    command = [sys.executable, str(folder / "course.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def test_no_words_show_usage(course):
    done = call(course)
    assert (done.returncode, done.stdout) == (2, "")
    assert "course.py open" in done.stderr
    assert not (course / ".venv").exists()


def test_help_shows_usage(course):
    done = call(course, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "course.py test" in done.stdout


def test_bad_port_is_refused(course):
    done = call(course, "open", "--port", "eighty")
    assert done.returncode == 2
    assert "invalid int value: 'eighty'" in done.stderr.splitlines()[-1]
    assert not (course / ".venv").exists()
