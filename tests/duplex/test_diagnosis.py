"""A diagnosis reads code that nobody executes, and says what the evidence carries and no more."""

import io
import re

import pytest
from rich.console import Console

from duplex import catalog
from duplex.diagnosis import diagnose, shapes, signs, telling
from duplex.diagnosis.code import Code, Place
from duplex.diagnosis.diagnose import Cause, Diagnosis, Doctor
from duplex.diagnosis.evidence import Evidence
from duplex.errors import CourseError
from duplex.table import Table
from duplex.verdict import TaskVerdict

CONSUMER = """
from channels.generic.websocket import AsyncWebsocketConsumer as Base
import time as t
from time import sleep as nap

class Echo(Base):
    async def connect(it):
        await it.open()
    async def open(this):
        await this.accept()
        this.send("hello")
        nap(1)
    async def receive(self, text_data=None):
        print("left {}".format(text_data.strip()))
"""


@pytest.fixture
def code(tmp_path):
    """Write files and read them as a project: code(name=text, …); `a__b` is a/b.py."""

    def write(**files: str) -> Code:
        for name, text in files.items():
            path = tmp_path / (name.replace("__", "/") + ".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return Code(tmp_path)

    return write


def found(code: Code, rule: str, **parameters: str) -> list[str]:
    assert shapes.fault(rule, parameters) == ""
    return [str(one) for one in shapes.places(code, rule, parameters)]


def test_code_is_never_executed(code, tmp_path):
    code(evil=f"open({str(tmp_path / 'trace')!r}, 'w')")
    assert not (tmp_path / "trace").exists()


def test_broken_file_is_left_out(code):
    assert list(code(good="x = 1", bad="def (", nul="\0").modules) == ["good"]


def test_names_follow_imports(code):
    read = code(chat__a="from chat.b import nap\nnap(1)", chat__b="from time import sleep as nap",
                chat__c="from .b import nap\nnap(2)")  # fmt: skip
    for name in ("chat.a", "chat.c"):
        module = read.modules[name]
        assert read.name(module.tree.body[1].value.func, module) == "time.sleep"


def test_circle_of_names_ends(code):
    read = code(a="from b import x\nx()", b="from a import x")
    module = read.modules["a"]
    assert read.name(module.tree.body[1].value.func, module)


def test_consumers_have_ancestors(code):
    read = code(a=CONSUMER, b="from a import Echo\nclass Deep(Echo): pass\nclass Plain: pass")
    assert sorted(one.name for one in read.consumers) == ["a.Echo", "b.Deep"]


def test_unawaited_call_is_seen(code):
    assert found(code(a=CONSUMER), "not_awaited", call="send") == ["a.py, line 11"]
    assert found(code(a=CONSUMER), "not_awaited", call="send", inside="receive") == []


def test_sync_consumer_awaits_nothing(code):
    sync = CONSUMER.replace("AsyncWeb", "Web").replace("async ", "").replace("await ", "")
    assert found(code(a=sync), "not_awaited", call="send") == []
    assert found(code(a=sync), "blocking") == []


def test_blocking_call_is_seen(code):
    assert found(code(a=CONSUMER), "blocking") == ["a.py, line 12"]


def test_helpers_are_followed(code):
    read = code(a=CONSUMER)
    assert found(read, "method_lacks_call", method="connect", call="accept") == []
    assert found(read, "method_lacks_call", method="connect", call="close") == ["a.py, line 7"]
    assert found(read, "call_before", method="connect", first="accept", then="send")
    assert not found(read, "call_before", method="connect", first="send", then="accept")


def test_missing_parameter_is_seen(code):
    read = code(a=CONSUMER)
    assert found(read, "lacks_parameter", method="receive", parameter="bytes_data")
    assert not found(read, "lacks_parameter", method="receive", parameter="text_data")


@pytest.mark.parametrize("python", ["_.strip()", "_.strip(...)", "print(_)", "time.sleep(_)"])
def test_pattern_fits(code, python):
    assert found(code(a=CONSUMER), "pattern", python=python)


@pytest.mark.parametrize("python", ["_.lower()", "print()", "_.strip(_)", "t.sleep(_)"])
def test_pattern_does_not_fit(code, python):
    assert found(code(a=CONSUMER), "pattern", python=python) == []


def test_comment_is_no_text(code, tmp_path):
    read = code()
    (tmp_path / "a.js").write_text("// fetch()\n/* fetch() */\nx = 'http://a'; send();\n")
    assert found(read, "text", files="*.js", regex=r"fetch\(") == []
    assert found(read, "text", files="*.js", regex=r"send\(") == ["a.js, line 3"]


def failed(saw="it", log="", message="", cause="") -> TaskVerdict:
    evidence = {"test": "test_x", "saw": saw, "wanted": "that", "where": "then", "log": log}
    return TaskVerdict("2.4", "Greet", "wrong", 0, 1, message, "", cause, evidence)


TRACE = (
    'Traceback (most recent call last):\n  File "/lib/x.py", line 1, in f\n'
    '  File "chat/a.py", line 7, in g\n  File "/lib/y.py", line 2, in h\nKeyError: 1\n'
)


@pytest.mark.parametrize(
    ("log", "words", "place"),
    [
        (TRACE, "KeyError: 1", Place("chat/a.py", 7)),
        ("chat/b.py:9: RuntimeWarning: never awaited\n", "never", Place("chat/b.py", 9)),
        ("/lib/b.py:9: RuntimeWarning: never awaited\n", "never", None),
        ("KeyError: 1", "KeyError", None),
        ("", "KeyError", None),
    ],
)
def test_log_blames_a_line(log, words, place):
    assert Evidence(failed(log=log)).blamed(re.compile(words)) == place


def sign(tmp_path, **data) -> signs.Sign:
    return signs.read_sign(Table(tmp_path / "x.toml", "sign number 1: ", data))


def test_sign_needs_all_conditions(tmp_path, code):
    read, both = code(a=CONSUMER), sign(tmp_path, saw="^it$", log="Error")
    assert both.holds(Evidence(failed(log=TRACE)), read)
    assert not both.holds(Evidence(failed()), read)
    assert not both.holds(Evidence(failed("a bit", log=TRACE)), read)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "code alone is no sign"),
        ({"shape": [{"rule": "blocking"}]}, "code alone is no sign"),
        ({"saw": "("}, "is no regular expression"),
        ({"saw": "x", "shape": [{"rule": "nothing"}]}, "names no rule 'nothing'"),
        ({"saw": "x", "shape": [{"rule": "not_awaited"}]}, "uses not_awaited wrongly"),
        ({"saw": "x", "shape": ["blocking"]}, "must be tables"),
        ({"saw": "x", "sow": "y"}, "'sow' is unknown"),
    ],
)
def test_slip_in_sign_is_told(tmp_path, data, words):
    with pytest.raises(CourseError, match=re.escape(words)):
        sign(tmp_path, **data)


def said(*diagnoses) -> list[str]:
    out, told = io.StringIO(), {}
    for one in diagnoses:
        telling.say_diagnosis(Console(file=out, width=200), one, told)
    return [line.strip() for line in out.getvalue().splitlines()]


CAUSE = Cause("a", "Not awaited", "It must be.", "06_x#Task 2.4 · Greet", Place("a.py", 3), "2.4")


def test_first_cause_is_told_whole():
    assert said(Diagnosis("2.4", (CAUSE,)), Diagnosis("2.5", (CAUSE,))) == [
        "Likely: Not awaited (a.py, line 3).", "It must be.",
        "Read on: notebooks/06_x.ipynb, “Task 2.4 · Greet”", "Likely: the same as in task 2.4.",
    ]  # fmt: skip


def test_unsure_shows_the_evidence():
    assert said(Diagnosis("2.4", (), Place("a.py", 3))) == [
        "Not sure: no known mistake fits. The last error came from a.py, line 3."
    ]
    assert said(Diagnosis("2.4", (), Place("a.py", 3), "KeyError: 1")) == [
        "Not sure: no known mistake fits. What happened is “KeyError: 1”, in a.py, line 3."
    ]
    assert "log: “KeyError: 1”." in said(Diagnosis("2.4", (), None, "KeyError: 1"))[0]
    assert "tells of no error" in said(Diagnosis("2.4", ()))[0]
    assert said(None) == []


def test_other_cause_is_told_with_its_section():
    other = Cause("b", "Sent twice", "Once is enough.", "06_x#Echo", None, "2.5")
    assert said(Diagnosis("2.4", (CAUSE,)), Diagnosis("2.5", (other, CAUSE)))[3:] == [
        "Likely: Sent twice.", "Read on: notebooks/06_x.ipynb, “Echo”",
    ]  # fmt: skip


def test_diagnosis_is_data():
    data = telling.as_data(Diagnosis("2.4", (CAUSE,)))
    assert (data["sure"], data["causes"][0]["place"]) == (True, "a.py, line 3")
    data = telling.as_data(Diagnosis("2.4", (), Place("a.py", 3), "KeyError: 1"))
    assert (data["sure"], data["place"], data["blamed"]) == (False, "a.py, line 3", "KeyError: 1")


def test_right_code_is_not_diagnosed():
    lab = catalog.lab(2)
    passed = TaskVerdict("2.4", "Greet", "passed", 1, 1)
    assert diagnose.diagnose(lab, lab.folder("solutions"), [passed]) == {}
    assert Doctor(lab, lab.folder("solutions")).try_diagnosis(passed) is None


def test_fault_of_diagnosis_spoils_no_check(monkeypatch):
    doctor = Doctor(catalog.lab(2), catalog.lab(2).folder("solutions"))
    monkeypatch.setattr(doctor, "diagnosis", lambda verdict: 1 / 0)
    assert doctor.try_diagnosis(failed()) is None
