"""Cells in JavaScript, with a browser and without; and the way to a page inside JupyterLab."""

import atexit
import json

import psutil
import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from duplex.notebook import cells, lab
from duplex.notebook import run as notebooks


class Page:
    """Stands for a tab: remembers scripts, and answers with the number of them."""

    def __init__(self):
        self.scripts = []

    def run(self, script):
        self.scripts.append(script)
        return len(self.scripts)


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    yield shell
    atexit.unregister(shell.atexit_operations)
    shell.atexit_operations()


@pytest.fixture
def run(shell):
    def run(text):
        return shell.run_cell(text, store_history=False).raise_error()

    return run


@pytest.fixture
def browserless(monkeypatch):
    monkeypatch.setattr(cells, "find_browser", lambda: None)


@pytest.fixture
def present(monkeypatch):
    monkeypatch.setattr(cells, "find_browser", lambda: "chromium")


def test_cell_runs_in_page(shell, run, present):
    page = Page()
    cells.Browser(shell, page)
    run('%%browser seen\nreturn "a\\n";\n')
    assert page.scripts == ['return "a\\n";\n']
    assert shell.user_ns["seen"] == 1


def test_name_may_be_left_out(shell, run, present):
    page = Page()
    cells.Browser(shell, page)
    run("%%browser\nlog();\n")
    assert page.scripts == ["log();\n"]
    assert "" not in shell.user_ns


def test_absence_is_said_once_a_cell(shell, run, browserless, capsys):
    page = Page()
    cells.Browser(shell, page)
    run("%%browser seen\nreturn 1;\n")
    run("twice = [2 * one for one in seen]\nassert False")
    run("print(twice)")
    run("tab.close()")
    assert capsys.readouterr().out == f"{cells.NO_BROWSER}\n" * 4
    assert page.scripts == []


def test_other_cells_run_without_browser(shell, run, browserless):
    cells.Browser(shell, Page())
    run("%%browser seen\nreturn 1;\n")
    run("other = 3")
    run("seen = 4")  # a name of one's own is no longer missing
    run("total = seen + other")
    assert shell.user_ns["total"] == 7


def test_setup_may_run_again(shell, run, browserless, capsys):
    for _ in range(2):
        cells.Browser(shell, Page())
    run("tab.close()")
    assert capsys.readouterr().out == f"{cells.NO_BROWSER}\n"


def test_browser_leaves_other_wants_alone(shell, run, present, capsys):
    shell.ast_transformers.append(cells.Skip({"Redis"}, "No redis-server here."))
    cells.Browser(shell, Page())
    run("server = Redis()")
    assert capsys.readouterr().out == "No redis-server here.\n"


def test_other_wants_say_their_own(shell, run, capsys, monkeypatch):
    monkeypatch.setattr(cells, "find_redis", lambda: None)
    for _ in range(2):  # the set-up cell may run again
        cells.skip_without_redis(shell)
    run("redis = Redis()")
    run("print(redis.url)")
    assert capsys.readouterr().out == f"{cells.NO_REDIS}\n" * 2


@pytest.fixture
def runtime(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))

    def note(name, **what):
        (tmp_path / name).write_text(json.dumps(what), "utf-8")

    return note


def test_proxy_of_own_server(runtime):
    runtime("jpserver-1.json", pid=1_000_000_000, base_url="/other/")
    runtime("jpserver-2.json", pid=psutil.Process().ppid(), base_url="/user/ann/")
    assert lab.proxied(8001) == "/user/ann/proxy/8001/"


def test_no_proxy_outside_jupyter(runtime, tmp_path):
    runtime("jpserver-1.json", pid=1_000_000_000, base_url="/other/")
    (tmp_path / "jpserver-3.json").write_text("{", "utf-8")  # being written
    assert lab.proxied(8001) is None


def test_comparison_leaves_javascript_out(monkeypatch, tmp_path, capsys):
    (tmp_path / "04_x.ipynb").write_text("%%browser seen", "utf-8")
    monkeypatch.setattr(notebooks, "find_browser", lambda: None)
    assert notebooks.check([tmp_path / "04_x.ipynb"]) == 0
    assert "04_x.ipynb is not compared" in capsys.readouterr().out
