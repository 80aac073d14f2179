"""Every command of the instructor's guide, in its order, on a class of three people."""

import contextlib
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from duplex import catalog
from duplex.deadline import scaled, wait_until
from duplex.running import free_port
from duplex.sandbox.jail import missing
from duplex.server import CAN_FORK
from tests.duplex import conftest as tiny

GUIDE = catalog.ROOT / "docs" / "instructors.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
LAB = "lab04_rooms"
COMMAND = """import os, sys
sys.argv[0] = "duplex"
from duplex.cli import main
main()
"""
MISTAKE = """task = "4.2"
name = "No goodbye"
sees = "It says hello."
why = "Words differ."
read = "08_groups_and_layers"
[[edit]]
file = "config/urls.py"
find = '''"bye": "bye"'''
replace = '''"bye": "hello"'''
"""
IN_TIME = 1_764_000_000  # a week before the guide's deadline
STRICT = ('"GET /?say=number brings a number."', 'int(http.get("/?say=number").text)',
          'expect(http.get("/?say=number").text, "seven", "GET /?say=number")')  # fmt: skip
ROSTER = """Student,ID,SIS User ID,SIS Login ID,Section,Lab 4 (8812),Other (1)
    Points Possible,,,,,6,10
"Lovelace, Ada",1,,ada,S1,,9
"Li, Bo",2,,bo,S1,,
"Young, Cy",4711,,cy,S1,,
"""


def test_every_command_runs(school):
    """What the guide shows works as it is written; its results are those of the class."""
    seen = {}
    for heading, language, text in blocks():
        if heading == "A fix in a test":
            school.mend()
        if language == "toml":
            school.write(text)
        elif language == "sh":
            for line in school.run(text):
                seen[heading] = line
            seen[f"{heading}: points"] = school.points()
    assert seen["Grade: points"] == {"ada": 4, "bo": 2, "youngcy_4711": 0}
    assert seen["An appeal: points"] == {"ada": 6, "bo": 4, "youngcy_4711": 0}
    assert school.gradebook() == {"1": "6", "2": "4", "4711": "0"}
    assert (school.home / "course" / "labs" / LAB / "manage.py").is_file()
    assert not (school.home / "course" / "solutions").exists()


def test_guide_leads_to_its_sections():
    text = GUIDE.read_text("utf-8")
    anchors = {one.lower().replace(" ", "-") for one in HEADING.findall(text)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) == anchors


def blocks() -> list[tuple[str, str, str]]:
    """Return the guide's fenced blocks: their heading, language and text."""
    text = GUIDE.read_text("utf-8")
    found = []
    for fence in FENCE.finditer(text):
        heading = HEADING.findall(text, 0, fence.start())[-1]
        found.append((heading, fence[1], fence[2]))
    return found


class School:
    """A course of one small lab, and beside it a class: what the guide calls ../class."""

    def __init__(self, top: Path):
        self.course, self.home = top / "the course", top / "class"
        self.port = str(free_port(8786))
        files = tiny.Course(self.course)
        files.toml("solutions", LAB, ["4.1", "4.2", "4.3"], ["config/urls.py"])
        for path, text in tiny.PROJECT.items():
            files.write(f"solutions/{LAB}/{path}", text)
        files.write(f"solutions/{LAB}/config/urls.py", tiny.view_of(tiny.GOOD))
        files.write("tests/mistakes/lab04/no_goodbye.toml", MISTAKE)
        files.write("tests/labs/conftest.py", "from duplex.grader import *\n")
        files.write("course.py", COMMAND)
        self.grader = files.write(f"tests/labs/test_{LAB}.py", self.judging(*STRICT[1:]))
        for name in ("duplex", "README.md", "requirements.txt", "pyproject.toml"):
            (self.course / name).symlink_to(catalog.ROOT / name)
        (self.course / ".venv").symlink_to(sys.prefix)

    def judging(self, *change: str) -> str:
        """Return the small lab's grader; of a change, the first text becomes the second."""
        text = tiny.GRADER.read_text("utf-8").replace('task("1.', 'task("4.')
        return text.replace(*change) if change else text

    def enrol(self) -> None:
        """Let three people hand in: a right project, one with a mistake, and a broken file."""
        place = self.home / "submissions"
        place.mkdir(parents=True)
        solution = self.course / "solutions" / LAB
        with zipfile.ZipFile(place / "ada.zip", "w") as archive:
            for path in solution.rglob("*"):
                archive.write(path, f"{LAB}/{path.relative_to(solution)}")
        shutil.copytree(solution, place / "bo")
        urls = place / "bo" / "config" / "urls.py"
        urls.write_text(urls.read_text("utf-8").replace('"bye": "bye"', '"bye": "hello"'), "utf-8")
        (place / "youngcy_LATE_4711_99_lab04.zip").write_bytes(b"PK\x03\x04 and no more")
        (self.home / "canvas.csv").write_text(ROSTER, "utf-8")
        for path in (place, *place.rglob("*")):
            os.utime(path, (IN_TIME, IN_TIME))

    def mend(self) -> None:
        """Mend the grader, which demanded too much."""
        self.grader.write_text(self.judging(), "utf-8")

    def write(self, text: str) -> None:
        """Write a file that the guide shows: its first line names it."""
        name = text.partition("\n")[0].removeprefix("# ")
        (self.course / name).write_text(text, "utf-8")

    def run(self, text: str) -> list[str]:
        """Run a block's commands as one would type them; `check` may find a mistake."""
        script = text.replace("8786", self.port)
        if missing():
            script = re.sub(r"(course.py grade .*)", r"\1 --trust-submissions", script)
        script = re.sub(r"(course.py check .*)", r"\1 || [ $? -eq 1 ]", script)
        said = self.home / "said.txt"
        with open(said, "w") as file:
            ran = subprocess.Popen(["bash", "-e", "-c", script], cwd=self.course, stdout=file,
                                   stderr=file, env=self.environment(),
                                   start_new_session=True)  # fmt: skip
        try:
            ran.wait(scaled(240))
        finally:
            end_all(ran.pid)
        assert ran.returncode == 0, f"{text}\n{said.read_text('utf-8')}"
        return said.read_text("utf-8").splitlines()

    def environment(self) -> dict[str, str]:
        """The environment of somebody who sits in the course's folder."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        mine = {"PATH": path, "PYTHONPATH": str(catalog.ROOT), "DUPLEX_ROOT": str(self.course),
                "DUPLEX_COMMAND": "python3 course.py", "DUPLEX_TIMEOUT_FACTOR": str(scaled(4)),
                "DUPLEX_PROGRESS": os.devnull,
                "DASK_TEMPORARY_DIRECTORY": str(self.home)}  # fmt: skip
        return os.environ | mine

    def points(self) -> dict[str, float]:
        """Return the points of each student, as the last run found them."""
        file = self.home / "results" / "results.json"
        if not file.is_file():
            return {}
        told = json.loads(file.read_text("utf-8"))["students"]
        return {one["student"]: one["labs"][0]["points"] for one in told}

    def gradebook(self) -> dict[str, str]:
        """Return the scores by Canvas's number."""
        with open(self.home / "results" / "canvas.csv", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        return {row["ID"]: row["Lab 4 (8812)"] for row in rows if row["ID"]}


def end_all(group: int) -> None:
    """End what was left in the background; who is asked to can still tidy up."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, number)
            wait_until(lambda: not is_there(group), 20)


def is_there(group: int) -> bool:
    """Tell whether any process of a group still runs."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def school(tmp_path) -> School:
    """A course and a class of three people."""
    if not CAN_FORK:
        pytest.skip("a class is graded on Linux or macOS")
    found = School(tmp_path)
    found.enrol()
    return found
