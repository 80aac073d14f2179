"""The command `duplex mutate`: a mutant that is killed, one that lives, and a run that goes on."""

import json
from dataclasses import replace

import pytest

from duplex import catalog
from duplex.errors import CourseError, KitFault
from duplex.mutation import judge as judging
from duplex.mutation.judge import Judge
from duplex.mutation.mutants import mutants
from duplex.mutation.run import require_pass
from duplex.verdict import TaskVerdict

VIEW = """from django.http import HttpResponse
from django.urls import path


def view(request):
    # task 1.1: answer
    print()
    return answer()
    # end 1.1


def answer():
    return HttpResponse("hello")


urlpatterns = [path("", view)]
"""
ID = "config/urls.py:view:{}:1"
GRADER = '''import pytest

from duplex.expect import expect


@pytest.mark.task("1.1")
def test_hello(http):
    """GET / brings `hello`."""
    expect(http.get("/").text, "hello", "GET /")
'''


@pytest.fixture
def small(tiny):
    """A course with a solution of one task, in whose region are two mutants."""
    for tree in ("solutions", "labs"):
        tiny.toml(tree, "lab01_polling", ["1.1"], ["config/urls.py"], ["config/urls.py"])
    tiny.write("tests/labs/test_lab01_polling.py", GRADER)
    for path in ("manage.py", "config/__init__.py", "config/settings.py"):
        tiny.write(f"solutions/lab01_polling/{path}", tiny.read(f"labs/lab01_polling/{path}"))
    tiny.write("solutions/lab01_polling/config/urls.py", VIEW)
    return tiny


def test_one_dies_and_one_lives(duplex, small, temporary, monkeypatch):
    code, said = duplex("mutate", "1.1", "--workers", "1", "--json", str(temporary / "said.json"))
    assert code == 1, said
    assert "lives config/urls.py:view:statement:1" in said and "50.0%" in said
    (lab,) = json.loads((temporary / "said.json").read_text("utf-8"))
    kinds = {one["id"]: one["verdict"]["kind"] for one in lab["mutants"]}
    assert kinds == {ID.format("statement"): "lives", ID.format("returned"): "killed"}
    assert [one.name for one in temporary.iterdir()] == ["said.json"], "no copy is left"
    goes_on_without_judging(duplex, monkeypatch)
    counts_what_is_listed(duplex, small)


def goes_on_without_judging(duplex, monkeypatch):
    monkeypatch.setattr("duplex.mutation.run.Judge", None)  # nobody needs one
    code, said = duplex("mutate", "1.1", "--only", ID.format("returned"))
    assert code == 0 and "killed config/urls.py:view:returned:1 (line 8, task 1.1)" in said
    assert "by test_hello return answer() → return None wrong: GET /: saw" in said
    code, said = duplex("mutate", "1.1", "--list")
    assert code == 0 and said.startswith("lives config/urls.py:view:statement:1")
    for size, score in (("1", "0.0–79.3 %"), ("2", "all judged")):
        code, said = duplex("mutate", "1.1", "--sample", size)
        assert score in said, f"a sample of {size}, of 2 mutants"


def counts_what_is_listed(duplex, small):
    entry = '[[invisible]]\nid = "{}"\nchange = "a"\nwhy = "It is so."\n'
    small.write("tests/mutants/lab01.toml", entry.format(ID.format("statement")))
    code, said = duplex("mutate", "1.1")
    assert code == 0 and "100.0%" in said
    small.write("tests/mutants/lab01.toml", entry.format(ID.format("returned")))
    code, said = duplex("mutate", "1.1")
    assert code == 1 and "view:returned:1 of lab 1 is listed as invisible, but was killed" in said


def test_lab_is_needed_for_one(duplex, small):
    code, said = duplex("mutate", "--only", "x")
    assert code == 2 and "`duplex mutate 4 --only ID`" in said


EVIDENCE = {
    "a wait": {"in_vain": "0.900"}, "a calm wait": {"in_vain": "0.100"},
    "a wait of which nobody knows": {"in_vain": "unknown"}, "a lost line": {"error": "Dropped"},
}  # fmt: skip


class Said:
    """A worker that says what it was told to say: a task's verdict, hasty or patient."""

    def __init__(self, hasty: dict[str, str], patient: dict[str, str]):
        self.says, self.asked = {1: hasty, judging.PATIENCE: patient}, []
        self.other_each_time, self.ahead = False, []

    def ask(self, tasks, patience, ahead):
        self.asked.append((patience, tasks))
        self.ahead.append([*ahead])
        for task in tasks:
            kind, _, told = self.says[patience].get(task, "passed").partition(" after ")
            test = f"test_{len(self.asked)}" if self.other_each_time else "test_it"
            evidence = {"test": test} | (EVIDENCE[told] if told else {})
            yield TaskVerdict(task, "T", kind, 0, 1, evidence=evidence)


@pytest.fixture
def judge_of(small):
    """A judge of three tasks whose worker says what is given: judge_of(hasty, patient)."""
    judges = []

    def make(hasty, patient=None) -> tuple[Judge, Said]:
        said = Said(hasty, patient or {})
        judges.append(Judge(catalog.lab(1)))
        judges[-1]._ask = lambda *asked: list(said.ask(*asked))
        return judges[-1], said

    yield make
    for judge in judges:
        judge.close()


TASKS = ["1.1", "1.2", "1.3"]


def test_wrong_answer_is_believed(judge_of):
    judge, said = judge_of({"1.2": "wrong"})
    assert judge.failure(TASKS).task_id == "1.2" and said.asked == [(1, TASKS)]


def test_timeout_is_judged_again(judge_of):
    judge, said = judge_of({"1.2": "timeout", "1.3": "wrong"})
    assert judge.failure(TASKS).task_id == "1.3"
    assert said.asked == [(1, TASKS), (judging.PATIENCE, ["1.2"]), (1, ["1.3"])]


@pytest.mark.parametrize("told", ["a wait", "a wait of which nobody knows", "a lost line"])
def test_what_a_busy_computer_does_is_judged_again(judge_of, told):
    judge, said = judge_of({"1.2": f"wrong after {told}", "1.3": "wrong"})
    assert judge.failure(TASKS).task_id == "1.3" and said.ahead[1] == ["test_it"]
    assert (judging.PATIENCE, ["1.2"]) in said.asked


def test_other_test_each_time_is_no_verdict(judge_of):
    judge, said = judge_of({"1.2": "wrong after a wait"}, {"1.2": "wrong after a wait"})
    assert judge.failure(TASKS).task_id == "1.2" and len(said.asked) == 2
    said.other_each_time = True
    with pytest.raises(KitFault, match="too busy"):
        judge.failure(TASKS)
    said.says[judging.PATIENCE] = {"1.2": "wrong"}
    assert judge.failure(TASKS).verdict == "wrong"


def test_calm_wait_is_believed(judge_of):
    judge, said = judge_of({"1.2": "wrong after a calm wait"})
    assert judge.failure(TASKS).task_id == "1.2" and said.asked == [(1, TASKS)]


def test_second_timeout_is_believed(judge_of):
    judge, _ = judge_of({"1.2": "timeout"}, {"1.2": "timeout"})
    assert judge.failure(TASKS).verdict == "timeout"


def test_survived_task_is_not_asked(judge_of, small):
    judge, said = judge_of({})
    judge.lab = replace(judge.lab, tasks=[replace(judge.lab.tasks[0], id=one) for one in TASKS])
    assert judge.judge(mutants(catalog.lab(1))[0], {"1.2"}).kind == "lives"
    assert said.asked == [(1, ["1.1", "1.3"])]


def test_unchecked_task_is_told(judge_of):
    with pytest.raises(CourseError, match=r"Task 1\.2 judges nothing"):
        judge_of({"1.2": "not checked"})[0].failure(TASKS)


def test_failing_solution_is_told(judge_of):
    with pytest.raises(CourseError, match=r"The solution of lab 1 itself fails task 1\.1"):
        require_pass(judge_of({"1.1": "wrong"})[0])
