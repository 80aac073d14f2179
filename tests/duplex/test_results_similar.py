"""Who wrote alike is listed; given code, common code and hostile files do not count."""

import os
import shutil

import pytest

from duplex import catalog, mistakes, tree
from duplex.results import similar
from tests.duplex.sample import submission

LAB = 4
OWN = """
async def history_of(self, wanted, limit=50):
    found = [one for one in self.kept if one["room"] == wanted and one["id"] > limit]
    found.sort(key=lambda one: (one["id"], one["author"].casefold()), reverse=True)
    while len(found) > limit or not found[-1]["text"].strip():
        self.dropped += 1 if found.pop()["author"] != self.user.name else 2
    return {"type": "history", "messages": found[:limit], "dropped": self.dropped}
"""


@pytest.fixture
def hand_in(tmp_path):
    """Hand in a lab's skeleton with more code: hand_in(student, text) is a submission."""

    def write(student: str, text: str = "", file: str = "chat/consumers.py"):
        folder = tmp_path / student / catalog.lab(LAB).name
        for path, content in tree.render(catalog.lab(LAB).name).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        with open(folder / file, "a", encoding="utf-8") as kept:
            kept.write(text)
        return submission(student, student, tmp_path / student)

    return write


@pytest.fixture
def alike(tmp_path):
    """Compare submissions: alike(*submissions) are the pairs."""

    def compare(*submissions):
        with similar.Shelf(tmp_path / "shelf") as shelf:
            for one in submissions:
                shelf.keep(LAB, one.student, one.source / catalog.lab(LAB).name)
            return similar.pairs(LAB, shelf)

    return compare


def test_other_names_and_another_place_do_not_hide_a_copy(alike, hand_in):
    disguised = OWN.replace("found", "rows").replace("one", "x").replace("limit", "most")
    other = "def own(self):\n    return [self.a(b) for b in range(3) if b is not None]\n" * 2
    found = alike(hand_in("ada", OWN), hand_in("eve", "# mine\n" + disguised, "chat/rooms.py"),
                  hand_in("grace", other), hand_in("alan"))  # fmt: skip
    assert [(pair.one, pair.other) for pair in found] == [("ada", "eve")]
    assert found[0].of_one > 80 and found[0].of_other > 80 and found[0].length > 150


def test_the_skeleton_is_nobodys(alike, hand_in):
    assert alike(hand_in("ada"), hand_in("eve"), hand_in("alan", "\nX = 1\n")) == []


@pytest.mark.parametrize(("students", "pairs"), [(3, 3), (4, 0)])
def test_what_many_wrote_alike_is_everybodys(alike, hand_in, monkeypatch, students, pairs):
    monkeypatch.setattr(similar, "COMMON", 3)
    assert len(alike(*(hand_in(f"s{n}", OWN) for n in range(students)))) == pairs


def test_right_solutions_with_few_own_lines_are_no_copies(alike, tmp_path, monkeypatch):
    monkeypatch.setattr(similar, "COMMON", 5)
    lab, class_ = catalog.lab(LAB), []
    for mistake in mistakes.load(lab)[:7]:
        folder = tmp_path / mistake.id / lab.name
        shutil.copytree(lab.folder("solutions"), folder)
        mistakes.apply(mistake, folder)
        class_.append(submission(mistake.id, mistake.id, folder.parent))
    assert alike(*class_) == []


def test_hostile_files_are_bounded(alike, hand_in, tmp_path):
    bombs = ["\t\n" * 400_000, "a" * 500_000, "'''" * 50_000, "\x00\xff`${" * 9000]
    class_ = [hand_in(f"s{n}", text) for n, text in enumerate(bombs)]
    for count in range(200):
        (class_[0].source / catalog.lab(LAB).name / f"more{count}.py").write_text("x = 1\n" * 900)
    secret = tmp_path / "secret.py"
    secret.write_text(OWN)
    os.symlink(secret, class_[1].source / catalog.lab(LAB).name / "link.py")
    code = similar.texts(class_[0].source / catalog.lab(LAB).name, {})
    assert sum(map(len, code.values())) <= similar.SIZE
    assert alike(*class_, submission("gone", "gone", tmp_path / "gone"),
                 submission("bad", "bad", tmp_path, problem="No archive."),
                 hand_in("ada", OWN)) == []  # fmt: skip
