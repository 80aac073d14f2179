"""Hostile submissions: none changes another's result, forges its own, or leaves anything behind."""

import csv
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from duplex.deadline import wait_until
from duplex.sandbox import jail
from tests.course.attackers import BYTES, FORMULA, attacks, hand_in, honest, write_course

pytestmark = pytest.mark.skipif(bool(jail.missing()), reason=jail.missing())
MARKER, SECRET = "left by a hostile submission", "a secret of who grades"


class Graded:
    """A class with attackers in it, graded by the command; what it left, and who was called."""

    def __init__(self, top: Path):
        self.top, self.out, self.temporary = top, top / "out", top / "temporary"
        self.canary, self.calls = top / "canary", []
        self.root = write_course(top / "a course è")
        for folder in (self.temporary, self.canary):
            folder.mkdir()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=self._listen, args=[listener], daemon=True).start()
            self._grade(listener.getsockname()[1])

    def _listen(self, listener: socket.socket) -> None:
        while True:
            try:
                self.calls.append(listener.accept())
            except OSError:
                return

    def _grade(self, port: int) -> None:
        handed = self.top / "handed in"
        handed.mkdir()
        known = {"port": str(port), "marker": MARKER, "canary": str(self.canary),
                 "out": str(self.out), "handed in": str(handed), "root": str(self.root)}
        hand_in(handed, known)
        env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        env |= {"DUPLEX_ROOT": str(self.root), "TMPDIR": str(self.temporary), "MY_SECRET": SECRET,
                "DUPLEX_TIMEOUT_FACTOR": "0.5"}
        words = ["-m", "duplex", "grade", str(handed), "--out", str(self.out)]
        said = subprocess.run([sys.executable, *words], env=env, cwd=self.temporary, timeout=900,
                              capture_output=True)  # fmt: skip
        self.code, self.said = said.returncode, (said.stdout + said.stderr).decode()

    def verdicts(self) -> dict[tuple[str, int], list[str]]:
        """Return the verdicts by student and lab."""
        data = json.loads((self.out / "results.json").read_text("utf-8"))
        return {(one["student"], lab["lab"]): [task["verdict"] for task in lab["tasks"]]
                for one in data["students"] for lab in one["labs"]}  # fmt: skip


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> Graded:
    """One class for all tests of this file; grading it takes most of their time."""
    return Graded(tmp_path_factory.mktemp("hostile"))


def test_batch_is_not_stopped(graded):
    assert graded.code == 0, graded.said
    students = {student for student, _ in graded.verdicts()}
    assert len(students) == len(attacks()) + len(honest())


@pytest.mark.parametrize("attack", [pytest.param(one, id=one.name) for one in attacks()])
def test_attack_gets_its_verdict(graded, attack):
    assert graded.verdicts()[attack.name, attack.lab] == attack.verdicts


def test_honest_results_are_untouched(graded):
    found = [told for (student, lab), told in graded.verdicts().items()
             if lab == 1 and student in ("ana", "zoe", FORMULA, os.fsdecode(BYTES))]  # fmt: skip
    assert len(found) >= 3 and all(told == ["passed"] * 3 for told in found), graded.verdicts()


def test_nothing_is_left_behind(graded):
    def left() -> list:
        return [one.info["cmdline"] for one in psutil.process_iter(["cmdline"])
                if MARKER in (one.info["cmdline"] or ())]  # fmt: skip

    assert wait_until(lambda: not left(), 10), left()
    assert wait_until(lambda: not list(graded.temporary.iterdir()), 10)
    assert list(graded.canary.iterdir()) == []


def test_nobody_was_called(graded):
    assert graded.calls == []


def test_no_secret_is_told(graded):
    for path in graded.out.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path


def test_pages_hold_no_markup_of_theirs(graded):
    pages = [path.read_text("utf-8") for path in graded.out.rglob("*.html")]
    assert len(pages) > len(attacks())
    assert any("alert(1)" in page for page in pages)
    for page in pages:
        assert "<script>alert(1)" not in page and "\x1b" not in page and "\x00" not in page
    assert "\x1b]0;" not in graded.said


def test_gradebook_runs_no_formula(graded):
    for path in graded.out.rglob("*.csv"):
        with open(path, encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell[:1] in "=+@\t" and cell], path
