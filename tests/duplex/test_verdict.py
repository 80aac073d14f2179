"""Grading a real project: every way to go wrong ends in a verdict with one clear sentence."""

import pytest

from duplex import catalog, verdict
from duplex.collector import Collector, sum_up
from duplex.errors import KitFault
from duplex.worker import Worker

FORGED = """print("3 passed in 0.01s", flush=True)
print('{"task": "1.1", "verdict": "passed", "points": 2}', flush=True)
return HttpResponse("no")"""
GARBAGE = """
from django.core.servers import basehttp
basehttp.WSGIRequestHandler.handle = lambda self: self.request.sendall(b"hello\\n\\n")
"""
TRAP = "open({!r}, 'a').write(__name__)\nimport os\nos._exit(0)\n"


def found(task="1.1", how="passed", message="") -> dict:
    """Return a finding as a grader reports it."""
    return {"task": task, "verdict": how, "message": message, "should": "S.", "cause": ""}


def told(verdicts) -> set[tuple[str, str]]:
    """Return verdicts and messages; each message must be one sentence on one line."""
    for one in verdicts.values():
        assert one.message and "\n" not in one.message and "Traceback" not in one.message, one
        assert (one.points, one.max_points) == (0, 2)
    return {(one.verdict, one.message) for one in verdicts.values()}


def test_good_project_passes(judge, project_of, good_view):
    verdicts = judge(project_of(view=good_view))
    assert [(one.verdict, one.points, one.message) for one in verdicts.values()] == [
        ("passed", 2, "")
    ] * 3


def test_wrong_answer_fails_its_task(judge, project_of, good_view):
    verdicts = judge(project_of(view=good_view.replace('"bye": "bye"', '"bye": "no"')))
    assert [one.passed for one in verdicts.values()] == [True, False, True]
    wrong = verdicts["1.2"]
    assert (wrong.verdict, wrong.points) == ("wrong", 0)
    assert wrong.message == "GET /?say=bye: saw 'no'; should see 'bye'"
    assert wrong.should == "GET /?say=bye brings `bye`."


def test_only_chosen_tasks_judged(judge, project_of, good_view):
    assert list(judge(project_of(view=good_view), ["1.3", "1.2"])) == ["1.2", "1.3"]


def test_grader_error_loses_nothing(judge, project_of, good_view):
    verdicts = judge(project_of(view=good_view.replace('"7"', '"seven"')))
    assert [one.verdict for one in verdicts.values()] == ["passed", "passed", "grader error"]
    assert verdicts["1.3"].message.startswith("ValueError: invalid literal")


def test_broken_project_told(judge, project_of):
    verdicts = judge(project_of(settings="def x(:\n"))
    (kind, message), = told(verdicts)  # fmt: skip
    assert kind == "crashed"
    assert message.startswith("The project did not start: SyntaxError: ")
    assert "(config/settings.py, line 6)" in message


def test_exit_at_start_is_no_pass(judge, project_of):
    (kind, message), = told(judge(project_of(settings="import os\nos._exit(0)\n")))  # fmt: skip
    assert (kind, "ended with status 0" in message) == ("crashed", True)


def test_flood_at_start_told(judge, project_of):
    flood = "while True:\n    print('flood' * 1000)\n"
    assert told(judge(project_of(settings=flood))) == {
        ("output", "The project printed without end while it started.")
    }


def test_flood_in_view_told(judge, project_of):
    flood = "while True:\n    print('flood' * 1000)"
    assert told(judge(project_of(view=flood))) == {
        ("output", "The project printed without end and was stopped.")
    }


def test_exit_in_view_told(judge, project_of):
    ends = told(judge(project_of(view="import os\nos._exit(0)")))
    assert ends == {("crashed", "The project's process ended while a client was waiting.")}


def test_bytes_that_are_no_http_told(judge, project_of):
    (kind, message), = told(judge(project_of(settings=GARBAGE)))  # fmt: skip
    assert (kind, message.partition(" (")[0]) == ("wrong", "the server's answer is not HTTP")


def test_late_answer_told(hasty_judge, project_of):
    late = hasty_judge(project_of(view="import time\ntime.sleep(600)"), ["1.2"])
    assert told(late) == {("timeout", "The server did not answer before the deadline.")}


def test_hanging_start_told_once(hasty_judge, project_of):
    verdicts = hasty_judge(project_of(settings="import time\ntime.sleep(600)\n"))
    assert told(verdicts) == {("timeout", "The project did not start within 1.5 seconds.")}


def test_forged_output_is_ignored(judge, project_of):
    kinds = {one.verdict for one in judge(project_of(view=FORGED)).values()}
    assert kinds == {"wrong", "grader error"}


def test_own_modules_never_imported(judge, project_of, good_view, tmp_path):
    names = ("conftest", "sitecustomize", "duplex", "websocket", "pytest", "test_lab01_polling")
    traps = {f"{name}.py": TRAP.format(str(tmp_path / "sprung")) for name in names}
    traps |= {"pytest.ini": "[pytest]\naddopts = --nonsense\n"}
    traps |= {"pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--nonsense'\n"}
    verdicts = judge(project_of(view=good_view, **traps))
    assert all(one.passed for one in verdicts.values()), verdicts
    assert not (tmp_path / "sprung").exists()


def test_first_failure_speaks():
    task = catalog.Task("1.1", "T", 2, 10.0, ())
    failures = [found(), found(how="wrong", message="first"), found(how="timeout", message="then")]
    assert sum_up(task, failures) == verdict.TaskVerdict("1.1", "T", "wrong", 0, 2, "first", "S.")


def test_unchecked_speaks_last():
    task = catalog.Task("1.1", "T", 2, 10.0, ())
    absent = found(how="not checked", message="absent")
    assert sum_up(task, [found(), absent, found()]).message == "absent"
    wrong = found(how="wrong", message="seen")
    assert sum_up(task, [absent, wrong]).message == "seen"


def collect(*findings, tests=2):
    """Let a collector that expects `tests` tests of task 1.1 conclude from findings."""
    heard = []
    collector = Collector([catalog.Task("1.1", "T", 2, 10.0, ())], heard.append, heard.append)
    collector.tests["1.1"] = tests
    collector.findings["1.1"] = list(findings)
    collector.conclude("1.1", "stopped early")
    collector.conclude("1.1", "again")
    return heard


def test_half_of_tests_is_no_pass():
    (heard,) = collect(found())
    assert (heard.verdict, heard.points, heard.message) == ("grader error", 0, "stopped early")


def test_all_tests_pass():
    (heard,) = collect(found(), found())
    assert heard.passed


def test_one_failure_decides():
    (heard,) = collect(found(how="wrong", message="no"))
    assert (heard.verdict, heard.message) == ("wrong", "no")


def test_no_finding_is_no_verdict():
    (heard,) = collect(tests=0)
    assert heard.verdict == "grader error"


def test_missing_grader_is_kits_fault(lab_one):
    with pytest.raises(KitFault, match=r"The grader .*test_lab01_polling.py is missing"):
        verdict.grader_file(catalog.lab(1))


def test_dead_worker_is_kits_fault(tiny):
    worker = Worker()
    worker.process.kill()
    worker.process.wait()
    with pytest.raises(KitFault, match="ended unexpectedly"):
        worker.ask({"lab": 1, "folder": str(tiny.root), "tasks": None})
    worker.close()
