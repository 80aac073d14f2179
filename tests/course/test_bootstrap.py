"""course.py, run for real on a tiny course: no package is downloaded."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import types
from pathlib import Path

import pytest

from duplex import bootstrap

ROOT = Path(__file__).parents[2]
BASE = getattr(sys, "_base_executable", sys.executable)
DEADLINE = 300  # seconds; only a hanging set-up reaches it
MAIN = """
import os, sys
print("ran", *sys.argv[1:], "with", os.path.basename(sys.prefix))
raise SystemExit(int(sys.argv[-1]) if sys.argv[-1].isdecimal() else 0)
"""
PYPROJECT = """
[build-system]
requires = []
build-backend = "tiny_backend"
backend-path = ["."]
[project]
name = "duplex"
version = "1"
"""
BACKEND = '''
import os, zipfile

def build_editable(folder, settings=None, metadata=None):
    name, info = "duplex-1-py3-none-any.whl", "duplex-1.dist-info/"
    wheel = "Wheel-Version: 1.0\\nGenerator: tiny\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        archive.writestr("duplex.pth", os.getcwd())
        archive.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: duplex\\nVersion: 1\\n")
        archive.writestr(info + "WHEEL", wheel)
        archive.writestr(info + "RECORD", "")
    return name
'''
FALSE_VENV = """
import os, sys
print({text!r}, file=sys.stderr)
os.{end}
"""


def make_course(folder: Path) -> Path:
    """Write a course with nothing to download: the real course.py, a package of one file."""
    (folder / "duplex").mkdir(parents=True)
    shutil.copy(ROOT / "course.py", folder)
    shutil.copy(ROOT / "duplex" / "bootstrap.py", folder / "duplex")
    (folder / "duplex" / "__init__.py").touch()
    (folder / "duplex" / "__main__.py").write_text(MAIN)
    (folder / "requirements.txt").write_text("# nothing\n")
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "tiny_backend.py").write_text(BACKEND)
    return folder


def clean(**variables: str) -> dict[str, str]:
    """Return an environment in which pip can reach no index."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("PIP_", "PYTHON", "COV_", "VIRTUAL_ENV"))}  # fmt: skip
    return kept | {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull} | variables


def call(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess:
    """Call a course's course.py and return its output and exit code."""
    return subprocess.run(
        [BASE, str(folder / "course.py"), *words],
        env=clean(**variables), capture_output=True, text=True, timeout=DEADLINE,
    )  # fmt: skip


def one_sentence(text: str) -> str:
    """Return the last line of what was said, which must be the only complaint."""
    assert "Traceback" not in text
    return text.strip().splitlines()[-1]


@pytest.fixture
def course(tmp_path):
    """A course that was never set up, in a folder with a space and an accent."""
    return make_course(tmp_path / "caffè latte")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A course that is set up; tests that change it put it back."""
    folder = make_course(tmp_path_factory.mktemp("made") / "così fan tutte")
    first = call(folder, "list")
    assert first.returncode == 0, first.stderr + bootstrap.read(folder / ".venv/install.log")
    return folder


@pytest.fixture
def broken_venv(tmp_path):
    """Return variables that put a venv module in front of Python's, which ends as told."""

    def put(text: str, end: str = "_exit(1)") -> dict[str, str]:
        (tmp_path / "shadow").mkdir(exist_ok=True)
        (tmp_path / "shadow" / "venv.py").write_text(FALSE_VENV.format(text=text, end=end))
        return {"PYTHONPATH": str(tmp_path / "shadow")}

    return put


def test_words_reach_duplex(made):
    done = call(made, "check", "2.3", "--json", "a b")
    assert done.stdout == "ran check 2.3 --json a b with .venv\n"


def test_exit_code_passes_through(made):
    assert call(made, "check", "3").returncode == 3


def test_second_call_installs_nothing(made):
    log, stamp = made / ".venv/install.log", made / ".venv/course.stamp"
    before = log.read_bytes(), stamp.stat().st_mtime_ns
    done = call(made, "list")
    assert (done.returncode, done.stderr) == (0, "")
    assert (log.read_bytes(), stamp.stat().st_mtime_ns) == before


def test_changed_pins_are_installed(made):
    pins, before = made / "requirements.txt", bootstrap.read(made / ".venv/install.log")
    pins.write_text("# still nothing\n")
    done = call(made, "list")
    assert "The pinned packages have changed" in done.stderr
    assert len(bootstrap.read(made / ".venv/install.log")) > len(before)
    assert call(made, "list").stderr == ""


def test_missing_package_is_named(made):
    pins, before = made / "requirements.txt", (made / "requirements.txt").read_text()
    pins.write_text("no-such-package-at-all==1.0\n")
    done = call(made, "list")
    pins.write_text(before)
    assert done.returncode == 2
    assert "no-such-package-at-all==1.0" in one_sentence(done.stderr)
    assert "The last set-up did not end" in call(made, "list").stderr


def test_moved_course_is_repaired(made, tmp_path):
    moved = tmp_path / "elsewhere"
    shutil.copytree(made, moved, symlinks=True)
    done = call(moved, "list")
    assert "was moved" in done.stderr
    assert done.returncode == 0
    assert str(made).encode("utf-8") not in (moved / ".venv/pyvenv.cfg").read_bytes()


def test_lost_python_is_replaced(made):
    shutil.rmtree(made / ".venv" / ("Scripts" if os.name == "nt" else "bin"))
    done = call(made, "list")
    assert "The Python of .venv is gone" in done.stderr
    assert done.returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL and no such lock")
def test_killed_setup_is_repaired(course, broken_venv):
    ends = broken_venv("killed", "kill(os.getppid(), 9)")
    assert call(course, "list", **ends).returncode == -signal.SIGKILL
    (course / ".venv" / "half-written").touch()
    done = call(course, "list")
    assert "The last set-up did not end" in done.stderr
    assert done.returncode == 0
    assert not (course / ".venv" / "half-written").exists()


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent another way on Windows")
def test_ctrl_c_ends_quietly(course, broken_venv):
    done = call(course, "list", **broken_venv("stopped", "kill(os.getppid(), 2)"))
    assert done.returncode == 130
    assert one_sentence(done.stderr).startswith("Stopped; nothing is broken")


def test_second_setup_waits(course):
    words = [BASE, str(course / "course.py"), "list"]
    (course / ".venv").mkdir()
    with open(course / ".venv/course.lock", "a") as held:
        assert bootstrap.take(held)
        second = subprocess.Popen(words, env=clean(), stderr=subprocess.PIPE, text=True)
        assert "waiting for it to end" in second.stderr.readline()
    first = call(course, "list")
    said = second.communicate(timeout=DEADLINE)[1]
    assert (first.returncode, second.returncode) == (0, 0)
    assert (first.stderr + said).count("happens once") == 1


def test_foreign_venv_is_kept(course):
    (course / ".venv").mkdir()
    (course / ".venv" / "mine.txt").touch()
    done = call(course, "list")
    assert done.returncode == 2
    assert "was not made by course.py" in one_sentence(done.stderr)
    assert (course / ".venv" / "mine.txt").exists()


CAUSES = {
    "The virtual environment was not created successfully because ensurepip is not available.":
        "sudo apt install python3-venv",
    "OSError: [Errno 28] No space left on device": "The disk is full",
    "PermissionError: [Errno 13] Permission denied: 'x'": "may not write in",
    "NewConnectionError: Failed to establish a new connection: [Errno 111]": "The network did not",
    "ReadTimeoutError: HTTPSConnectionPool(host='x'): Read timed out.": "The network did not",
    "SSLError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed')": "PIP_CERT",
    "ERROR: something else": "Making .venv failed (ERROR: something else)",
}  # fmt: skip


@pytest.mark.parametrize("wrote", CAUSES)
def test_cause_gets_one_sentence(course, broken_venv, wrote):
    done = call(course, "list", **broken_venv(wrote))
    assert done.returncode == 2
    assert CAUSES[wrote] in one_sentence(done.stderr)


def test_missing_module_is_named(course, tmp_path):
    (tmp_path / "shadow").mkdir()
    (tmp_path / "shadow" / "venv.py").write_text("raise ImportError('No module named venv')")
    done = call(course, "list", PYTHONPATH=str(tmp_path / "shadow"))
    assert "sudo apt install python3-venv" in one_sentence(done.stderr)


def test_closed_port_means_no_network(made):
    pins, before = made / "requirements.txt", (made / "requirements.txt").read_text()
    pins.write_text("no-such-package-at-all==1.0\n")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1"}
    done = call(made, "list", PIP_NO_INDEX="0", **nowhere)
    pins.write_text(before)
    assert "The network did not answer" in one_sentence(done.stderr)


def test_full_disk_is_emptied(course, monkeypatch):
    load(course, monkeypatch)
    number = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def fill(*_):
        Path(bootstrap.VENV, "half").touch()
        raise number

    monkeypatch.setattr(bootstrap, "run", fill)
    with bootstrap.lock() as held, pytest.raises(OSError, match="No space"):
        bootstrap.build("new", "stamp", held)
    assert os.listdir(bootstrap.VENV) == ["course.lock"]
    assert bootstrap.explain(str(number)).startswith("The disk is full")


def load(course, monkeypatch):
    """Let the bootstrap module of this process work in another course."""
    real = bootstrap.HERE
    for name in ("VENV", "LOCK", "STAMP", "LOG", "PYTHON"):
        value = getattr(bootstrap, name).replace(real, str(course), 1)
        monkeypatch.setattr(bootstrap, name, value)
    monkeypatch.setattr(bootstrap, "HERE", str(course))


@pytest.mark.skipif(os.name == "nt", reason="folders are protected another way on Windows")
def test_protected_folder_is_told(course, monkeypatch):
    load(course, monkeypatch)
    denied = PermissionError(errno.EACCES, os.strerror(errno.EACCES), bootstrap.VENV)
    said = bootstrap.explain(str(denied))
    assert "may not write in" in said
    assert str(course) in said


def door():
    """Return course.py as a module."""
    module = types.ModuleType("course")
    exec(compile((ROOT / "course.py").read_text(), "course.py", "exec"), module.__dict__)
    return module


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 0), (3, 10, 13)])
def test_old_python_is_refused(capsys, version):
    assert door().main(["list"], version) == 2
    said = capsys.readouterr().err
    assert f"This is Python {version[0]}.{version[1]} and the course needs 3.11" in said
    assert len(said.splitlines()) == 1


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
    assert "invalid int value: 'eighty'" in one_sentence(done.stderr)
    assert not (course / ".venv").exists()


def test_open_starts_jupyterlab(made):
    fake = made / "jupyterlab.py"
    fake.write_text("import os, sys; print(os.getcwd(), *sys.argv[1:])")
    done = call(made, "open", "--no-browser", "--port", "8899", "--ip=127.0.0.1")
    fake.unlink()
    said = done.stdout.strip()
    assert said.startswith(f"{made} notebooks/00_start_here.ipynb --port=8899 --no-browser")
    assert said.endswith("--ip=127.0.0.1")


def test_both_test_runs_happen(made):
    fake = made / "pytest.py"
    fake.write_text("import sys; print('pytest', *sys.argv[1:], flush=True); sys.exit(1)")
    done = call(made, "test", "-k", "frames")
    fake.unlink()
    assert done.returncode == 1
    assert done.stdout == (
        "pytest -n 2 --dist loadfile -k frames\nran notebooks check with .venv\n"
    )
    assert one_sentence(done.stderr) == "Failed: the tests."
