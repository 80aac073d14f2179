"""Cases that are opened, run, repaired and checked; the notebook does so with all of them."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from duplex import catalog, clinic
from duplex.deadline import wait_until
from duplex.measure.opened import Opened
from duplex.measure.ward import Ward
from duplex.notebook import clinic as notebook
from duplex.notebook.lines import changes, marked

KILLED = """
import os, signal
from duplex.measure.ward import kept_folder
with kept_folder('duplex-test-') as folder:
    print(folder, flush=True)
    os.killpg(0, signal.SIGKILL)  # as Jupyter ends a kernel
"""


@pytest.fixture(scope="module")
def ward():
    with Ward() as ward:
        yield ward


@pytest.mark.parametrize("name", ["class_misspelt", "room_as_group", "no_handler"])
def test_case_fails_and_is_cured(ward, name):
    opened = Opened(clinic.case(name), ward)
    assert clinic.compare(opened.case.broken, opened.run()) == []
    assert opened.check()[1] != []
    opened.repair()
    assert opened.check()[1] == []


def test_cure_by_hand_counts(ward):
    opened = Opened(clinic.case("url_router"), ward)
    file = opened.folder / "chat" / "consumers.py"
    right = 'self.scope["url_route"]["kwargs"]["room"]'
    file.write_text(file.read_text("utf-8").replace(
        'self.scope["url_router"]["kwargs"]["group"]', f"str({right})"), "utf-8")  # fmt: skip
    assert opened.check()[1] == []


def test_case_that_does_not_fail_is_told(ward):
    opened = Opened(clinic.case("order"), ward)
    opened.repair()
    opened._as_opened = opened.texts()
    with pytest.raises(AssertionError, match="Case 43 does not fail as listed"):
        opened.run()


def test_next_case_is_visited_ahead(ward):
    opened = Opened(clinic.case("no_route"), ward)
    with ThreadPoolExecutor(1) as pool:
        opened.run_ahead(pool)
    assert opened._ahead.result() is opened.run()
    assert opened._ahead is None and clinic.compare(opened.case.broken, opened.run()) == []


def test_edited_case_is_visited_anew(ward):
    opened = Opened(clinic.case("no_route"), ward)
    with ThreadPoolExecutor(1) as pool:
        opened.run_ahead(pool)
    notebook.Bedside(opened).replace("chat/routing.py", "<str:room>/", "<str:room>")
    assert opened.run() == {"the handshake": "101, open", "the log": "quiet"}


def test_readers_edits_are_kept(monkeypatch, ward):
    monkeypatch.setattr(notebook, "_kept", {"ward": ward, "pool": None, "ahead": {}})
    file = Opened(clinic.case("no_layer"), ward).folder / "mine.py"
    file.write_text("", "utf-8")
    notebook.open_case("no_route")
    assert file.exists() and notebook._kept["ahead"] == {}


def test_replacing_what_is_not_there_is_told(ward):
    with pytest.raises(ValueError, match="holds no 'url_rooter'"):
        notebook.Bedside(Opened(clinic.case("url_router"), ward)).replace(
            "chat/consumers.py", "url_rooter", "url_route"
        )


def test_events_are_recorded(ward):
    opened = Opened(clinic.case("closed_before_accept"), ward)
    before = opened.texts()
    events = opened.events()
    assert events[0] == ("in", "{'type': 'websocket.connect'}")
    assert events[1] == ("out", "{'type': 'websocket.close', 'code': 4001}")
    assert opened.texts() == before


def test_warning_needs_verbosity(ward):
    opened = Opened(clinic.case("not_awaited"), ward)
    assert opened.warnings("daphne -v 1") == []
    assert "was never awaited" in opened.warnings("daphne -v 2")[0]
    assert "was never awaited" in opened.warnings("python -W error -m daphne -v 1")[0]


def test_faulty_line_is_marked(ward):
    opened = Opened(clinic.case("not_awaited"), ward)
    lines = marked(clinic.PROJECT, opened.folder).splitlines()
    (faulty,) = [line for line in lines if line.startswith(">")]
    assert faulty.endswith("self.channel_layer.group_add(self.group, self.channel_name)")


def test_missing_line_is_marked(ward):
    opened = Opened(clinic.case("never_accepted"), ward)
    assert "← something is missing here" in marked(clinic.PROJECT, opened.folder)


def test_missing_redis_is_told(ward, monkeypatch, capsys):
    monkeypatch.setattr(notebook, "find_redis", lambda: None)
    case = notebook.Bedside(Opened(clinic.case("dead_members"), ward))
    case.run()
    assert case.check()
    assert case.monitor() == [notebook.NO_REDIS]
    assert capsys.readouterr().out == 2 * f"{notebook.NO_REDIS}\n"


def test_verdict_is_told(ward, capsys):
    case = notebook.Bedside(Opened(clinic.case("url_router"), ward))
    assert not case.check()
    told = capsys.readouterr().out
    assert told.startswith(
        "Case 10 is not cured yet (the handshake: HTTP 500 (expected: 101, open)"
    )


def test_changes_are_shown():
    assert "-b\n+c" in changes({"x.py": "a\nb\n"}, {"x.py": "a\nc\n"})
    assert changes({"x.py": "a"}, {"x.py": "a"}) == "Nothing was changed."


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="Windows has no process groups")
def test_folder_goes_with_its_process():
    done = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=catalog.ROOT, stdout=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    folder = Path(done.stdout.decode().strip())
    assert folder.name.startswith("duplex-test-")
    assert wait_until(lambda: not folder.exists())


def test_ward_leaves_nothing():
    with Ward() as ward:
        home = Opened(clinic.case("url_router"), ward).folder
        assert home.is_dir()
    assert not home.exists()
