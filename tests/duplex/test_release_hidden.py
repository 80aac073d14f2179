"""Hidden tasks and tests: they count when a class is graded, and students never see them."""

import pytest

from duplex import catalog, hidden, tree
from duplex.batch.record import Record, Submission
from duplex.errors import CourseError
from duplex.release import students, trial
from duplex.results.gradescope import as_results
from duplex.verdict import TaskVerdict
from duplex.worker import Worker

LAB = "solutions/lab01_polling/lab.toml"
SECRET = """
[[task]]
id = "1.4"
title = "Says nothing else"
points = 5
hidden = {}

[[task]]
id = "1.5"
title = "After it"
points = 1
hints = ["ask", "point", "tell"]
"""
GRADER = '''"""What students do not see of the tiny project."""

import pytest

from duplex.expect import expect


@pytest.mark.task("1.4")
def test_other_words(http):
    """GET /?say=secret brings `hello`."""
    expect(http.get("/?say=secret").text, "hello", "GET /?say=secret")


@pytest.mark.task("1.2")
def test_bye_twice(http):
    """GET /?say=bye brings `bye` again and again."""
    expect(http.get("/?say=bye&hidden").text, "bye", "GET /?say=bye&hidden")


@pytest.mark.task("1.5")
def test_after(http):
    """GET / is answered."""
    expect(http.get("/").status, 200, "GET /")
'''
SPOILT = """words = {"bye": "bye", "number": "7"}
if "hidden" in request.GET:
    return HttpResponse("never")
return HttpResponse(words.get(request.GET.get("say"), "hello"))"""


@pytest.fixture
def secretive(tiny):
    """The tiny course with a task that students do not see, and a hidden test of another."""
    tiny.write(LAB, tiny.read(LAB) + SECRET.format("true"))
    tiny.write("tests/hidden/test_lab01_polling.py", GRADER)
    return tiny


def ids(lab) -> list[str]:
    """Return the ids of a lab's tasks."""
    return [task.id for task in lab.tasks]


def test_task_known_to_instructors_alone(secretive):
    secretive.write("labs/lab01_polling/lab.toml", secretive.read(LAB))  # even where it slipped in
    assert ids(catalog.lab(1)) == ["1.1", "1.2", "1.3", "1.5"]
    assert ids(catalog.lab(1, hidden=True)) == ["1.1", "1.2", "1.3", "1.4", "1.5"]
    with pytest.raises(CourseError, match="There is no task 1.4"):
        catalog.task("1.4")


def test_labs_have_no_trace(secretive):
    text = tree.render("lab01_polling")["lab.toml"].decode()
    assert "1.4" not in text and "hidden" not in text and "Says nothing" not in text
    assert hidden.cut(text) == text and '"1.5"' in text


@pytest.mark.parametrize("value", ["false", '"after_due_date"', '"after_published"'])
def test_moment_is_the_instructors(secretive, value):
    secretive.write(LAB, secretive.read(LAB).replace("hidden = true", f"hidden = {value}"))
    if value == "false":
        secretive.write(LAB, secretive.read(LAB).replace("points = 5", HINTS))
    task = catalog.lab(1, hidden=True).tasks[3]
    assert task.hidden == ("" if value == "false" else value.strip('"'))


HINTS = 'points = 5\nhints = ["ask", "point", "tell"]'


def test_slips_are_told(secretive):
    secretive.write(LAB, secretive.read(LAB).replace("hidden = true", 'hidden = "sometimes"'))
    with pytest.raises(CourseError, match="must be true or one of: hidden, after_due_date"):
        catalog.lab(1, hidden=True)


def test_only_hidden_tasks_refused():
    only = '[[task]]\nid = "1.1"\nhidden = true\n'
    with pytest.raises(CourseError, match="leave one task that students see"):
        hidden.cut(only)


def test_release_has_no_trace(secretive):
    labs = students.chosen(None)
    (secretive.root / "tests" / "mistakes").mkdir()
    for path, content in students._labs(labs):
        assert b"1.4" not in content and b"hidden" not in content, path


def test_list_does_not_show_it(duplex, secretive):
    (secretive.root / "labs/lab01_polling/lab.toml").unlink()
    said = duplex("list")[1]
    assert "1.5" in said and "1.4" not in said and "of 8 points" not in said


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Judge two projects of the secretive course: verdicts by (project, with hidden)."""
    from tests.duplex.conftest import Course, view_of, write_tiny

    root = write_tiny(tmp_path_factory.mktemp("a secretive course"))
    course = Course(root)
    course.write(LAB, course.read(LAB) + SECRET.format("true"))
    course.write("tests/hidden/test_lab01_polling.py", GRADER)
    course.write("labs/lab01_polling/config/urls.py", view_of(SPOILT))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalog, "ROOT", root)
        worker = Worker()
        folder = str(root / "labs" / "lab01_polling")
        told = {secret: worker.ask({"lab": 1, "folder": folder, "tasks": None, "hidden": secret})
                for secret in (True, False)}  # fmt: skip
        worker.close()
        lab = catalog.lab(1, hidden=True)
    found = {secret: {one["task_id"]: TaskVerdict(**one) for one in answer}
             for secret, answer in told.items()}  # fmt: skip
    return lab, found


def test_check_never_runs_it(judged):
    _, told = judged
    assert {task: one.verdict for task, one in told[False].items()} == {
        "1.1": "passed", "1.2": "passed", "1.3": "passed"}  # fmt: skip


def test_grading_counts_it(judged):
    _, told = judged
    kinds = {task: one.verdict for task, one in told[True].items()}
    assert kinds == dict.fromkeys(("1.1", "1.3", "1.4", "1.5"), "passed") | {"1.2": "wrong"}
    assert told[True]["1.4"].points == 5 and told[True]["1.2"].points == 0


def test_students_read_no_secret(judged):
    lab, told = judged
    visible, secret = (hidden.told(lab, told[True][task]) for task in ("1.2", "1.4"))
    assert visible.message == "A hidden test of this task failed." and visible.title == "T1.2"
    assert (secret.title, secret.message, secret.points) == ("Hidden task", "", 5)
    assert not any((visible.should, visible.cause, visible.evidence, secret.evidence))
    assert hidden.told(lab, told[True]["1.1"]) == told[True]["1.1"]


def test_gradescope_hides_it(secretive, judged):
    submission = Submission("ada", "Ada", secretive.root)
    record = Record(submission, 1, tuple(judged[1][True].values()))
    data = as_results(record)
    shown = {test["number"]: test["visibility"] for test in data["tests"]}
    assert shown == dict.fromkeys(("1.1", "1.2", "1.3", "1.5"), "visible") | {"1.4": "hidden"}
    assert trial.faults(data) == [] and data["score"] == 10
    said = str([test for test in data["tests"] if test["number"] in ("1.2", "1.4")])
    assert "secret" not in said and "again and again" not in said and "Says nothing" not in said
