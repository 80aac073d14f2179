"""The bundle for Gradescope: what is in it. That it grades, tests/course/test_guide.py shows."""

import copy
import subprocess
import zipfile

import pytest

from duplex import catalog
from duplex.release import autograder, place, trial
from tests.duplex import leaks

LAB = 2
GOOD = {"score": 3, "execution_time": 1.5, "output": "Fine.", "stdout_visibility": "hidden",
        "tests": [{"score": 3, "max_score": 3, "status": "passed", "number": "2.1",
                   "visibility": "visible"}]}  # fmt: skip


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """The files of lab 2's bundle."""
    return autograder.contents(catalog.lab(LAB, hidden=True))


def test_scripts_lie_on_top(files, tmp_path):
    bundle = tmp_path / "lab02.zip"
    place.archive(bundle, files)
    with zipfile.ZipFile(bundle) as archive:
        for name in ("setup.sh", "run_autograder"):
            assert archive.getinfo(name).external_attr >> 16 == 0o100755
    for name in ("setup.sh", "run_autograder"):
        (tmp_path / name).write_bytes(files[name])
        subprocess.run(["bash", "-n", str(tmp_path / name)], check=True)


def test_no_host_is_named(files):
    for name in ("setup.sh", "run_autograder", "requirements.txt"):
        assert b"://" not in files[name]


def test_no_solution_in_bundle(files):
    secrets = leaks.distinctive()
    wanted = set().union(*(lines for lab, lines in secrets.items() if lab >= LAB))
    assert [path for path, content in files.items() if leaks.found(content, wanted)] == []
    assert not any(path.startswith(("solutions/", "tests/mistakes/")) for path in files)


def test_good_results_have_no_faults():
    assert trial.faults(GOOD) == []


@pytest.mark.parametrize(("change", "fault"), [
    ({"points": 3}, "unknown key points"),
    ({"score": "3"}, "score of the result is '3'"),
    ({"stdout_visibility": "never"}, "stdout_visibility of the result is 'never'"),
    ({"output_format": "markdown"}, "output_format of the result is 'markdown'"),
], ids=lambda value: next(iter(value)) if isinstance(value, dict) else "")  # fmt: skip
def test_faulty_results_are_told(change, fault):
    assert fault in trial.faults(GOOD | change)[0]


def test_each_test_needs_a_score():
    data = copy.deepcopy(GOOD)
    del data["score"], data["tests"][0]["score"]
    assert trial.faults(data) == ["there is no score, and not every test has one"]


def test_nothing_to_judge_is_told(tmp_path):
    from duplex.release.harness import graded

    (tmp_path / "readme.txt").write_text("My server does not start.")
    record = graded(LAB, tmp_path, False)
    assert {one.verdict for one in record.verdicts} == {"not submitted"}
    assert "no folder with a manage.py" in record.verdicts[0].message
