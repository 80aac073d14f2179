"""Who handed in what: names of Moodle and Canvas, clones, several files of one student."""

import os
import subprocess

import pytest

from duplex.errors import CourseError
from duplex.submissions import discover, projects
from duplex.submissions.moments import moment
from duplex.submissions.names import told

MOODLE = "Ana Àvila_12345_assignsubmission_file_"


@pytest.fixture
def put(tmp_path):
    """Write files below a folder of submissions: put("smith/manage.py") returns the folder."""

    def write(*paths, content="x", when=None):
        for path in paths:
            file = tmp_path / "handed in" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
            if when:
                os.utime(file, (when, when))
        return tmp_path / "handed in"

    return write


ZIP = b"PK\x05\x06" + bytes(18)  # an empty one


@pytest.mark.parametrize(("name", "student", "person", "ids"), [
    (MOODLE, "Ana Àvila_12345", "Ana Àvila", {"moodle": "12345"}),
    (MOODLE + "lab 04.zip", "Ana Àvila_12345", "Ana Àvila", {"moodle": "12345"}),
    ("Bo_7_assignsubmission_onlinetext", "Bo_7", "Bo", {"moodle": "7"}),
    ("o'hara_LATE_12_345_my_lab.zip", "o'hara_12", "o'hara",
     {"canvas": "12", "canvas_attempt": "345"}),
    ("smithjane_12_345_lab-1.tar.gz", "smithjane_12", "smithjane",
     {"canvas": "12", "canvas_attempt": "345"}),
    ("jane, the =1+1 (2).tar.xz", "jane, the =1+1", "jane, the =1+1", {}),
    ("v1.2", "v1.2", "v1.2", {}),
])  # fmt: skip
def test_name_tells_student(name, student, person, ids):
    about = told(name)
    assert (about.student, about.name, about.ids) == (student, person, ids)


def test_late_is_noted(put):
    [one] = discover(put("smith_LATE_1_2_lab.zip", content=ZIP))
    assert one.notes == ("Canvas calls it late.",)


def test_newest_attempt_counts(put):
    put("smith_1_20_lab.zip", content=ZIP, when=1_000_000_000)
    [one] = discover(put("smith_1_3_lab.zip", content=ZIP, when=1_500_000_000))
    assert one.source.name == "smith_1_20_lab.zip"
    assert len(one.notes) == 1 and "smith_1_3_lab.zip, of 2017" in one.notes[0]


def test_newest_file_counts(put):
    put("smith.zip", content=ZIP, when=1_000_000_000)
    put("smith/manage.py", when=1_400_000_000)
    [one] = discover(put("smith (1).zip", content=ZIP, when=1_200_000_000))
    assert one.source.name == "smith" and len(one.notes) == 2


def test_what_can_be_judged_counts(put):
    put("smith.zip", content=ZIP, when=1_000_000_000)
    [one] = discover(put("smith.pdf", "smith (1).zip", content="%PDF", when=1_500_000_000))
    assert one.source.name == "smith.zip" and not one.problem


def test_moodle_folder_with_archives(put):
    put(f"{MOODLE}/old.zip", content=ZIP, when=1_000_000_000)
    [one] = discover(put(f"{MOODLE}/new.zip", content=ZIP, when=1_500_000_000))
    assert one.source.name == "new.zip" and "old.zip" in one.notes[0]


def test_moodle_folder_with_project(put):
    [one] = discover(put(f"{MOODLE}/manage.py", f"{MOODLE}/chat/views.py"))
    assert one.source.name == MOODLE and not one.problem


def test_nothing_silently_lost(put):
    put("a.rar", content=b"Rar!..")
    put("b.txt", "c.zip", content="no zip")
    put("d.zip", content="")
    top = put(".DS_Store", "__MACOSX/a", "roster.csv")
    (top / "e").mkdir()
    (top / "f").symlink_to("/etc")
    found = discover(top, ignore=[top / "roster.csv"])
    assert {one.student: one.refused for one in found} == dict.fromkeys("abcdef", "not submitted")
    told = [one.problem for one in found]
    for words, problem in zip(("RAR", "no archive", "no archive", "empty file", "folder e is empty",
                               "neither"), told, strict=True):  # fmt: skip
        assert words in problem


def test_name_in_another_encoding(put):
    (put("a.zip", content=ZIP) / os.fsdecode("Jos\xe9.zip".encode("cp1252"))).write_bytes(ZIP)
    assert [one.student for one in discover(put())] == ["José", "a"]


@pytest.mark.parametrize(("make", "words"), [
    (lambda put: put("smith.zip") / "smith.zip", "unpack it first"),
    (lambda put: put("manage.py"), "is one project"),
    (lambda put: put(".DS_Store"), "holds no submission"),
])  # fmt: skip
def test_wrong_folder_is_told(put, make, words):
    with pytest.raises(CourseError, match=words):
        discover(make(put))


def git(folder, *words):
    """Run git as the student did."""
    env = os.environ | {"GIT_COMMITTER_DATE": "2024-05-06T07:08:09+0200"}
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, *words], cwd=folder, env=env, check=True, capture_output=True)


def test_clone_tells_last_commit(put, tmp_path):
    clone = put("smith/manage.py") / "smith"
    git(clone, "init", "-q")
    git(clone, "add", ".")
    git(clone, "commit", "-q", "-m", "Hand in")
    assert moment(clone).timestamp() == 1714972089
    git(clone, "gc", "-q")
    for name in ("fsmonitor", "pager"):  # what a stranger's configuration would have git run
        git(clone, "config", f"core.{name}", f"touch {tmp_path / 'ran'}; false")
    assert moment(clone).timestamp() == 1714972089
    assert not (tmp_path / "ran").exists()


def test_broken_clone_has_no_time(put):
    assert moment(put("smith/.git/HEAD", content="ref: refs/heads/../../x") / "smith") is None


@pytest.mark.parametrize(("paths", "only", "expected"), [
    (["manage.py"], 4, {4: "."}),
    (["manage.py"], None, {}),
    (["my work/manage.py"], 4, {4: "my work"}),
    (["labs/lab02_handshake/manage.py", "labs/lab04_rooms/manage.py", "notebooks/p/manage.py",
      "solutions/lab03_naive/manage.py"], 4,
     {2: "labs/lab02_handshake", 4: "labs/lab04_rooms"}),
    (["Lab 4/manage.py"], None, {4: "Lab 4"}),
    (["lab04/chatproject/manage.py"], None, {4: "lab04/chatproject"}),
    (["lab04_rooms/manage.py", "lab04_rooms_old/manage.py"], None, {4: "lab04_rooms"}),
    (["a/manage.py", "b/manage.py"], 4, {}),
    (["chat/views.py"], 4, {}),
])  # fmt: skip
def test_project_is_found(put, paths, only, expected):
    top = put(*paths)
    found = projects(top, only)
    assert {number: str(path.relative_to(top)) for number, path in found.items()} == expected


def test_lab_told_by_its_tasks(put):
    put("x/manage.py")
    top = put("x/lab.toml", content='title = "Rooms"\n[[task]]\nid = "4.1"\n')
    assert projects(top) == {4: top / "x"}
