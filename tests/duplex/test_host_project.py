"""How a served project's process differs from Daphne's usual one: it looks for failures often."""

import importlib.util
from pathlib import Path

import pytest
from twisted.internet.task import Clock

from duplex.nursery import HOST


@pytest.fixture
def clock(monkeypatch):
    """A reactor's clock that stands still, and was told to look for failures often."""
    monkeypatch.syspath_prepend(str(HOST))  # where its own modules are
    spec = importlib.util.spec_from_file_location("host_project", HOST / "host_project.py")
    host = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(host)
    clock = Clock()
    host.report_failures_at_once(clock)
    return clock


def test_failures_told_soon(clock):
    looked = []

    def application_checker():
        looked.append(clock.seconds())

    clock.callLater(1, application_checker)
    clock.advance(0.1)
    assert looked


def test_other_calls_keep_time(clock):
    called = []
    clock.callLater(1, called.append, "on time")
    clock.advance(0.9)
    assert called == []
    clock.advance(0.1)
    assert called == ["on time"]


def test_daphne_still_looks_so():
    folder = Path(importlib.util.find_spec("daphne").submodule_search_locations[0])
    assert "callLater(1, self.application_checker)" in (folder / "server.py").read_text("utf-8")
