"""The playground judges as `duplex check` does: here without a browser, by this Python.

A few known mistakes are compared. DUPLEX_EVERY_MISTAKE names the labs, such as "2 3" or "all", of
which all are that are made in files which the playground edits; with DUPLEX_PLAYGROUND=1, Chromium
judges, as for a reader.
"""

import os
import re

import pytest

from duplex import catalog, mistakes
from duplex.diagnosis import telling
from duplex.diagnosis.diagnose import Doctor
from duplex.site import playground, pyodide
from duplex.site.build import _pyodide
from duplex.worker import grade
from tests.course import engines
from tests.course.thorough import names

LABS = [catalog.named(name) for name in playground.labs()]
FEW = {
    "bytes_as_text", "http_missing", "deep_nesting_ends_connection", "error_ends_connection",
    "discard_not_awaited", "author_of_the_frame", "after_included", "keys_in_memory",
    "process_as_text", "turn_taken_too_late",
}  # fmt: skip
IN_CHROMIUM = FEW | {  # which end late, or are seen by a second server, or by a kill
    "same_page_for_ever", "acknowledged_too_early", "gaps_are_not_seen", "parent_named",
    "only_the_newest", "refusal_not_caught", "hears_while_away", "setting_with_colon",
    "no_answer_to_handshake",
}  # fmt: skip
BY_CHANCE = {  # what a client sees first; whether the server has told its error by then
    "newest_member_first": "message", "one_group_for_all": "message", "bytes_as_text": "cause",
    "no_return_for_stranger": "message", "no_return_for_uninvited": "message",
}  # fmt: skip
LOCK = (
    "This needs a second thread, which waits for a locked database, so it is judged on your own "
    "computer."
)
RUNSERVER = "This needs `manage.py runserver`, so it is judged on your own computer."
BROWSER = "This is judged in a browser that the kit starts, on your own computer."
ABSENT = {  # what is not wholly checked in a page, and what it says of that
    "2.1": RUNSERVER, "6.1": LOCK, "6.2": LOCK, "6.3": LOCK, "6.7": BROWSER, "6.8": BROWSER,
}  # fmt: skip
UNSEEN = {  # of these tasks' mistakes, those that only show where nothing is checked
    "channels_instead_of_daphne", "daphne_missing", "daphne_too_late", "files_not_served",
    "no_asgi_application", "setting_names_wsgi", "setting_with_colon",
    "look_before_you_store", "number_read_outside", "read_then_write", "turn_taken_too_late",
}  # fmt: skip
SEEN_LATER = {  # the command shows what a locked database brings to light, the page another test
    "acknowledged_too_early", "counted_in_memory", "database_beside_the_code", "keys_in_memory",
}  # fmt: skip
SYNC = """
from asgiref.sync import async_to_sync
from channels.generic.websocket import WebsocketConsumer


class EchoConsumer(WebsocketConsumer):
    def connect(self):
        self.accept()


NoSuchPath = EchoConsumer
"""


def known():
    """Yield the mistakes to compare."""
    few = IN_CHROMIUM if os.environ.get("DUPLEX_PLAYGROUND") else FEW
    for lab in LABS:
        every = names("DUPLEX_EVERY_MISTAKE", lab)
        edits = {path for path in lab.edits if path.endswith(".py")}
        for one in mistakes.load(lab):
            if (every or one.id in few) and {edit.file for edit in one.edits} <= edits:
                yield pytest.param(lab, one, id=f"{lab.name[:5]}-{one.id}")


@pytest.fixture(scope="module")
def judged(request, tmp_path_factory):
    """Judge as a page does: judged(lab, tasks, files) returns its verdicts, as it tells them."""
    if not os.environ.get("DUPLEX_PLAYGROUND"):
        engine = engines.process(tmp_path_factory.mktemp("page"))
    elif not (request.getfixturevalue("site") / "_static/playground/manifest.json").is_file():
        pytest.skip("The site was built without the playground: Pyodide's package is not here.")
    else:
        engine = engines.chromium(*map(request.getfixturevalue, ("browser", "url")))
    with engine as judge:
        yield judge


def texts(folder) -> dict[str, str]:
    """Return the files of a project that a page would have."""
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8")
            for path in folder.rglob("*") if path.suffix in (".py", ".html")}  # fmt: skip


def said(verdict: str, message: str, should: str, cause: str, lines: list) -> dict:
    """Return what is to be equal: of figures, and of a channel's name, only that there are some."""
    blurred = re.sub(r"\d+(\.\d+)?", "0", re.sub(r"(inmemory!)\w+", r"\1", message))
    return {"verdict": verdict, "message": blurred, "should": should, "cause": cause,
            "lines": [list(line) for line in lines]}  # fmt: skip


@pytest.mark.parametrize(("lab", "mistake"), list(known()))
def test_judged_as_by_the_command(lab, mistake, judged, copy_of, monkeypatch):
    folder, tasks = copy_of(lab), [one.id for one in lab.tasks if one.id == mistake.task]
    mistakes.apply(mistake, folder)
    monkeypatch.setattr(telling, "_line", lambda lines, *line: lines.append(line))
    [shown] = judged(lab, tasks, texts(folder))
    if mistake.id in UNSEEN:
        assert (shown["verdict"], shown["message"]) == ("not checked", ABSENT[mistake.task])
        return
    [found], lines = grade(lab, folder, tasks), []
    telling.say_diagnosis(lines, Doctor(lab, folder).try_diagnosis(found), {})
    assert mistake.name in str(lines)
    names = ("verdict", "message", "should", "cause")
    page = said(*(shown[one] for one in names), shown["lines"])
    command = said(*(getattr(found, one) for one in names), lines)
    if mistake.id in SEEN_LATER:
        page, command = ({"lines": one["lines"]} for one in (page, command))
    if chance := BY_CHANCE.get(mistake.id):
        command[chance] = page[chance]
    assert page == command


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)
def test_solution_passes_in_page(lab, judged, copy_of):
    found = judged(lab, None, texts(copy_of(lab)))
    assert [one["task"] for one in found] == [task.id for task in lab.tasks]
    for one in found:
        absent = ABSENT.get(one["task"])
        should = ("not checked", absent) if absent else ("passed", "")
        assert (one["verdict"], one["message"]) == should, one


def test_second_thread_is_missed(judged, copy_of):
    lab = catalog.lab(2)
    files = texts(copy_of(lab)) | {"chat/consumers.py": SYNC}
    [found] = judged(lab, ["2.4"], files)
    assert found["verdict"] == "not checked"
    assert found["message"] == (
        "This needs a second thread for `async_to_sync`, so it is judged on your own computer."
    )


def test_no_playground_without_npm(monkeypatch, tmp_path):
    monkeypatch.setattr(pyodide, "KEPT", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    told = []
    assert _pyodide(told.append) is None
    assert len(told) == 1 and "without the playground: there is no npm here" in told[0]
