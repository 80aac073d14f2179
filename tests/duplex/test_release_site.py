"""The site in a copy for students: made of what is there, without a solution."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from duplex import catalog
from duplex.release import place
from duplex.release.students import contents
from duplex.site import playground, pyodide, sources
from tests.duplex import leaks

LAST = 4
OTHERS = ("static/playground/pyodide/", "static/playground/packages.tar",
          "static/playground/testing.tar")  # what the course did not write
GATHER = """
import sys
from pathlib import Path
from duplex.site import pyodide, sources

package = pyodide.archive() if sys.argv[2:] else None
sources.gather(Path(sys.argv[1]), package)
"""


@pytest.fixture(scope="module")
def secrets() -> dict[int, set[str]]:
    """The lines by which each lab's solution is known again."""
    return leaks.distinctive()


@pytest.fixture(scope="module")
def package() -> list[str]:
    """A word that asks for the playground, when what it needs has been fetched here."""
    return ["playground"] if any(pyodide.KEPT.glob("*.tgz")) else []


@pytest.fixture(scope="module")
def gathered(tmp_path_factory, package) -> Path:
    """What Sphinx would make the site of in a copy of labs 1 to 4, and what it would copy."""
    copy, out = (tmp_path_factory.mktemp(name) / name for name in ("a class è", "gathered"))
    place.folder(copy, contents(LAST))
    (copy / "labs/lab04_rooms/chat/consumers.py").write_text("mine = 'what I wrote'\n")
    out.mkdir()
    if package:
        (copy / "site/vendor").symlink_to(pyodide.KEPT)
    env = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    env.pop("DUPLEX_ROOT", None)
    words = [sys.executable, "-c", GATHER, str(out), *package]
    ran = subprocess.run(words, cwd=copy, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return out


def files(folder: Path) -> dict[str, bytes]:
    """Return what is in the files of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*") if path.is_file()}  # fmt: skip


def test_site_of_copy_shows_no_solution(gathered, secrets):
    """Lab 4 begins where lab 3 ended: so its page, and what the playground gets, shows lab 3."""
    wanted = set().union(*secrets.values())
    for path, content in files(gathered).items():
        lines = set() if path.startswith(OTHERS) else leaks.found(content, wanted)
        number = path.partition("labs/lab")[2][:2]
        begun = int(number) if number else LAST if path.endswith(".packed") else 0
        for lab, known in secrets.items():
            assert lab < begun or not lines & known, f"{path} shows how lab {lab} is solved"


def test_whole_site_shows_answers(tmp_path, secrets):
    """What finds nothing in a copy finds the answers where they are."""
    sources.gather(tmp_path)
    for lab in catalog.labs():
        page = (tmp_path / "labs" / lab.name / "README.md").read_bytes()
        assert leaks.found(page, secrets[lab.number])


def test_site_of_copy_has_its_labs_only(gathered, package):
    labs = sorted(path.name[:5] for path in (gathered / "labs").iterdir() if path.is_dir())
    assert labs == [f"lab{number:02d}" for number in range(1, LAST + 1)]
    first = (gathered / "index.md").read_text("utf-8")
    assert "instructors" not in first and "notebooks/00_start_here.ipynb" in first
    assert ("playground" in first) is bool(package)
    for name in playground.labs() if package else ():
        there = gathered / "static" / "playground" / "labs" / f"{name}.json"
        assert there.is_file() is (int(name[3:5]) <= LAST)
        assert not there.is_file() or b"what I wrote" not in there.read_bytes()
