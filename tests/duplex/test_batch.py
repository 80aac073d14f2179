"""A class is graded: nothing twice, nothing lost, and no zero that the kit or a busy day caused."""

import json
from collections import Counter

import pytest
from rich.console import Console

from duplex import catalog
from duplex.batch import doubt, run
from duplex.batch.job import Job
from duplex.batch.judge import Judge
from duplex.sandbox.jail import missing
from duplex.worker import Worker

WRONG = "return HttpResponse('hello' if not request.GET.get('say') else 'never')"
FAULT = "return HttpResponse({'bye': 'bye', 'number': 'none'}.get(request.GET.get('say'), 'hello'))"


MISTAKE = """
task = "1.2"
name = "It never says bye"
sees = "5"
why = "Because."
read = "02_polling"

[[edit]]
file = "config/urls.py"
find = "bye"
replace = "5"

[[sign]]
saw = "5"
anywhere = true
"""


@pytest.fixture
def hand_in(project_of, tmp_path):
    """Hand in a project with this view: hand_in("ana", view)."""

    def write(student, view, lab="lab01_polling"):
        project_of(view=view, name=f"handed in/{student}/{lab}")
        return tmp_path / "handed in"

    return write


@pytest.fixture
def batch(tiny, tmp_path):
    """Grade what was handed in: batch(workers=2) is the exit code, and each student's verdicts."""

    def grade(workers=1, code=0, trust=True, **plan):
        graded = {}

        def write(records, out, roster, late, shelf):
            judged = set()
            for one in records:
                told = "".join(verdict.verdict[0] for verdict in one.verdicts)
                graded.setdefault(one.submission.student, {})[one.lab] = told
                judged |= {(one.lab, one.submission.student)} if one.key else set()
            assert set(shelf.held) == judged
            return []

        plan = run.Plan(tmp_path / "handed in", tmp_path / "out", [], workers, trust, **plan)
        assert run.grade(Console(quiet=True), plan, write) == code
        return {student: told.get(1) for student, told in graded.items()}

    return grade


@pytest.fixture
def journal(tmp_path):
    """Count what the journal says: journal()["kept"]."""
    file = tmp_path / "out" / "journal.jsonl"
    return lambda: Counter(json.loads(line)["what"] for line in file.read_text().splitlines())


def test_each_project_judged_once(hand_in, batch, journal, good_view):
    for student, view in {"ana": good_view, "bo": good_view, "cy": WRONG}.items():
        top = hand_in(student, view)
    (top / "dan.zip").write_text("no archive")
    (top / "eve").mkdir()
    (top / "eve" / "link").symlink_to("/etc/passwd")
    graded = {"ana": "ppp", "bo": "ppp", "cy": "pwg", "dan": "nnn", "eve": "ttt"}
    assert batch(workers=2, code=3) == graded
    assert journal() == {"begun": 2, "kept": 1, "unjudged": 1}
    hand_in("cy", WRONG.replace("never", "5"))
    assert batch() == graded | {"cy": "pwp"}
    assert journal() == {"begun": 3, "kept": 2, "unjudged": 1}


def test_copies_are_listed(tiny, hand_in, tmp_path, good_view):
    own = "".join(f"\nvotes{n} = [vote for vote in {n, n * n} if vote % {n + 2}]" for n in range(9))
    for student, view in {"ana": good_view, "bo": own + "\n" + good_view}.items():
        hand_in(student, view)
    hand_in("cy", own.replace("vote", "mark") + "\n" + good_view)
    plan = run.Plan(tmp_path / "handed in", tmp_path / "out", [1], 1, trust=True)
    assert run.grade(Console(quiet=True), plan) == 0
    told = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))
    most = told["similar"][0]
    assert (most["one"], most["other"]) == ("bo", "cy") and most["length"] > 300


def test_error_of_grader_is_no_zero(hand_in, batch, journal, good_view):
    hand_in("ana", FAULT)
    hand_in("bo", good_view)
    assert batch(workers=2, code=3) == {"ana": "ppg", "bo": "ppp"}
    assert batch(code=3)["ana"] == "ppg"  # it is tried again, and nothing else is
    assert journal() == {"begun": 3, "kept": 1, "unjudged": 2}


def test_changed_tests_regrade_what_they_touch(tiny, hand_in, batch, journal, good_view):
    grader = "tests/labs/test_lab01_polling.py"
    first = tiny.read(grader)
    for tree in ("solutions", "labs"):
        tiny.toml(tree, "lab02_more", ["2.1"], ["config/urls.py"])
    hello, *_ = first.split('@pytest.mark.task("1.2')
    tiny.write("tests/labs/test_lab02_more.py", hello.replace("1.1", "2.1"))
    for lab in ("lab01_polling", "lab02_more"):
        hand_in("ana", good_view, lab)
    assert batch() == {"ana": "ppp"} and journal() == {"begun": 2, "kept": 2}
    tiny.write(grader, first.replace('"bye", "GET', '"good bye", "GET'))
    assert batch() == {"ana": "pwp"} and journal() == {"begun": 3, "kept": 3}


def test_changed_mistakes_change_no_verdict(tiny, hand_in, batch, journal, tmp_path):
    region = "# task 1.2: say bye\nbye = 1\n# end 1.2\n"
    tiny.write("solutions/lab01_polling/config/urls.py", region)  # so that ana has begun it
    hand_in("ana", WRONG.replace("never", "5"))
    assert batch() == {"ana": "pwp"}
    [file] = (tmp_path / "out" / "kept").glob("*.json")
    assert not json.loads(file.read_bytes())["diagnoses"].get("1.2", {}).get("causes")
    tiny.write("tests/mistakes/lab01/never.toml", MISTAKE)
    assert batch() == {"ana": "pwp"}
    told = json.loads(file.read_bytes())
    assert [one["id"] for one in told["diagnoses"]["1.2"]["causes"]] == ["never"], told
    assert journal() == {"begun": 1, "kept": 1, "explained": 1}


def test_busy_computer_is_not_believed(hand_in, batch, journal, tmp_path, monkeypatch):
    monkeypatch.setattr(doubt, "calm", lambda *_: False)  # so far this computer is always busy
    monkeypatch.setenv("DUPLEX_TIMEOUT_FACTOR", "0.4")
    answer = "return HttpResponse(dict(bye='bye', number='7').get(request.GET.get('say'), 'hello'))"
    once = f"import pathlib, time\nsaid = pathlib.Path({str(tmp_path / 'said')!r})\n"
    once += "if request.GET.get('say') == 'bye' and not said.exists():\n"
    once += f"    said.write_text('')\n    time.sleep(60)\n{answer}"
    hand_in("ana", once)  # as on a computer that was busy at that moment
    hand_in("bo", WRONG.replace("never", "5"))
    hand_in("cy", f"import time\nif request.GET.get('say') == 'bye':\n    time.sleep(60)\n{answer}")
    assert batch(workers=3, patience=1) == {"ana": "ppp", "bo": "pwp", "cy": "ptp"}
    assert journal() == {"begun": 3, "unsure": 3, "kept": 3}


KILLER = """import os, signal
above = int(open(f"/proc/{os.getppid()}/stat").read().rpartition(")")[2].split()[1])
os.kill(above, signal.SIGKILL)
return HttpResponse("hello")"""


def test_who_kills_the_grader_has_tampered(hand_in, batch, good_view):
    hand_in("ana", KILLER)
    hand_in("bo", good_view)
    assert batch() == {"ana": "ttt", "bo": "ppp"}


@pytest.mark.skipif(bool(missing()), reason="there is no sandbox here")
def test_sandboxed_attack_costs_only_itself(hand_in, batch, good_view):
    attack = "import contextlib, os\nwith contextlib.suppress(OSError):\n    os.kill(-1, 9)\n"
    hand_in("ana", attack + WRONG.replace("never", "5"))
    hand_in("bo", good_view)
    assert batch(trust=False) == {"ana": "pwp", "bo": "ppp"}


def test_grader_that_dies_by_itself_is_an_error(tiny):
    def dead() -> Worker:
        worker = Worker(apart=True)
        worker.process.kill()
        return worker

    judge = Judge(dead)
    told = judge.judge(Job("k", 1, catalog.lab(1).folder(), ""))
    assert {one["verdict"] for one in told["verdicts"]} == {"grader error"}
    assert "ended unexpectedly" in told["verdicts"][0]["message"]
