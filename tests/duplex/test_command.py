"""Commands of manage.py: typed alone or forked from the warm parent, the same comes."""

import shutil

import pytest

from duplex import clinic, wire
from duplex.measure.command import command
from duplex.project import copy, remove
from duplex.server import CAN_FORK, Server, serve

ASK = """
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("name")

    def handle(self, name, **_):
        print(input(f"What is {name}? "))
        raise RuntimeError("enough")
"""
WAYS = [pytest.param(True, marks=pytest.mark.skipif(not CAN_FORK, reason="no fork"), id="forked"),
        pytest.param(False, id="alone")]  # fmt: skip


@pytest.fixture
def folder():
    """A copy of the clinic's project, with a command of its own."""
    folder = copy(clinic.PROJECT)
    commands = folder / "chat" / "management" / "commands"
    commands.mkdir(parents=True, exist_ok=True)
    (commands / "ask.py").write_text(ASK, "utf-8")
    yield folder
    remove(folder)


@pytest.mark.parametrize("warm", WAYS)
def test_command_asks_and_fails(folder, warm, nursery):
    printed = command(folder, "ask", "tea", nursery=nursery if warm else None, answers="hot\n")
    assert printed.startswith("What is tea? hot\nTraceback")
    assert printed.strip().endswith("RuntimeError: enough")


@pytest.mark.parametrize("warm", WAYS)
def test_database_comes_along(folder, warm, nursery, monkeypatch):
    monkeypatch.setattr(Server, "forks", warm)
    command(folder, "migrate", "--verbosity", "0", nursery=nursery)
    kept = shutil.copy(folder / "db.sqlite3", folder.parent)
    with serve(folder, "daphne", nursery=nursery, database=kept) as server:
        page = wire.Http(server.address).get("/enter/?name=ada")
    assert page.body == b"Hello, ada."


def test_options_reach_daphne(folder, nursery):
    options = ["--server-name", "Tea"]
    with serve(folder, "daphne", nursery=nursery, options=options) as server:
        assert wire.Http(server.address).get("/process/").headers["Server"] == "Tea"
