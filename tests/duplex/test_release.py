"""What students get: nothing of the solutions, and all that works without them."""

import base64
import gzip
import json
import os
import pickle
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from duplex import catalog, mistakes, tree
from duplex.diagnosis.begun import begun
from duplex.errors import CourseError
from duplex.modules import KEPT, file_of, imported
from duplex.release import place
from duplex.release.students import contents
from tests.duplex import leaks

LAST = 4
NEVER = ("solutions/", "tests/mistakes/", "tests/alternatives/", "tests/hidden/", "tests/duplex/",
         "docs/", "site/build/", "site/vendor/", "duplex/release/", "duplex/batch/",
         "duplex/bench/projects/hub/")  # fmt: skip


@pytest.fixture(scope="module")
def whole() -> dict[str, bytes]:
    """The files of a release of every lab."""
    return contents()


@pytest.fixture(scope="module")
def four() -> dict[str, bytes]:
    """The files of a release of labs 1 to 4."""
    return contents(LAST)


@pytest.fixture(scope="module")
def copy(tmp_path_factory, four) -> Path:
    """The release of labs 1 to 4 on disk."""
    folder = tmp_path_factory.mktemp("release") / "a class è"
    place.folder(folder, four)
    return folder


@pytest.fixture
def in_copy(copy, tmp_path):
    """Call a command in the copy: its exit code, and all it said."""

    def call(*words: str) -> tuple[int, str]:
        env = os.environ | {"PYTHONPATH": str(copy), "DUPLEX_PROGRESS": str(tmp_path / "progress")}
        env.pop("DUPLEX_ROOT", None)
        command = [sys.executable, "-m", "duplex", *words]
        ended = subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True)
        return ended.returncode, " ".join((ended.stdout + ended.stderr).split())

    return call


def lab_of(path: str) -> int:
    """Return the lab to whose folder a path belongs, or 0."""
    top, _, rest = path.partition("/")
    return int(rest[3:5]) if top in ("labs", "skeletons") and rest.startswith("lab") else 0


@pytest.fixture(scope="module")
def secrets() -> dict[int, set[str]]:
    """The lines by which each lab's solution is known again."""
    return leaks.distinctive()


def test_no_solution_inside(whole, secrets):
    wanted = set().union(*secrets.values())
    for path, content in whole.items():
        found = leaks.found(content, wanted)
        for lab, lines in secrets.items():
            if lab >= lab_of(path) or not lab_of(path):  # each lab begins with those before it
                assert not found & lines, f"{path} shows how lab {lab} is solved"


def test_each_lab_has_secrets(secrets):
    assert set(secrets) == set(catalog.names()) and all(len(one) >= 5 for one in secrets.values())


@pytest.mark.parametrize("pack", [
    lambda code: code.encode(),
    lambda code: json.dumps({"outputs": [{"text": code}]}).encode(),
    lambda code: json.dumps(repr(code)).encode(),
    lambda code: pickle.dumps({"seen": code}),
    lambda code: gzip.compress(pickle.dumps(code.encode())),
    lambda code: place.zipped({"a.py": code.encode()}),
    lambda code: b'{"image": "' + base64.b64encode(zlib.compress(code.encode() * 9, 0)) + b'"}',
], ids=["plain", "output", "repr", "pickle", "gzip", "zip", "base64"])  # fmt: skip
def test_leak_is_found(pack, secrets):
    line = max(secrets[3], key=len)
    packed = pack(f"def answer():\n    {line}\n")
    assert leaks.found(packed, secrets[3]) == {line}


def test_nothing_secret_by_name(whole):
    assert [path for path in whole if path.startswith(NEVER)] == []


def test_signs_hold_no_edits(whole):
    for lab in catalog.labs():
        told = json.loads(whole[f"skeletons/signs{lab.number:02d}.json"])
        known = mistakes.load(lab)
        assert [one["id"] for one in told] == [one.id for one in known]
        assert {key for one in told for key in one} <= {"id", *mistakes.NEEDED}


def test_modules_find_their_imports(whole):
    modules = {path[:-3].replace("/", ".").removesuffix(".__init__") for path in whole
               if path.startswith("duplex/") and path.endswith(".py")}  # fmt: skip
    for name in sorted(modules):
        file = file_of(name)
        wanted = {one for one in imported(file) if file_of(one)} if file else set()
        missing = {one for one in wanted - modules if not one.startswith(KEPT)}
        assert not missing, f"{name} imports {missing}"


def test_same_bytes_again(four):
    again = dict(reversed(contents(LAST).items()))
    assert place.zipped(again, "class") == place.zipped(four, "class")


def test_later_labs_are_held_back(copy, four, whole):
    assert set(four) < set(whole) and max(map(lab_of, four)) == LAST
    assert sorted(path.name[:5] for path in (copy / "labs").iterdir()) == [
        f"lab{number:02d}" for number in range(1, LAST + 1)]  # fmt: skip
    books = {path.name[:2] for path in (copy / "notebooks").glob("*.ipynb")}
    assert books == {f"{number:02d}" for number in (*range(9), 13)}
    assert "(labs/lab05" not in (copy / "README.md").read_text("utf-8")


def test_texts_name_what_is_there(copy):
    readme = (copy / "README.md").read_text("utf-8")
    assert "course.py diff" not in readme and "course.py solution" not in readme
    assert "`solutions/`" not in readme and "`backups/`" in readme and "CONTRIBUTING" not in readme
    assert "[01 polling](labs/lab01_polling/README.md)" in readme and "| 05 people |" in readme


def test_copy_makes_the_same_labs(copy, monkeypatch):
    wanted = {lab.name: tree.render(lab.name) for lab in catalog.labs()[:LAST]}
    solved = {lab.number: begun(lab, lab.solution()) for lab in catalog.labs()[:LAST]}
    known = {lab.number: mistakes.load(lab) for lab in catalog.labs()[:LAST]}
    monkeypatch.setattr(catalog, "ROOT", copy)
    for lab in catalog.labs():
        assert tree.render(lab.name) == wanted[lab.name]
        assert begun(lab, lab.folder()) == set()
        assert {task.id for task in lab.tasks} == solved[lab.number]
        assert [(one.id, one.signs) for one in mistakes.load(lab)] == [
            (one.id, one.signs) for one in known[lab.number]]  # fmt: skip


def test_list_shows_released_labs(in_copy):
    code, said = in_copy("list")
    assert code == 0 and "4.5" in said and "5.1" not in said and "12: 0 of" not in said


@pytest.mark.parametrize("words", [["diff", "2", "--yes"], ["solution", "2"],
                                   ["check", "2", "--solutions"], ["run", "2", "--solutions"]],
                         ids=lambda words: words[0])  # fmt: skip
def test_missing_solution_is_one_sentence(duplex, copy, monkeypatch, words):
    monkeypatch.setattr(catalog, "ROOT", copy)
    assert duplex(*words) == (2, "This copy of the course has no solution of lab 2; who teaches "
                                 "the course can give it to you.")  # fmt: skip


def test_solution_handed_out_later(duplex, copy, monkeypatch):
    theirs = copy / "solutions" / "lab01_polling"
    shutil.copytree(catalog.lab(1).solution(), theirs)
    monkeypatch.setattr(catalog, "ROOT", copy)
    try:
        assert duplex("solution", "1", "--yes")[0] == 0
        assert "+" in tree.differences(catalog.lab(1), catalog.lab(1).folder())
    finally:
        shutil.rmtree(copy / "solutions")


def test_copy_resets(duplex, copy, four, monkeypatch):
    lab = copy / "labs" / "lab02_handshake"
    monkeypatch.setattr(catalog, "ROOT", copy)
    (lab / "chat" / "routing.py").write_text("broken =\n")
    (lab / "config" / "asgi.py").unlink()
    code, said = duplex("reset", "2")
    assert code == 0 and "Your work is kept in" in said
    for path in ("config/asgi.py", "chat/routing.py"):
        assert (lab / path).read_bytes() == four[f"labs/lab02_handshake/{path}"]


def test_copy_checks(in_copy, tmp_path):
    told = tmp_path / "told.json"
    code, said = in_copy("check", "2.4", "--json", str(told))
    assert code == 1 and "Next: task 2.4 in chat/consumers.py" in said
    assert json.loads(told.read_text("utf-8"))["tasks"][0]["diagnosis"] is None


def test_copy_gives_hints(duplex, copy, monkeypatch, tmp_path):
    monkeypatch.setattr(catalog, "ROOT", copy)
    monkeypatch.setenv("DUPLEX_PROGRESS", str(tmp_path / "progress"))
    assert duplex("hint", "2.3")[0] == duplex("hint", "2.3")[0] == 0
    assert duplex("hint", "2.3")[1].endswith("That was the last hint.")


def test_other_folder_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CourseError, match="is there already and is no release"):
        place.folder(tmp_path, {"README.md": b"new"})
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_release_is_renewed(tmp_path, course):
    out = tmp_path / "out"
    assert place.folder(out, {"a.md": b"1", "b.md": b"1", "old/c.md": b"1"}) == []
    (out / "a.md").write_text("changed by hand")
    (out / ".git").mkdir()
    told = place.folder(out, {"a.md": b"2", "b.md": b"2"})
    assert len(told) == 1 and told[0].startswith("a.md was changed since; it is kept in ")
    kept = Path(told[0].partition(" kept in ")[2].rstrip("."))
    assert (kept / "a.md").read_text() == "changed by hand"
    assert (out / "b.md").read_bytes() == b"2"
    assert not (out / "old").exists() and (out / ".git").is_dir()


@pytest.mark.parametrize("inside", [".", "labs/lab01_polling/new", ".."])
def test_course_is_not_overwritten(course, inside):
    with pytest.raises(CourseError, match="is a part of this course"):
        place.folder(course.root / inside, {"a.md": b"1"})


def test_older_archive_is_kept(tmp_path, course):
    target = tmp_path / "lab.zip"
    assert place.archive(target, {"a": b"1"}) == [] == place.archive(target, {"a": b"1"})
    told = place.archive(target, {"a": b"2"})
    assert len(told) == 1 and told[0].startswith("The lab.zip that was there is kept in ")
