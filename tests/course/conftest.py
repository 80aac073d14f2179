"""Copies of solutions to spoil, and how a grader judges them.

A change that makes one task fail is judged by that task. DUPLEX_EVERY_TASK names the labs of which
every task judges every change, such as "1 2" or "all"; that takes minutes.
"""

import os
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from duplex import catalog, project
from duplex.bootstrap import take
from duplex.browser import open_browser
from duplex.errors import CourseError
from duplex.worker import grade
from tests.course.thorough import names


@pytest.fixture(scope="module")
def browser():
    """A real browser; without one there is nothing to test."""
    try:
        with open_browser() as browser:
            yield browser
    except CourseError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """The whole site, built once by the command, also when several workers ask for it."""
    own = tmp_path_factory.getbasetemp()
    place = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    out = place / "site" / "html"
    with open(place / "site.lock", "a") as lock:
        while not take(lock):
            time.sleep(0.2)
        if not out.is_dir():
            words = [sys.executable, "-m", "duplex", "site", "build", "--out", str(out)]
            said = subprocess.run(words, cwd=catalog.ROOT, text=True, capture_output=True)
            assert said.returncode == 0, said.stdout + said.stderr
    return out


@pytest.fixture(scope="session")
def url(site):
    """The address of the site, served as `duplex site serve` does."""
    from duplex.site.hosting import served

    with served(site) as address:
        yield address


@pytest.fixture(scope="session")
def violations():
    """Say what of a page people could not use: violations(page) is [[rule, elements], …]."""
    axe = Path(find_spec("axe_playwright_python").origin).with_name("axe.min.js")
    rules = Path(__file__).with_name("violations.js").read_text("utf-8")

    def seen(page) -> list:
        if not page.evaluate("() => 'axe' in window"):
            page.add_script_tag(path=axe)
        return page.evaluate(rules)

    return seen


@pytest.fixture
def slow_scripts():
    """Hold back a page's scripts, as a slow network does: release = slow_scripts(page)."""

    def hold(page):
        held = []
        page.route("**/*.js", lambda route: held.append(route))

        def release() -> None:
            for route in held:
                route.continue_()
            page.unroute("**/*.js")

        return release

    return hold


@pytest.fixture
def copy_of():
    """Copy a lab's solution to a temporary folder: copy_of(lab); removed after the test."""
    copies = []

    def copy(lab) -> Path:
        copies.append(project.copy(lab.folder("solutions")))
        return copies[-1]

    yield copy
    for one in copies:
        project.remove(one)


def _apply(design: Path, target: Path) -> list[str]:
    """Turn a copy of a solution into another right design; return the names of its files."""
    remove = design / "remove.txt"
    for path in remove.read_text(encoding="utf-8").split() if remove.is_file() else ():
        (target / path).unlink()
    other = shutil.ignore_patterns("__pycache__")
    shutil.copytree(design, target, dirs_exist_ok=True, ignore=other)
    return [path.name for path in design.rglob("*") if path.is_file()]


@pytest.fixture
def design_of(copy_of):
    """Make another right design of a lab: design_of(lab, design) is its folder and its files."""

    def make(lab, design: Path) -> tuple[Path, list[str]]:
        target = copy_of(lab)
        return target, _apply(design, target)

    return make


@pytest.fixture
def failed():
    """Grade a project: failed(lab, folder, tasks) maps each task that did not pass to its verdict.

    A task that cannot be checked here (no browser) is left out; when that is the one a test is
    about (`about`), the test is skipped.
    """

    def judge(lab, folder, tasks=None, about=None) -> dict:
        verdicts = grade(lab, folder, tasks)
        for one in verdicts:
            if one.task_id == about and one.verdict == "not checked":
                pytest.skip(one.message)
        return {one.task_id: one for one in verdicts
                if one.verdict not in ("passed", "not checked")}  # fmt: skip

    return judge


@pytest.fixture(scope="session")
def judges():
    """Choose who judges a change: judges(lab, task) lists the tasks; None: all of them."""

    def choose(lab, task: str) -> list[str] | None:
        return None if names("DUPLEX_EVERY_TASK", lab) else [task]

    return choose
