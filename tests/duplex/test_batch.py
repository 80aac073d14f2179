"""A class is graded: nothing twice, nothing lost, and no zero that the kit or a busy day caused."""

import json
import os
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console

from duplex import catalog
from duplex.batch import doubt, keys, run
from duplex.batch.job import Job, unpack
from duplex.batch.judge import MOST, Judge, bounded
from duplex.batch.prepare import Intake
from duplex.batch.record import Record
from duplex.batch.store import KEPT, UNSURE, Store, locked, require_place
from duplex.errors import CourseError
from duplex.sandbox.jail import missing
from duplex.submissions import discover
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

        def write(records, out, roster, late):
            for one in records:
                told = "".join(verdict.verdict[0] for verdict in one.verdicts)
                graded.setdefault(one.submission.student, {})[one.lab] = told
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


def test_each_lab_in_its_newest_file(tiny, tmp_path):
    for tree in ("solutions", "labs"):
        tiny.toml(tree, "lab02_more", ["2.1"])
    tiny.write("tests/labs/test_lab02_more.py", "")
    held = {"ana.zip": ["lab01_polling"], "ana (1).zip": ["lab01_polling", "lab02_more"],
            "ana (2).zip": ["lab02_more"], "ana (3).zip": ["../out"]}  # fmt: skip
    for when, (name, labs) in enumerate(held.items()):
        file = tmp_path / "handed in" / name
        file.parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(file, "w") as archive:
            for lab in labs:
                archive.writestr(f"{lab}/manage.py", f"# {name}")
        os.utime(file, (1e9 + when, 1e9 + when))
    found = discover(tmp_path / "handed in")
    intake = Intake(found, list(catalog.labs()), tmp_path / "scratch", Store(tmp_path / "out"))
    assert [job.lab for job in intake.jobs()] == [2, 1]
    told = {entry.lab: entry.submission for entry in intake.entries}
    assert told[1].source.name == "ana (1).zip" and told[2].source.name == "ana (2).zip"
    assert told[1].submitted < told[2].submitted and "leads out" in told[1].notes[-1]
    assert Record.of(Record(told[1], 1, ()).as_data()) == Record(told[1], 1, ())


def test_changed_mistakes_change_no_verdict(tiny, hand_in, batch, journal, tmp_path):
    region = "# task 1.2: say bye\nbye = 1\n# end 1.2\n"
    tiny.write("solutions/lab01_polling/config/urls.py", region)  # so that ana has begun it
    hand_in("ana", WRONG.replace("never", "5"))
    assert batch() == {"ana": "pwp"}
    [file] = (tmp_path / "out" / "kept").glob("*.json")
    assert not json.loads(file.read_bytes())["diagnoses"].get("1.2", {}).get("causes")
    tiny.write("tests/mistakes/lab01/never.toml", MISTAKE)
    assert batch() == {"ana": "pwp"}
    [cause] = json.loads(file.read_bytes())["diagnoses"]["1.2"]["causes"]
    assert cause["id"] == "never" and journal() == {"begun": 1, "kept": 1, "explained": 1}


def test_key_follows_what_it_depends_on(tiny, tmp_path, monkeypatch):
    lab = catalog.lab(1)
    before = keys.lab_key(lab)
    assert keys.lab_key(lab) == before != keys.lab_key(lab, "in another way")
    tiny.write("solutions/lab01_polling/lab.toml", tiny.read("labs/lab01_polling/lab.toml") + "# x")
    assert keys.lab_key(lab) != before
    used = {path.name for path in keys.modules(keys.grader_files(lab))}
    assert {"wire.py", "expect.py", "stand.py", "nursery.py"} <= used
    assert not {"instructing.py", "maintain.py", "notebook"} & used
    after = keys.lab_key(lab)
    monkeypatch.setattr(keys, "versions", lambda: ("python 4",))
    assert keys.lab_key(lab) != after


def test_key_tells_files_apart(tmp_path):
    def named(**files):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_text(content)
        return keys.project_key(folder)

    assert named(a="1", b="2") == named(b="2", a="1")
    assert len({named(a="1", b="2"), named(a="12"), named(ab="12"), named(a="2", b="1")}) == 4


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


@pytest.mark.parametrize(("verdict", "evidence", "doubted"), [
    ("wrong", {}, False), ("wrong", {"in_vain": "unknown"}, True),
    ("wrong", {"in_vain": "0.400"}, False), ("wrong", {"in_vain": "0.600"}, True),
    ("timeout", {"in_vain": "0.600"}, True), ("timeout", {"in_vain": "0.100"}, False),
    ("timeout", {}, True), ("tampered", {}, True), ("passed", {}, False), ("crashed", {}, False),
    ("grader error", {"in_vain": "unknown"}, False),
])  # fmt: skip
def test_doubt_needs_time_and_pressure(verdict, evidence, doubted):
    told = {"verdicts": [{"task_id": "1.1", "verdict": verdict, "evidence": evidence}]}
    assert bool(doubt.doubtful(told, patience=2)) == doubted


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


def test_long_texts_are_cut():
    told = bounded({"verdicts": [{"message": "x" * 3 * MOST, "evidence": {"log": "y" * 3 * MOST}}]})
    [one] = told["verdicts"]
    assert len(one["message"]) < MOST + 10 and len(one["evidence"]["log"]) < MOST + 10


def test_damaged_result_is_no_result(tmp_path):
    store = Store(tmp_path)
    store.put("k", {"verdicts": []}, UNSURE)
    store.put("k", {"verdicts": []})
    assert store.has("k") and not store.has("k", UNSURE)
    (tmp_path / KEPT / "k.json").write_text('{"verdicts": [')
    assert not store.has("k")


def test_two_runs_do_not_mix(tmp_path):
    out = require_place(tmp_path / "out", tmp_path / "handed in")
    with locked(out), pytest.raises(CourseError, match="Another run"), locked(out):
        pass
    with locked(out):
        pass


@pytest.mark.parametrize("out", ["handed in", "handed in/out", ".", "full", "file"])
def test_place_of_results_is_checked(tmp_path, out):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("x")
    (tmp_path / "file").write_text("x")
    with pytest.raises(CourseError, match="choose another --out"):
        require_place(tmp_path / out, tmp_path / "handed in")


def test_job_travels_whole(tmp_path):
    (tmp_path / "a" / "chat").mkdir(parents=True)
    (tmp_path / "a" / "chat" / "è.py").write_bytes(b"\xff\0")
    job = Job("k", 4, tmp_path / "a", "by", ("4.1",))
    came = unpack(job.packed(), tmp_path / "b")
    assert (came.key, came.lab, came.by, came.tasks) == ("k", 4, "by", ("4.1",))
    assert Path(came.folder, "chat", "è.py").read_bytes() == b"\xff\0"
