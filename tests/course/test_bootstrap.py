"""course.py, run for real on a tiny course: no package is downloaded."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pip
import pytest

from duplex import bootstrap

ROOT = Path(__file__).parents[2]
QUICK = str(ROOT / "tests" / "course" / "quick")  # a venv module that is quick to use
BASE = getattr(sys, "_base_executable", sys.executable)
DEADLINE = 300  # seconds; only a hanging set-up reaches it
FALSE_VENV = """
import os, sys
print({text!r}, file=sys.stderr)
os.{end}
"""


def make_course(folder: Path) -> Path:
    """Write a course with nothing to download around the real course.py."""
    shutil.copytree(ROOT / "tests" / "course" / "tiny", folder)
    shutil.copy(ROOT / "course.py", folder)
    shutil.copy(ROOT / "duplex" / "bootstrap.py", folder / "duplex")
    return folder


def clean(**variables: str) -> dict[str, str]:
    """Return an environment in which pip can reach no index, and making a venv is quick."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("PIP_", "PYTHON", "COV_", "VIRTUAL_ENV"))}  # fmt: skip
    pip_alone = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    return kept | pip_alone | {"PYTHONPATH": QUICK} | variables


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


@pytest.fixture(scope="module", autouse=True)
def quick_pip(tmp_path_factory):
    """Give the quick venv module a pip without the rest of this environment."""
    here = tmp_path_factory.mktemp("quick")
    shutil.copytree(pip.__path__[0], here / "pip")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUICK_PIP", str(here))
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A course that is set up with the real venv module; tests that change it put it back."""
    folder = make_course(tmp_path_factory.mktemp("made") / "così fan tutte")
    first = call(folder, "list", PYTHONPATH="")
    assert first.returncode == 0, first.stderr + bootstrap.read(folder / ".venv/install.log")
    return folder


@pytest.fixture
def impossible(made):
    """The course that is set up, now with a pin that no index has."""
    pins = made / "requirements.txt"
    before = pins.read_text()
    pins.write_text("no-such-package-at-all==1.0\n")
    yield made
    pins.write_text(before)


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
    assert call(made, "list").returncode == 0
    log, stamp = made / ".venv/install.log", made / ".venv/course.stamp"
    before = log.read_bytes(), stamp.stat().st_mtime_ns
    done = call(made, "list")
    assert (done.returncode, done.stderr) == (0, "")
    assert (log.read_bytes(), stamp.stat().st_mtime_ns) == before


def test_changed_pins_are_installed(made):
    assert call(made, "list").returncode == 0
    before = bootstrap.read(made / ".venv/install.log")
    (made / "requirements.txt").write_text("# Still nothing.\n")
    done = call(made, "list")
    assert "The pinned packages have changed" in done.stderr
    assert len(bootstrap.read(made / ".venv/install.log")) > len(before)
    assert call(made, "list").stderr == ""


def test_missing_package_is_named(impossible):
    done = call(impossible, "list")
    assert done.returncode == 2
    assert "no-such-package-at-all==1.0" in one_sentence(done.stderr)


def test_moved_course_is_repaired(made, tmp_path):
    assert call(made, "list").returncode == 0
    moved = tmp_path / "elsewhere"
    shutil.copytree(made, moved, symlinks=True)
    done = call(moved, "list")
    assert "was moved" in done.stderr
    assert done.returncode == 0
    assert made.name not in (moved / ".venv/pyvenv.cfg").read_text("utf-8")


def test_lost_python_is_replaced(made):
    assert call(made, "list").returncode == 0
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
    "The virtual environment was not created successfully because ensurepip is not\navailable.":
        "sudo apt install python3-venv",
    "/usr/bin/python3: No module named venv": "sudo apt install python3-venv",
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


def test_closed_port_means_no_network(impossible):
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1"}
    done = call(impossible, "list", PIP_NO_INDEX="0", **nowhere)
    assert done.returncode == 2
    assert "The network did not answer" in one_sentence(done.stderr)


def test_open_starts_jupyterlab(made):
    fake = made / "jupyterlab.py"
    fake.write_text("import os, sys; print(os.getcwd(), *sys.argv[1:])")
    done = call(made, "open", "--no-browser", "--port", "8899", "--ip=127.0.0.1")
    fake.unlink()
    said = done.stdout.strip()
    assert said.startswith(f"{made} --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb")
    assert " --port=8899 --no-browser" in said
    assert said.endswith("--ip=127.0.0.1")
    assert "python3 course.py open --site" in done.stderr


def test_open_shows_the_site(made):
    assert call(made, "open", "--site").stdout == "ran site serve --open with .venv\n"
    done = call(made, "open", "--site", "--no-browser", "--port", "8899", "--out=a b")
    assert done.stdout == "ran site serve --port=8899 --out=a b with .venv\n"


def test_both_test_runs_happen(made):
    fake = made / "pytest.py"
    fake.write_text("import sys; print('pytest', *sys.argv[1:], flush=True); sys.exit(1)")
    done, few = call(made, "test"), call(made, "test", "-k", "frames")
    fake.unlink()
    assert done.returncode == 1
    assert done.stdout == "pytest -n 3 --dist worksteal\nran notebooks check with .venv\n"
    assert one_sentence(done.stderr) == "Failed: the tests."
    assert (few.returncode, few.stdout) == (1, "pytest -n 3 --dist worksteal -k frames\n")
