"""Every row of the table of exceptions explains one that was seen, at the right line."""

import re

import pytest

from duplex import catalog
from duplex.catalog import ROOT
from duplex.diagnosis import errors
from duplex.diagnosis.code import Code, Place
from duplex.diagnosis.diagnose import Doctor, tells_of
from duplex.diagnosis.evidence import Evidence
from duplex.diagnosis.raised import Raised, raised, uncaught
from duplex.diagnosis.signs import Rule, Sign
from duplex.verdict import TaskVerdict
from tests.duplex.exceptions import CASES, CONSUMER

FRAME = '  File "chat/x.py", line {}, in f\n    {}\n'
HEAD = 'Traceback (most recent call last):\n  File "/lib/y.py", line 7, in g\n    await f()\n'


def evidence(log: str, message: str = "it broke", **more: str) -> Evidence:
    told = {"log": log} | more
    return Evidence(TaskVerdict("2.4", "Greet", "wrong", 0, 1, message, evidence=told))


def line_with(text: str, mark: str) -> int:
    """Return the number of the line that ends with a mark; 0 when there is none."""
    return next((at for at, one in enumerate(text.splitlines(), 1) if one.endswith(mark)), 0)


def happened(folder, file: str, last: str, text: str) -> tuple[Code, list[Raised]]:
    """Write a project of one file, and read what its log ends with."""
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    came = line_with(text, "# raised")
    frame = FRAME.format(came, text.splitlines()[came - 1].strip()) if came else ""
    warned = last.startswith("RuntimeWarning")
    found = raised(evidence(f"{last}\n" if warned else f"{HEAD}{frame}{last}\n"))
    return Code(folder), found


@pytest.mark.parametrize(
    ("file", "last", "text", "name"), CASES, ids=[one[1][:60] for one in CASES]
)  # fmt: skip
def test_row_explains(tmp_path, file, last, text, name):
    code, found = happened(tmp_path, file, last, text)
    told = errors.explain(code, found, ())
    assert told.name.startswith(name)
    at = line_with(text, "# here") or line_with(text, "# raised")
    assert told.place == (Place(file, at) if at else None)


def test_every_row_has_its_case(tmp_path):
    """Each row is the first to fit somewhere, and none stands behind another for nothing."""
    reached = [errors.fitting_row(code, found[0])[0] for code, found in
               (happened(tmp_path, *one[:3]) for one in CASES)]  # fmt: skip
    assert [row.fits for row in errors.TABLE if row not in reached] == []


def test_rows_read_on_in_notebooks():
    """Each section exists that a row names."""
    texts = {path.stem: path.read_text("utf-8") for path in (ROOT / "notebooks").glob("*.ipynb")}
    for row in filter(lambda row: row.read, errors.TABLE):
        notebook, _, section = row.read.partition("#")
        assert f"# {section}" in texts[notebook], row.read


def test_own_library_is_silent(tmp_path):
    """What no line of the project had a part in is not explained: it may be the computer's."""
    code, found = happened(tmp_path, "chat/x.py", "KeyError: 'text'", "x = 1")
    assert found[0].line == "KeyError: 'text'"
    assert errors.explain(code, found, ()) is None


def test_unknown_exception_has_no_row(tmp_path):
    code, found = happened(tmp_path, "chat/x.py", "ZeroDivisionError: no", "1 / 0  # raised")
    assert errors.explain(code, found, ()) is None
    assert found[0].place() == Place("chat/x.py", 1)


CHAIN = (
    f"{HEAD}{FRAME.format(3, 'raise BadFrame')}chat.inputs.BadFrame: no\n\nDuring handling of the "
    f"above exception, another exception occurred:\n\n{HEAD}{FRAME.format(9, 'dumps(error)')}"
    "  File \"/lib/json.py\", line 2, in dumps\nTypeError: no JSON\n"
)


@pytest.mark.parametrize("log", [CHAIN, CHAIN[60:].replace("    raise", "[…]\n    raise")])
def test_handled_exception_is_left_out(log):
    assert raised(evidence(log))[0].line == "TypeError: no JSON"
    assert "BadFrame" not in uncaught(log)
    assert "TypeError: no JSON" in uncaught(log)


def test_edited_file_comes_first():
    frames = FRAME.format(3, "f()") + FRAME.format(9, "g()").replace("x.py", "given.py")
    one = raised(evidence(f"{HEAD}{frames}KeyError: 1\n"))[0]
    assert one.place() == Place("chat/given.py", 9)
    assert one.place(["chat/x.py"]) == Place("chat/x.py", 3)


@pytest.mark.parametrize(
    ("message", "line", "place"),
    [
        ("The project did not start: ImproperlyConfigured: Cannot find 'app'.",
         "ImproperlyConfigured: Cannot find 'app'", None),
        ("The project did not start: SyntaxError: expected ':' (chat/x.py, line 6).",
         "SyntaxError: expected ':'", Place("chat/x.py", 6)),
    ],
)  # fmt: skip
def test_failed_start_is_evidence(message, line, place):
    for log in ("", "[…]\nwarm parent\n", f"{HEAD}AttributeError: no\n"):
        one = raised(evidence(log, message, error="StartFailed"))[0]
        assert (one.line, one.place()) == (line, place)


def test_message_of_a_client_is_no_exception():
    assert raised(evidence("", "the answer: saw Error: no; should see 1")) == []


def test_never_awaited_explains_what_follows(tmp_path):
    """`accept` without `await` is why nothing can be sent."""
    text = CONSUMER + " async def connect(self):\n  self.accept()\n  await self.send('')  # raised"
    code, found = happened(tmp_path, "chat/x.py", "ValueError: Socket has not been accepted", text)
    warned = raised(evidence("/lib/y.py:3: RuntimeWarning: coroutine 'C.accept' was never awaited"))
    told = errors.explain(code, [*found, *warned], ())
    assert (told.name, told.place.line) == ("`C.accept` is called without `await`", 4)


def bad_json(log: str, folder=None):
    """Diagnose task 3.3, of which a client saw the connection end."""
    lab = catalog.lab(3)
    told = {"test": "test_only_json_objects", "saw": "a close frame with code 1011", "log": log}
    verdict = TaskVerdict("3.3", "Believe no frame", "wrong", 0, 1, "it broke", evidence=told)
    return Doctor(lab, folder or lab.folder("solutions")).diagnosis(verdict)


def test_exception_comes_before_what_ignores_it():
    """BadFrame was caught; what ended the connection is another exception, which JSON tells of."""
    last = "TypeError: Object of type BadFrame is not JSON serializable"
    found = bad_json(CHAIN.replace("TypeError: no JSON", last).replace("chat/x", "chat/inputs"))
    assert [one.name for one in found.causes] == ["An exception is put into JSON"]
    assert (found.causes[0].id, found.look) == (last, "chat/inputs.py, line 9")
    assert found.causes[0].read == "07_consumers#5 · Text, binary, JSON"


def test_known_mistake_that_tells_of_the_log_comes_first():
    found = bad_json(f"{HEAD}{FRAME.format(3, 'raise BadFrame()')}chat.inputs.BadFrame: no\n")
    assert found.causes[0].id == "bad_frame_not_caught"


def test_place_of_work_explains_no_exception():
    """That somebody worked in the line that failed is no sign of a known mistake."""
    read = Code(catalog.lab(3).folder("solutions"))
    (place,) = Rule("written", (("task", "3.1"),)).places(read)
    log = f'{HEAD}  File "{place.file}", line {place.line}, in f\n    x\nKeyError: 1\n'
    told = evidence(log)
    at = Rule("written", (("task", "3.1"),))
    assert not tells_of(Sign((), at=(at,)), told, raised(told)[0], read)


def test_unknown_exception_is_evidence():
    found = bad_json(f"{HEAD}{FRAME.format(3, '1 / 0')}ZeroDivisionError: division by zero\n")
    assert (found.sure, found.look) == (False, "chat/x.py, line 3")
    assert found.blamed == "ZeroDivisionError: division by zero"


@pytest.mark.parametrize(("file", "sure"), [("chat/members.py", False), ("chat/x.py", True)])
def test_sign_does_not_guess_beside_an_exception(monkeypatch, file, sure):
    """A sign that ignores what the student's own line raised is not told."""
    doctor = Doctor(catalog.lab(3), catalog.lab(3).folder("solutions"))
    mistake = next(one for one, _ in doctor.known if one.id == "bad_json_ends_connection")
    sign = Sign((("saw", re.compile("it")),))
    monkeypatch.setattr(doctor, "_fitting", lambda evidence: [(mistake, sign)])
    log = f"{HEAD}{FRAME.format(3, '1 / 0')}ZeroDivisionError: no\n".replace("chat/x.py", file)
    told = {"test": "test_x", "saw": "it", "log": log}
    verdict = TaskVerdict("3.1", "Leave", "wrong", 0, 1, "it broke", evidence=told)
    assert doctor.diagnosis(verdict).sure == sure


def test_task_that_was_not_begun_has_no_exception():
    log = f"{HEAD}{FRAME.format(3, 'data[0]')}KeyError: 'text'\n"
    assert bad_json(log, folder=catalog.lab(3).folder()) is None
    assert bad_json(log).causes[0].read == "07_consumers#Task 3.3 · Believe no frame"
