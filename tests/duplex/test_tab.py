"""A page that a notebook drives: its scripts, its errors, and its end."""

import asyncio
import os
import signal
import subprocess
import sys

import psutil
import pytest

from duplex import catalog
from duplex.browser import find_browser
from duplex.deadline import wait_until
from duplex.errors import CourseError
from duplex.notebook.tab import ScriptError, Tab

pytestmark = pytest.mark.skipif(find_browser() is None, reason="no browser on this computer")
PAGE = "data:text/html,<title>A page</title><h1>hello</h1>"
OWNER = f"""
import psutil
from duplex.notebook.tab import Tab
tab = Tab({PAGE!r})
tab.run("return 1")
print(*[child.pid for child in psutil.Process().children(recursive=True)], flush=True)
tab.run("for (;;) await new Promise((resolve) => setTimeout(resolve, 5))")
"""


@pytest.fixture(scope="module")
def tab():
    with Tab(PAGE) as tab:
        yield tab


def test_script_returns_values(tab):
    assert tab.run("return { title: document.title, list: [1, 'è'] }") == {
        "title": "A page", "list": [1, "è"]
    }  # fmt: skip


def test_script_may_await(tab):
    assert tab.run("return await Promise.resolve(7)") == 7


def test_page_lives_on(tab):
    tab.run("window.kept = 1")
    assert tab.run("return window.kept") == 1


def test_running_loop_does_not_matter(tab):
    async def in_a_kernel():
        return tab.run("return 1")

    assert asyncio.run(in_a_kernel()) == 1


@pytest.mark.parametrize(
    ("script", "said"),
    [("nowhere()", "ReferenceError: nowhere"), ("return [1", "SyntaxError"), ("throw 'x'", "x")],
)
def test_script_error_is_told(tab, script, said):
    with pytest.raises(ScriptError, match=said) as told:
        tab.run(script)
    assert told.value._render_traceback_()[0].startswith("In the page: ")
    assert tab.run("return 1") == 1


def test_element_is_pictured(tab):
    assert tab.screenshot("h1").startswith(b"\x89PNG\r\n")


def test_busy_page_is_closed():
    with Tab(PAGE, patience=0.5) as tab:
        with pytest.raises(CourseError, match="busy for .* seconds"):
            tab.run("for (;;);")
        assert tab.run("return 1") == 1  # in a new browser


def test_missing_page_is_told():
    with Tab("http://127.0.0.1:1/") as tab, pytest.raises(CourseError, match="ERR_"):
        tab.run("return 1")


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ there")
def test_browser_ends_with_kernel():
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        cwd=catalog.ROOT, start_new_session=True,
    )  # fmt: skip
    with owner:
        started = [int(word) for word in owner.stdout.readline().split()]
        os.killpg(owner.pid, signal.SIGKILL)
        owner.wait(30)
    assert len(started) > 2
    assert wait_until(lambda: not any(map(lives, started)), 20)


def lives(pid):
    """Tell whether a process runs (a zombie does not)."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
