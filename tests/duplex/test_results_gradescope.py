"""One record as Gradescope reads it: no fault of the grader is a zero, no secret is told."""

from dataclasses import replace

from duplex import catalog
from duplex.release import trial
from duplex.results.gradescope import as_results
from tests.duplex.sample import DIAGNOSIS, record, submission


def test_each_task_is_a_test_with_what_to_do():
    told = as_results(record(t3=("wrong", "nobody heard\x1b[31m"), diagnoses={"4.3": DIAGNOSIS}))
    assert trial.faults(told) == [] and told["score"] == 8 and told["execution_time"] == 1.5
    third = told["tests"][2]
    assert (third["number"], third["score"], third["status"]) == ("4.3", 0, "failed")
    assert "Seen: Nobody heard\\x1b[31m" in third["output"]
    assert "Read on: notebooks/08_groups_and_layers.ipynb" in third["output"]
    assert told["tests"][0]["output"] == "Passed." and third["visibility"] == "visible"


def test_what_was_not_judged_has_no_score():
    told = as_results(record(t1="grader error", t2="not checked"))
    assert trial.faults(told) == [] and told["extra_data"]["undecided"] == ["4.1", "4.2"]
    assert all("score" not in test and "status" not in test for test in told["tests"][:2])
    assert "could not judge 4.1, 4.2" in told["output"] and told["score"] == 7


def test_a_hidden_task_is_hidden(monkeypatch):
    lab = catalog.lab(4)
    tasks = (replace(lab.tasks[0], hidden="after_published"), *lab.tasks[1:])
    hiding = replace(lab, tasks=tasks)
    for module in ("words", "gradescope"):
        monkeypatch.setattr(f"duplex.results.{module}.lab", lambda number: hiding)
    told = as_results(record(t1=("wrong", "the secret"), diagnoses={"4.1": DIAGNOSIS}))
    assert told["tests"][0]["visibility"] == "after_published"
    assert "secret" not in str(told) and "group_add" not in str(told)


def test_what_could_not_be_read_says_why():
    broken = submission(problem="ada.zip is no archive; ask for a zip.")
    assert "ask for a zip" in as_results(record(broken, each="not submitted"))["output"]
