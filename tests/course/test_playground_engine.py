"""The playground's Python side without a browser: a lab's grader judges in one process."""

import json
import os
import subprocess
import sys

import pytest

from duplex import catalog, mistakes, project
from duplex.site import given, playground, pyodide
from duplex.site.build import _pyodide

LAB = 4
JUDGE = """
import json, os, pathlib, sys
out = os.fdopen(os.dup(1), "w")
sys.path[:0] = ["packages", "kit"]
sys.path[:2] = [os.path.abspath(one) for one in sys.path[:2]]
os.environ["DUPLEX_ROOT"] = os.path.abspath("kit")
from inpage import main
main.PROJECT = pathlib.Path("project").resolve()
for files in json.load(sys.stdin):
    main.write(json.dumps(files))
    main.check(LAB, "null", lambda told: print(told, file=out, flush=True))
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with what a page would have loaded."""
    place = tmp_path_factory.mktemp("page")
    for top, files in (("packages", playground._packages()),
                       ("packages", playground._files(playground.TESTING)),
                       ("kit", playground._kit(given.files(6)))):  # fmt: skip
        for path, data in files:
            target = place / top / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    return place


def texts(lab, mistake=None) -> dict[str, str]:
    """Return the solution's files, with a known mistake."""
    copy = project.copy(lab.folder("solutions"))
    try:
        if mistake:
            mistakes.apply(mistake, copy)
        return {path.relative_to(copy).as_posix(): path.read_text("utf-8")
                for path in copy.rglob("*") if path.suffix in (".py", ".html")}  # fmt: skip
    finally:
        project.remove(copy)


def test_judged_as_by_the_command(place):
    lab = catalog.lab(LAB)
    known = {one.id: one for one in mistakes.load(lab)}
    chosen = [known["discard_not_awaited"], known["counts_bytes"]]
    words = [sys.executable, "-I", "-S", "-B", "-c", JUDGE.replace("LAB", str(LAB))]
    said = subprocess.run(words, cwd=place, input=json.dumps(
        [texts(lab), *(texts(lab, one) for one in chosen)]), text=True, capture_output=True,
        env=os.environ | {"TMPDIR": str(place)})  # fmt: skip
    assert said.returncode == 0, said.stderr
    found = [json.loads(line) for line in said.stdout.splitlines()]
    found = [one for one in found if one["said"] == "verdict"]
    count = len(lab.tasks)
    right, *wrong = (found[at : at + count] for at in range(0, 3 * count, count))
    assert [one["verdict"] for one in right] == ["passed"] * count
    for mistake, verdicts in zip(chosen, wrong, strict=True):
        red = {one["task"]: one for one in verdicts if one["verdict"] != "passed"}
        assert mistake.task in red and set(red) <= {mistake.task, *mistake.also}
        assert any(mistake.name in text for _, text in red[mistake.task]["lines"]), red


def test_no_playground_without_npm(monkeypatch, tmp_path):
    monkeypatch.setattr(pyodide, "KEPT", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    told = []
    assert _pyodide(told.append) is None
    assert len(told) == 1 and "without the playground: there is no npm here" in told[0]
