"""Run the bundle for Gradescope as Gradescope does, in a folder of its own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from duplex import catalog, mistakes
from duplex.errors import CourseError

TESTS = {"score": float, "max_score": float, "status": str, "name": str, "name_format": str,
         "number": str, "output": str, "output_format": str, "tags": list, "visibility": str,
         "extra_data": dict}  # fmt: skip
RESULT = {"score": float, "execution_time": float, "output": str, "output_format": str,
          "visibility": str, "stdout_visibility": str, "tests": list, "leaderboard": list,
          "extra_data": dict}  # fmt: skip
CHOICES = {
    "visibility": ("hidden", "after_due_date", "after_published", "visible"),
    "stdout_visibility": ("hidden", "after_due_date", "after_published", "visible"),
    "output_format": ("text", "html", "simple_format", "md", "ansi"),
    "name_format": ("text", "html", "simple_format", "md", "ansi"),
    "status": ("passed", "failed"),
}


def run(lab: catalog.Lab, bundle: Path) -> list[str]:
    """Grade the lab's solution and a known mistake with a bundle; returns what was seen.

    CourseError says what is not as it must be.
    """
    with tempfile.TemporaryDirectory(prefix="duplex-autograder-") as folder:
        top = prepared(Path(folder), bundle)
        solved, wrong = graded(top, lab.solution()), Path(folder) / "wrong"
        told = [_solution(lab, solved)]
        mistake = _first_judged(lab, solved)
        shutil.copytree(lab.solution(), wrong)
        mistakes.apply(mistake, wrong)
        return [*told, _mistake(mistake, graded(top, wrong))]


def prepared(folder: Path, bundle: Path) -> Path:
    """Lay a bundle out as Gradescope does, and return the folder that stands for /autograder."""
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder / "source")
    shutil.copy(folder / "source" / "run_autograder", folder)
    return folder


def graded(top: Path, project: Path) -> dict:
    """Let the bundle grade a project; return the results, of the documented form."""
    submission, results = top / "submission", top / "results" / "results.json"
    shutil.rmtree(submission, ignore_errors=True)
    shutil.copytree(project, submission, ignore=shutil.ignore_patterns("__pycache__", "db.sqlite3"))
    results.unlink(missing_ok=True)
    env = os.environ | {"AUTOGRADER": str(top), "AUTOGRADER_PYTHON": sys.executable}
    env.pop("DUPLEX_ROOT", None)
    words = ["bash", str(top / "run_autograder")]
    ended = subprocess.run(words, env=env, capture_output=True, text=True)
    if ended.returncode or not results.is_file():
        raise CourseError(f"The bundle failed: {(ended.stderr or ended.stdout).strip()[-2000:]}")
    data = json.loads(results.read_text("utf-8"))
    if found := faults(data):
        raise CourseError(f"The bundle's results.json is not as Gradescope wants: {found[0]}.")
    if any("grader error" in test["tags"] for test in data["tests"]):
        raise CourseError(f"{data['output']} It printed: {ended.stderr.strip()[-2000:]}")
    return data


def faults(data: dict) -> list[str]:
    """Return what is wrong with a results.json, by the form that Gradescope documents."""
    found = _faults(data, RESULT, "the result")
    tests = data.get("tests", [])
    if "score" not in data and not all("score" in test for test in tests):
        found.append("there is no score, and not every test has one")
    return found + [fault for test in tests for fault in _faults(test, TESTS, "a test")]


def _faults(data: dict, known: dict[str, type], name: str) -> list[str]:
    found = [f"{name} has the unknown key {key}" for key in data if key not in known]
    for key, value in data.items():
        wanted = (int, float) if known.get(key) is float else known.get(key, object)
        if not isinstance(value, wanted) or isinstance(value, bool):
            found.append(f"{key} of {name} is {value!r}")
        if value not in CHOICES.get(key, [value]):
            found.append(f"{key} of {name} is {value!r}")
    return found


def _solution(lab: catalog.Lab, data: dict) -> str:
    if failed := _failed(data):
        told = "; ".join(f"{test['number']}: {test['output']}" for test in failed)
        raise CourseError(f"The bundle fails the solution of lab {lab.number}. {told}")
    most, seconds = sum(test["max_score"] for test in data["tests"]), data["execution_time"]
    return f"The solution gets {data['score']:g} of {most:g} points in {seconds:g} s."


def _first_judged(lab: catalog.Lab, solved: dict) -> mistakes.Mistake:
    """Return a known mistake of a task that can be judged here: some need a browser."""
    passed = [test["number"] for test in solved["tests"] if test.get("status") == "passed"]
    return next(one for one in mistakes.load(lab) if one.task in passed)


def _mistake(mistake: mistakes.Mistake, data: dict) -> str:
    failed = [test["number"] for test in _failed(data)]
    if mistake.task not in failed:
        raise CourseError(f"The bundle lets {mistake.source.name} pass task {mistake.task}.")
    return f"A known mistake ({mistake.name}) fails {', '.join(failed)}: {data['score']:g} points."


def _failed(data: dict) -> list[dict]:
    return [test for test in data["tests"] if test.get("status") == "failed"]
