"""Projects that do not start: each ends with one sentence, and leaves nothing behind."""

import sys
import time

import psutil
import pytest

from duplex.deadline import limit, wait_until
from duplex.errors import CourseError
from duplex.server import CAN_FORK, Server, StartFailed, serve

WAYS = [
    pytest.param(True, marks=pytest.mark.skipif(not CAN_FORK, reason="no fork"), id="forked"),
    pytest.param(False, id="alone"),
]


CRASHES = {
    "import error": (
        "import nope",
        "ModuleNotFoundError: No module named 'nope' (config/settings.py, line 6)",
    ),
    "syntax error": ("x = = 1", "SyntaxError: invalid syntax (config/settings.py, line 6)"),
    "unknown app": ('INSTALLED_APPS = ["chatt"]', "ModuleNotFoundError: No module named 'chatt'"),
    "wrong setting": ("INSTALLED_APPS = 5", "INSTALLED_APPS setting must be a list or a tuple"),
    "missing setting": ("ALLOWED_HOSTS = []", "CommandError: You must set settings.ALLOWED_HOSTS"),
    "exit": ("import os; os._exit(0)", "its process ended with status 0"),
    "quiet exit": ("raise SystemExit(3)", "its process ended with status 3"),
    "exit with words": (
        "raise SystemExit('not today')",
        "status 1, and the last line that it printed is 'not today'",
    ),
    "interrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt (config/settings.py, line 6)"),
    "input": ("input()", "EOFError: EOF when reading a line (config/settings.py, line 6)"),
}


@pytest.fixture(params=WAYS)
def way(request, monkeypatch, temporary):
    """Serve from the warm parent, and alone as on Windows; with temporary files of its own."""
    monkeypatch.setattr(Server, "forks", request.param)


def refused(folder, nursery, kind="runserver") -> tuple[str, str]:
    """Return verdict and sentence of a project that does not start."""
    with pytest.raises(StartFailed) as caught:
        serve(folder, kind, nursery=nursery)
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")
    return caught.value.verdict, str(caught.value)


def test_no_project_is_told(tmp_path, nursery):
    with pytest.raises(CourseError, match="holds no manage.py"):
        serve(tmp_path, nursery=nursery)


@pytest.mark.parametrize("crash", CRASHES)
def test_crash_at_start_is_told(crash, project_of, nursery, temporary):
    settings, told = CRASHES[crash]
    verdict, sentence = refused(project_of(settings), nursery)
    assert (verdict, sentence[:27]) == ("crashed", "The project did not start: ")
    assert told in sentence
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("settings", ["import nope", "input()"])
def test_crash_alone_is_told(settings, project_of, monkeypatch, temporary):
    monkeypatch.setattr(Server, "forks", False)
    verdict, sentence = refused(project_of(settings), None)
    assert verdict == "crashed" and "Error: " in sentence
    assert sentence.endswith("(config/settings.py, line 6).")
    assert not list(temporary.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_signal_at_start_is_told(way, project_of, nursery):
    sentence = refused(project_of("import os; os.kill(os.getpid(), 9)"), nursery)[1]
    assert sentence == "The project did not start: its process was ended by the signal SIGKILL."


def test_failed_check_is_told(project_of, nursery, temporary):
    settings = 'INSTALLED_APPS = ["django.contrib.staticfiles", "daphne"]\nSTATIC_URL = "s/"\n'
    settings += 'ASGI_APPLICATION = "config.asgi.application"\n'
    sentence = refused(project_of(settings), nursery)[1]
    assert "(daphne.E001) Daphne must be listed before django.contrib.staticfiles" in sentence


@pytest.mark.parametrize("hang", ["while True: pass", "import time; time.sleep(600)"])
def test_hang_at_start_is_told(hang, way, project_of, nursery, temporary):
    server = Server(project_of(hang), "runserver", nursery)
    with pytest.raises(StartFailed) as caught:
        server.wait_ready(0.3)
    assert caught.value.verdict == "timeout"
    assert str(caught.value) == "The project did not start within 0.3 seconds."
    assert not list(temporary.iterdir())


def test_start_ends_with_the_limit(project_of, nursery, temporary):
    begin = time.monotonic()
    with limit(0.2):
        verdict, sentence = refused(project_of("while True: pass"), nursery)
    assert verdict == "timeout" and "did not start within 0" in sentence
    assert time.monotonic() - begin < 10


def test_flood_at_start_is_told(way, project_of, nursery, temporary, monkeypatch):
    monkeypatch.setattr("duplex.log.FLOOD", 2**20)
    verdict, sentence = refused(project_of("while True: print('x' * 1000)"), nursery)
    assert verdict == "output"
    assert sentence == "The project printed without end while it started."
    assert not list(temporary.iterdir())


def test_start_deadline_is_stretched(project_of, nursery, monkeypatch, temporary):
    monkeypatch.setenv("DUPLEX_TIMEOUT_FACTOR", "3")
    server = Server(project_of("while True: pass"), "runserver", nursery)
    with pytest.raises(StartFailed, match=r"did not start within 0\.3 seconds"):
        server.wait_ready(0.1)


def test_interrupted_start_leaves_nothing(way, project_of, nursery, monkeypatch, temporary):
    before = set(psutil.Process().children(recursive=True))

    def interrupted(server):
        raise KeyboardInterrupt

    monkeypatch.setattr(Server, "_is_ready", interrupted)
    with pytest.raises(KeyboardInterrupt):
        serve(project_of("while True: pass"), nursery=nursery)
    assert not list(temporary.iterdir())
    assert wait_until(lambda: set(psutil.Process().children(recursive=True)) <= before)
