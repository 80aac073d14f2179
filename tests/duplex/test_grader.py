"""The graders' plugin: a fresh project after a failure, findings, and its use with pytest alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from duplex import grader

COUNT = """
import builtins
builtins.asked = 0
"""
COUNTED = """import builtins
builtins.asked += 1
number = "7" if builtins.asked == {asked} else "not so many"
return HttpResponse({{"bye": {bye!r}, "number": number}}.get(request.GET.get("say"), {hello!r}))"""


@pytest.fixture
def counted(project_of):
    """A project whose task 1.3 passes when it is that many requests old: counted(asked, …)."""

    def write(asked: int, bye: str = "bye", hello: str = "hello") -> Path:
        return project_of(COUNT, COUNTED.format(asked=asked, bye=bye, hello=hello))

    return write


def kinds(verdicts) -> list[str]:
    """Return the verdicts alone."""
    return [one.verdict for one in verdicts.values()]


def test_passing_project_starts_once(judge, counted):
    assert kinds(judge(counted(asked=4))) == ["passed"] * 3


def test_failure_brings_fresh_project(judge, counted):
    assert kinds(judge(counted(asked=1, bye="no"))) == ["passed", "wrong", "passed"]


def test_first_failure_decides_task(judge, counted):
    verdicts = judge(counted(asked=2, hello="no"))  # else 1.1 would ask twice, and start it anew
    assert kinds(verdicts) == ["wrong", "passed", "passed"]
    assert verdicts["1.1"].message.startswith("GET /: saw")


def test_first_failed_task_may_end_all(judge, counted):
    tasks = ["1.3", "1.2", "1.1"]  # judged in this order
    verdicts = judge(counted(asked=1, bye="no"), tasks, first=True)
    assert list(verdicts) == tasks[:2] and kinds(verdicts) == ["passed", "wrong"]


RAISE = "if 'say' in request.GET:\n    raise LookupError('nobody')\nreturn HttpResponse('hello')"


def test_servers_error_is_cause(judge, project_of):
    verdict = judge(project_of("DEBUG = True\n", RAISE))["1.2"]
    assert verdict.cause == "LookupError: nobody (config/urls.py, line 7)"


def test_earlier_error_is_no_cause(judge, project_of):
    view = """if 'say' in request.GET:
    return HttpResponse('no')
try:
    raise LookupError('nobody')
except LookupError:
    __import__('traceback').print_exc()
return HttpResponse('hello')"""
    verdicts = judge(project_of(view=view))
    assert verdicts["1.1"].passed
    assert (verdicts["1.2"].verdict, verdicts["1.2"].cause) == ("wrong", "")


def test_message_repeats_no_cause(judge, project_of):
    verdict = judge(project_of(settings="raise LookupError('nobody')\n"))["1.1"]
    assert "LookupError: nobody" in verdict.message and verdict.cause == ""


def run_alone(tiny, *options: str) -> subprocess.CompletedProcess:
    """Run the tiny course's grader with pytest itself."""
    words = [sys.executable, "-m", "pytest", "-q", "--tb=line", "-p", "duplex.grader", "-p",
             "no:cacheprovider", str(tiny.root / "tests/labs"), "-c",
             str(Path(grader.__file__).with_name("grader.ini")), *options]  # fmt: skip
    env = os.environ | {"DUPLEX_ROOT": str(tiny.root), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(words, env=env, cwd=tiny.root, text=True, capture_output=True)


def test_pytest_alone_judges_solution(tiny):
    done = run_alone(tiny)
    assert done.returncode == 1 and "solutions/lab01_polling holds no manage.py" in done.stdout


def test_pytest_alone_judges_project(tiny, project_of, good_view):
    folder = project_of(view=good_view.replace('"bye": "bye"', '"bye": "no"'))
    done = run_alone(tiny, "--project", str(folder))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 3 passed" in done.stdout
