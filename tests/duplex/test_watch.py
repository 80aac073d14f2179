"""Watching a lab: the first failing task first, keys, and nothing left behind."""

import io
import os
from queue import SimpleQueue

import psutil
import pytest
from rich.console import Console

from duplex import catalog, progress
from duplex.deadline import scaled, wait_until
from duplex.watch.judge import Judge
from duplex.watch.screen import Screen
from duplex.watch.session import Session

URLS = "labs/lab01_polling/config/urls.py"
NO_BYE = '"bye": "bye"', '"bye": "no"'
NO_HELLO = '"hello")', '"nothing")'


class Watched:
    """A lab that is watched without a terminal: save, press keys, and read the screen."""

    def __init__(self, course, folder, judge, answers, own=True):
        self.course, self.answers, self.out = course, answers, io.StringIO()
        console = Console(file=self.out, width=200, highlight=False)
        lab = catalog.lab(1)
        self.session = Session(lab, folder, own, judge, Screen(console, lab))

    def screen(self) -> str:
        """Return what was shown since it was asked last."""
        said = " ".join(self.out.getvalue().split())
        self.out.seek(0)
        self.out.truncate()
        return said

    def judged(self) -> str:
        """Take in one answer of the judge, and return the screen."""
        self.session.hear(self.answers.get(timeout=scaled(60)))
        return self.screen()

    def save(self, *edits: tuple[str, str]) -> str:
        """Edit the lab, tell of it, and return the screen."""
        text = self.course.read(URLS)
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        self.course.write(URLS, text)
        self.session.saved()
        return self.screen()


@pytest.fixture
def watched(tiny, monkeypatch):
    """The tiny course's lab, watched: watched(edits) has judged it once."""
    monkeypatch.delenv("DUPLEX_COMMAND", raising=False)
    answers = SimpleQueue()
    folder = tiny.root / "labs" / "lab01_polling"
    with Judge(catalog.lab(1), folder, answers.put) as judge:

        def begin(*edits, own=True) -> Watched:
            new = Watched(tiny, folder, judge, answers, own)
            new.save(*edits)
            return new

        yield begin


def test_first_failing_task_is_shown(watched):
    todo = "urlpatterns", "# TODO task 1.1\nurlpatterns"
    shown = watched(NO_HELLO, NO_BYE, todo).judged()
    assert "✗ 1.1 ✗ 1.2 ✓ 1.3 2 of 6 points" in shown
    assert "saw 'nothing'; should see 'hello'" in shown and "'bye'" not in shown
    assert "Task 1.1 in config/urls.py, line 10." in shown


def test_save_asks_for_the_shown_task(watched):
    lab = watched(NO_HELLO, NO_BYE)
    lab.judged()
    assert "Saved; checking task 1.1…" in lab.save(("nothing", "never"))
    assert "saw 'never'" in lab.judged()
    assert lab.answers.empty()  # it still fails, so the others may wait


def test_repaired_task_gives_way(watched):
    lab = watched(NO_HELLO, NO_BYE)
    lab.judged()
    lab.save(NO_HELLO[::-1])
    assert "Task 1.1 passed; checking the whole lab…" in lab.judged()
    assert "✓ 1.1 ✗ 1.2" in (shown := lab.judged()) and "should see 'bye'" in shown


def test_whole_lab_passed(watched):
    lab = watched()
    assert "6 of 6 points The whole lab passed" in lab.judged()
    assert lab.session.all_passed() and progress.passed() == {"1.1", "1.2", "1.3"}


def test_other_project_leaves_progress(watched, tiny):
    watched(own=False).judged()
    assert not (tiny.root / "progress.jsonl").exists()


def test_broken_task_is_found_again(watched):
    lab = watched()
    lab.judged()
    lab.save(NO_BYE)
    assert "✗ 1.2" in lab.judged() and not lab.session.all_passed()


def test_keys_lead_through(watched):
    lab = watched(NO_HELLO, NO_BYE)
    lab.judged()
    lab.session.press("n")
    assert "should see 'bye'" in lab.screen()
    lab.session.press("N")
    assert "should see 'hello'" in lab.screen()
    lab.session.press("l")
    assert "✓ 1.3 T1.3" in (shown := lab.screen()) and "should see 'bye'" in shown
    lab.session.press("?")
    assert lab.screen() == ""
    lab.session.press("q")
    assert lab.session.over


def test_hints_come_one_by_one(watched):
    lab = watched(NO_BYE)
    lab.judged()
    lab.session.press("h")
    assert "1. ask" in (shown := lab.screen()) and "2. point" not in shown
    lab.session.press("h")
    assert "2. point" in lab.screen() and progress.hints_shown("1.2") == 2


def test_no_hint_without_failure(watched):
    lab = watched()
    lab.judged()
    lab.session.press("h")
    assert "nothing to hint at" in lab.screen()


def test_reset_asks_and_keeps(watched, tiny):
    lab = watched(NO_BYE)
    lab.judged()
    tiny.write("solutions/lab01_polling/config/urls.py", "urlpatterns = []\n")
    lab.session.press("x")
    assert "y or n" in lab.screen()
    lab.session.press("n")
    assert "Nothing was changed." in lab.screen() and NO_BYE[1] in tiny.read(URLS)
    lab.session.press("x")
    lab.session.press("y")
    assert "Your work is kept in" in lab.screen() and tiny.read(URLS) == "urlpatterns = []\n"
    (kept,) = (tiny.root / "backups").glob("lab01*/config/urls.py")
    assert NO_BYE[1] in kept.read_text("utf-8")


def test_foreign_project_is_not_reset(watched):
    lab = watched(NO_BYE, own=False)
    lab.judged()
    lab.session.press("x")
    lab.session.press("y")
    assert "Only a lab of your own can be reset." in lab.screen()


def test_lost_project_is_told(watched, tiny):
    lab = watched()
    lab.judged()
    (tiny.root / "labs/lab01_polling/manage.py").unlink()
    lab.session.saved()
    assert "holds no manage.py" in lab.judged()


def test_dead_judge_is_replaced(watched):
    lab = watched()
    lab.judged()
    judge = lab.session.judge
    judge._worker.process.kill()
    judge._worker.process.wait()
    lab.session.saved()
    assert "ended unexpectedly" in lab.judged()
    lab.session.press("r")
    assert "6 of 6 points" in lab.judged()


def test_save_ends_the_check_before(watched, tiny, tmp_path, temporary, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(temporary))
    asked, before = tmp_path / "asked", set(psutil.Process().children(recursive=True))
    hang = f"open({str(asked)!r}, 'w').close(); import time; time.sleep(600); words ="
    lab = watched(("words =", hang))
    assert wait_until(asked.exists, 60)
    family = [*set(psutil.Process().children(recursive=True)) - before]
    assert len(family) > 1 and os.listdir(temporary)
    lab.save((hang, "words ="))
    assert "6 of 6 points" in lab.judged() and lab.answers.empty()
    lab.session.judge.__exit__()
    assert psutil.wait_procs(family, timeout=scaled(10))[1] == []
    assert wait_until(lambda: os.listdir(temporary) == [], 10)
