"""A class turned into pages, results.json and files; nothing in a name or a message does harm."""

import csv
import json
import re
from dataclasses import replace

import jsonschema
import pytest

from duplex import catalog, results
from duplex.browser import find_browser, open_browser, open_page, page_errors
from duplex.errors import CourseError
from duplex.results import data, feedback, pages
from duplex.results.late import Lateness
from duplex.results.score import Score
from tests.duplex.sample import DIAGNOSIS, record, submission

NASTY = "<script>alert(1)</script><img src=http://evil.test/x.png>\x00\x1b[31m\u202e `it` {{7*7}}"
NAMES = ("../../etc/passwd", 'a,"b"', "=1+1", "نور", "\u202egnp", "CON", "x" * 300, "A\nB", "ada",
         "ADA", "a/b\\c", "<b>Bo</b>", "\ud800", "")  # fmt: skip


def make_class(count: int):
    """Yield records of two labs, not in order, in which things went wrong in all ways."""
    kinds = ("passed", "wrong", "timeout", "memory", "output", "crashed", "tampered")
    for lab in (4, 2):
        for n in range(count):
            name = NAMES[n] if n < len(NAMES) else f"Student {n}"
            of = submission(f"{name}_{n}", name, ids={"canvas": str(n)})
            if n % 10 == 9:
                yield record(of, lab, each="not submitted", seconds=0)
            else:
                bad = kinds[n % len(kinds)] if n != 5 else "grader error"
                told = {"4.3": DIAGNOSIS} if lab == 4 and bad == "wrong" else {}
                yield record(of, lab, t3=(bad, NASTY), diagnoses=told)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A class of 300 records, written: the folder and what was said."""
    out = tmp_path_factory.mktemp("a class è") / "out"
    (out / "feedback").mkdir(parents=True)
    (out / "feedback" / "gone-0123.html").write_text("of an earlier run")
    (out / "moodle-lab04.csv").write_text("of an earlier run")
    return out, results.write(make_class(150), out)


def test_results_follow_the_schema(written):
    out, said = written
    told = json.loads((out / "results.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(data.schema())
    jsonschema.validate(told, data.schema(), cls=jsonschema.Draft202012Validator)
    keys = [student["student"] for student in told["students"]]
    assert len(keys) == 150 and keys == sorted(keys) and told["notes"] == said
    assert [one["lab"] for one in told["students"][0]["labs"]] == [2, 4]
    assert not list(out.glob(".new-*"))


def test_no_fault_of_the_grader_is_a_zero(written):
    out, said = written
    told = json.loads((out / "results.json").read_text("utf-8"))
    for student in told["students"]:
        for lab in student["labs"]:
            kinds = {task["verdict"] for task in lab["tasks"]}
            decided = "grader error" not in kinds and kinds != {"not submitted"}
            assert (lab["score"] is not None) == decided
    assert any("Not all tasks could be judged" in sentence for sentence in said)


def test_each_student_has_a_page_of_a_safe_name(written):
    out, _ = written
    names = [path.name for path in (out / "feedback").iterdir()]
    assert len({name.casefold() for name in names}) == 150
    assert all(re.fullmatch(r"[a-z0-9-]{1,55}\.html", name) for name in names)
    assert not (out / "moodle-lab04.csv").exists()


def test_what_a_project_said_stays_text(written):
    out, _ = written
    for path in [*(out / "feedback").iterdir(), out / "overview.html"]:
        text = path.read_text("utf-8")
        assert "<script>alert" not in text and "<img" not in text and "<b>Bo" not in text
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", text)
    first = next(path for path in (out / "feedback").iterdir() if "1-1" in path.name)
    assert "\\x1b[31m\\u202e <code>it</code> {{7*7}}" in first.read_text("utf-8")


def test_the_same_class_in_another_order_is_the_same(tmp_path):
    records = list(make_class(12))
    results.write(records, tmp_path / "a")
    results.write(reversed(records), tmp_path / "b")
    for name in ("results.json", "overview.html"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.fixture
def page():
    """Return the page of one record and score: page(record, state, value)."""

    def make(one, state="graded", value=None, late=None, told=""):
        score = Score(state, one.points, one.max_points, value, late or Lateness(), told)
        return feedback.page(one.submission, [(one, score)]).decode()

    return make


def test_a_page_says_what_why_and_where_to_read(page):
    one = record(t3=("wrong", "nobody heard it"), t4="wrong",
                 diagnoses={"4.3": DIAGNOSIS, "4.4": DIAGNOSIS})  # fmt: skip
    one = replace(one, verdicts=tuple(replace(verdict, should="All hear it.", cause="KeyError: 'x'")
                                      for verdict in one.verdicts))  # fmt: skip
    text = page(one, value=5.4, told="Handed in 2 hours after the deadline.")
    for part in ("Nobody heard it", "All hear it.", "KeyError: &#39;x&#39;", "Not right yet",
                 "<code>group_add</code> without <code>await</code>", "chat/consumers.py, line 12",
                 "notebooks/08_groups_and_layers.ipynb", "Task 4.3 · Publish and subscribe",
                 "Likely the same as in task 4.3", "6 points were reached, and 0.6 are taken off.",
                 "Handed in 2 hours after the deadline."):  # fmt: skip
        assert part in text


def test_a_page_shows_the_evidence_when_unsure(page):
    unsure = {"sure": False, "causes": [], "place": "chat/a.py, line 3", "blamed": "KeyError: 1"}
    text = page(record(t3="wrong", diagnoses={"4.3": unsure}))
    assert "No known mistake fits. What happened is “KeyError: 1”, in chat/a.py, line 3." in text
    long = unsure | {"place": None, "blamed": "KeyError: " + "x" * 5000}
    assert "x" * 400 not in page(record(t3="wrong", diagnoses={"4.3": long}))
    old = {"sure": False, "causes": [], "place": None}  # kept before there was `blamed`
    assert "tells of no error" in page(record(t3="wrong", diagnoses={"4.3": old}))


def test_a_page_says_whose_fault_it_was(page):
    text = page(record(t1=("grader error", "No route.")), "undecided")
    assert "The grader&#39;s own fault" in text and "costs nothing" in text
    assert "no mark yet" in text and "– / 2" in text and "judged again" in text
    text = page(record(each=("not submitted", "No project of lab 4.")), "not submitted",
                told="Nothing was handed in yet.")  # fmt: skip
    assert "No project of lab 4." in text and "<article" not in text


def test_hidden_tasks_stay_hidden(page, monkeypatch):
    lab = catalog.lab(4)
    tasks = (replace(lab.tasks[0], hidden="hidden"), *lab.tasks[1:])
    monkeypatch.setattr("duplex.results.words.lab", lambda number: replace(lab, tasks=tasks))
    text = page(record(t1=("wrong", "the secret"), diagnoses={"4.1": DIAGNOSIS}))
    assert "Hidden task" in text and "secret" not in text and "group_add" not in text


def test_the_roster_and_the_policy_reach_the_gradebook(tmp_path):
    (tmp_path / "late.toml").write_text('[[lab]]\nnumber = 4\npercent = 50\ncolumn = "88"\n'
                                        "deadline = 2025-11-30T23:00:00Z\n"
                                        '[[excused]]\nstudent = "grace@x.test"\n'
                                        '[[excused]]\nstudent = "grce"\n')  # fmt: skip
    (tmp_path / "gradebook.csv").write_text(
        "Student,ID,SIS Login ID,Section,Title (88)\nPoints Possible,,,,20\n"
        "Ada,1,ada@x.test,S,\nGrace,2,grace@x.test,S,\nAlan,3,alan@x.test,S,\n"
    )
    late = submission("Ada_1", ids={"canvas": "1"}, submitted="2025-12-01T00:00:01+01:00")
    given = [record(late), record(submission("Grace_2", ids={"canvas": "2"}))]
    said = results.write(given, tmp_path / "out", tmp_path / "gradebook.csv",
                         tmp_path / "late.toml")  # fmt: skip
    with open(tmp_path / "out" / "canvas.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[4] for row in rows] == ["Title (88)", "20", "5.5", "EX", "0"]
    told = " ".join(said)
    assert "names students whom nobody knows here; mend their spelling: grce" in told
    assert "Lateness takes points" in told and "Nothing came from 1 student" in told
    overview = (tmp_path / "out" / "overview.html").read_text("utf-8")
    assert "Nothing came from 1 of the roster" in overview and "1 day late" in overview


def test_slips_are_told_before_anything_is_written(tmp_path):
    (tmp_path / "late.toml").write_text("grace = true")
    for check in (lambda: results.check(None, tmp_path / "late.toml"),
                  lambda: results.write([], tmp_path / "out", tmp_path / "none.csv")):  # fmt: skip
        with pytest.raises(CourseError):
            check()
    assert not (tmp_path / "out").exists()


def test_a_class_without_anybody_has_an_overview(tmp_path):
    assert results.write([], tmp_path) == []
    assert "0</b><span>submissions" in (tmp_path / "overview.html").read_text("utf-8")


def test_the_later_of_two_results_counts(tmp_path):
    said = results.write([record(), record(each="wrong")], tmp_path)
    told = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert told["students"][0]["labs"][0]["score"] == 0 and "the last one counts: ada" in said[0]


@pytest.mark.skipif(find_browser() is None, reason="no browser on this computer")
def test_pages_ask_for_nothing_and_complain_of_nothing(written):
    out, _ = written
    first = next(path for path in sorted((out / "feedback").iterdir()) if "passwd" in path.name)
    phone = {"width": 360, "height": 800}
    with open_browser() as browser, open_page(browser, viewport=phone) as page:
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        for path in (first, out / "overview.html"):
            page.goto(path.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") == 360
        students = page.locator("section[aria-labelledby=students] tbody tr")
        page.locator("section[aria-labelledby=students] th button").nth(3).focus()
        for order in ("ascending", "descending"):
            page.keyboard.press("Enter")
            heading = page.locator(f"section[aria-labelledby=students] th[aria-sort={order}]")
            assert heading.inner_text().startswith("Sum")
        sums = [float(row.split("\t")[3]) for row in students.all_inner_texts()]
        assert len(sums) == 150 and sums == sorted(sums, reverse=True)
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        assert page_errors(page) == []


def test_file_names_tell_apart_what_looks_alike():
    assert pages.file_name("Ada") != pages.file_name("ADA")
    assert pages.file_name("\ud800") == pages.file_name("\ud800")
