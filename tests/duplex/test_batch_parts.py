"""The parts of a batch: what a result depends on, where it is kept, how a job travels."""

import os
import zipfile
from pathlib import Path

import pytest

from duplex import catalog
from duplex.batch import doubt, keys
from duplex.batch.job import Job, unpack
from duplex.batch.judge import MOST, bounded
from duplex.batch.prepare import Intake
from duplex.batch.record import Record
from duplex.batch.store import KEPT, UNSURE, Store, locked, require_place
from duplex.errors import CourseError
from duplex.results.similar import Shelf
from duplex.submissions import discover


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
    with Shelf(tmp_path / "shelf") as shelf:
        store = Store(tmp_path / "out")
        intake = Intake(found, list(catalog.labs()), tmp_path / "scratch", store, shelf)
        assert [job.lab for job in intake.jobs()] == [2, 1]
    assert sorted(shelf.held) == [(1, "ana"), (2, "ana")]
    told = {entry.lab: entry.submission for entry in intake.entries}
    assert told[1].source.name == "ana (1).zip" and told[2].source.name == "ana (2).zip"
    assert told[1].submitted < told[2].submitted and "leads out" in told[1].notes[-1]
    assert Record.of(Record(told[1], 1, ()).as_data()) == Record(told[1], 1, ())


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
