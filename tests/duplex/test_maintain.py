"""The maintainers' commands: what they say, and their exit codes."""

import pytest

from duplex import maintain
from duplex.errors import CourseError
from duplex.notebook import run

FILES = ["config/urls.py", "lab.toml"]


@pytest.fixture
def source(tiny):
    """The tiny course with a solution to generate labs/ from."""
    tiny.toml("solutions", "lab01_polling", ["1.1"], ["config/urls.py"], FILES)
    tiny.write("solutions/lab01_polling/config/urls.py", "urlpatterns = []\n")
    return tiny


def test_build_generates_labs(duplex, source):
    code, said = duplex("build")
    assert code == 0 and said.endswith("labs/ is generated.")
    assert source.read("labs/lab01_polling/config/urls.py") == "urlpatterns = []\n"


def test_check_passes_after_build(duplex, source):
    duplex("build")
    assert duplex("build", "--check") == (0, "labs/ is what solutions/ generate.")


def test_drift_is_told(duplex, source):
    duplex("build")
    source.write("labs/lab01_polling/config/urls.py", "edited = True\n")
    code, said = duplex("build", "--check")
    assert code == 1 and "config/urls.py" in said
    assert said.endswith("labs/ differs; `duplex build` generates it anew.")
    assert source.read("labs/lab01_polling/config/urls.py") == "edited = True\n"


def test_carry_tells_what_it_copied(duplex, source):
    text = source.read("solutions/lab01_polling/lab.toml").replace("1.1", "2.1")
    text = text.replace(str(FILES), "['lab.toml']")
    source.toml("solutions", "lab02_handshake", text=text)
    code, said = duplex("build", "--carry")
    assert code == 0 and "config/urls.py" in said
    assert source.read("solutions/lab02_handshake/config/urls.py") == "urlpatterns = []\n"


def test_notebooks_run_in_order(duplex, tmp_path, monkeypatch):
    ran = []
    monkeypatch.setattr(run, "FOLDER", tmp_path)
    monkeypatch.setattr(run, "run", lambda path, console: ran.append(path.name))
    for name in ("01_b.ipynb", "00_a.ipynb"):
        (tmp_path / name).touch()
    assert duplex("notebooks", "run")[0] == 0 and ran == ["00_a.ipynb", "01_b.ipynb"]


def test_notebooks_stop_at_first_error(duplex, tmp_path, monkeypatch):
    ran = []

    def fail(path, console):
        ran.append(path.name)
        raise CourseError("It stopped.")

    monkeypatch.setattr(run, "FOLDER", tmp_path)
    monkeypatch.setattr(run, "run", fail)
    for name in ("00_a.ipynb", "01_b.ipynb"):
        (tmp_path / name).touch()
    assert duplex("notebooks", "run") == (2, "It stopped.") and ran == ["00_a.ipynb"]


@pytest.mark.parametrize("status", [0, 1, 5])
def test_notebooks_check_returns_status(duplex, tmp_path, monkeypatch, status):
    monkeypatch.setattr(run, "FOLDER", tmp_path)
    monkeypatch.setattr(run, "check", lambda paths: status)
    (tmp_path / "00_a.ipynb").touch()
    assert duplex("notebooks", "check") == (status, "")


@pytest.mark.parametrize("group", ["notebooks", "bench"])
def test_bare_group_shows_help(duplex, group):
    code, said = duplex(group)
    assert code == 2 and f"Usage: duplex {group} [OPTIONS] COMMAND" in said and "check" in said


def test_result_place_told_first(duplex, tmp_path):
    code, said = duplex("bench", "check", "--json", str(tmp_path / "no" / "file.json"))
    assert code == 2 and said.startswith(f"There is no folder {tmp_path / 'no'}; make it")


def test_commands_have_help(duplex):
    for words in (["build"], ["notebooks", "run"], ["notebooks", "check"], ["bench", "check"]):
        code, said = duplex(*words, "--help")
        assert code == 0 and f"Usage: duplex {' '.join(words)}" in said
    assert maintain.bench_check.__doc__.split(",")[0] in said
