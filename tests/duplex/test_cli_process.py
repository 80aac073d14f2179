"""The command in a process of its own: exit codes, signals, terminals and pipes."""

import json
import os
import signal
import subprocess
import sys

import psutil
import pytest

from duplex import catalog
from duplex.deadline import scaled, wait_until

ROOT = catalog.ROOT
LATE = "import time\ntime.sleep(600)"
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has other signals and terminals")


def start(root, *words: str, env=None, **options) -> subprocess.Popen:
    """Start the command in a process of its own."""
    mine = {"DUPLEX_ROOT": str(root), "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "200"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
    words = [sys.executable, "-P", "-m", "duplex", *words]
    return subprocess.Popen(
        words, env=os.environ | mine | (env or {}), text=True, **pipes | options
    )


def run(root, *words: str, **options) -> tuple[int, str, str]:
    """Run the command in a process of its own; return its exit code, output and complaints."""
    process = start(root, *words, **options)
    out, said = process.communicate(timeout=scaled(60))
    return process.returncode, out, said


def test_passing_lab_ends_with_zero(tiny):
    code, out, said = run(tiny.root, "check", "1", "--json", "result.json", cwd=tiny.root)
    assert (code, said) == (0, ""), out
    assert "6 of 6 points." in out and "The whole lab passed" in out
    assert [task["verdict"] for task in json.loads(tiny.read("result.json"))["tasks"]] == [
        "passed"
    ] * 3
    assert tiny.read("progress.jsonl").count('"passed"') == 3


def test_failing_task_ends_with_one(tiny, project_of, good_view):
    folder = project_of(view=good_view.replace('"bye": "bye"', '"bye": "no"'))
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    words = "check", "01", "--project", folder.name, "--json", "result.json"
    code, out, said = run(tiny.root, *words, cwd=folder.parent)
    assert (code, said) == (1, ""), out
    assert "GET /?say=bye: saw 'no'; should see 'bye'" in out and "Next: task 1.2." in out
    data = json.loads((folder.parent / "result.json").read_text("utf-8"))
    assert (data["project"], data["points"]) == (str(folder), 4)
    assert not (tiny.root / "progress.jsonl").exists()  # it was not the student's own lab
    assert before == {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_broken_grader_ends_with_three(tiny):
    tiny.write("tests/labs/test_lab01_polling.py", "def broken(:\n")
    code, out, said = run(tiny.root, "check", "1")
    assert (code, said) == (3, ""), out
    assert out.count("grader error") == 3 and "SyntaxError" in out
    assert "which is the kit's own fault" in out


def test_unwritable_progress_changes_no_verdict(tiny):
    (tiny.root / "progress.jsonl").mkdir()
    code, _, said = run(tiny.root, "check", "1")
    assert code == 0 and said.startswith("Your progress could not be written to")


def test_own_pytest_options_ignored(tiny):
    env = {"PYTEST_ADDOPTS": "--no-such-option", "PYTEST_PLUGINS": "no_such_plugin"}
    code, out, _ = run(tiny.root, "check", "1.1", env=env)
    assert code == 0, out


def test_checks_do_not_disturb_each_other(tiny, project_of, good_view):
    good = project_of(view=good_view, name="good")
    bad = project_of(view="return HttpResponse('no')", name="bad")
    checks = [start(tiny.root, "check", "1.1", "--project", str(one)) for one in (good, bad)]
    checks.append(start(tiny.root, "check", "1.2"))
    for check in checks:
        check.communicate(timeout=scaled(60))
    assert [check.returncode for check in checks] == [0, 1, 0]


@pytest.fixture
def judging(tiny, project_of, tmp_path):
    """A check in the middle of its first task: judging() is its process and its TMPDIR."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    processes = []

    def begin() -> subprocess.Popen:
        asked = tmp_path / "asked"
        late = project_of(view=f"open({str(asked)!r}, 'w').close()\n{LATE}")
        words = "check", "1", "--project", str(late)
        env = {"TMPDIR": str(folder)}
        processes.append(start(tiny.root, *words, env=env, start_new_session=True))
        assert wait_until(asked.exists, 60)
        return processes[-1], folder

    yield begin
    for process in processes:
        process.kill()


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopped_check_leaves_nothing(judging, number):
    process, folder = judging()
    family = psutil.Process(process.pid).children(recursive=True)
    assert family and os.listdir(folder)
    os.killpg(process.pid, number)
    out, said = process.communicate(timeout=scaled(60))
    assert (process.returncode, said) == (130, "Stopped.\n")
    _, alive = psutil.wait_procs(family, timeout=scaled(10))
    assert alive == [] and os.listdir(folder) == []


@posix
def test_stopped_check_hides_later_errors(judging, tiny):
    grader = tiny.read("tests/labs/test_lab01_polling.py").replace("(http)", "(http, fragile)")
    fragile = "@pytest.fixture\ndef fragile():\n    yield\n    raise OSError('gone too')\n"
    tiny.write("tests/labs/test_lab01_polling.py", f"{grader}\n\n{fragile}")
    process, _ = judging()
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=scaled(60))
    assert (process.returncode, said) == (130, "Stopped.\n")


@posix
def test_killed_check_leaves_nothing(judging):
    process, folder = judging()
    family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate(timeout=scaled(60))
    _, alive = psutil.wait_procs(family, timeout=scaled(10))
    assert alive == [] and wait_until(lambda: os.listdir(folder) == [], 10)


@posix
def test_reader_that_leaves_is_no_error(tiny):
    read, write = os.pipe()
    os.close(read)
    process = start(tiny.root, "list", stdout=write)
    os.close(write)
    _, said = process.communicate(timeout=scaled(60))
    assert (process.returncode, said) == (1, "")


@posix
def test_reader_that_leaves_ends_check(tiny, project_of, good_view, tmp_path):
    asked = tmp_path / "asked"
    view = f"open({str(asked)!r}, 'a').write(request.GET.get('say', 'hello') + ' ')\n{good_view}"
    process = start(tiny.root, "check", "1", "--project", str(project_of(view=view)))
    head = [process.stdout.readline() for _ in range(2)]
    assert head[0].startswith("Lab 01") and head[1] == "\n"
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), said) == (1, "")
    assert asked.read_text() == "hello hello "  # the first task's verdict found no reader


@pytest.fixture
def asked(tiny):
    """A `diff` on a terminal that has just asked whether to go on: its process, and the keys."""
    tiny.write("solutions/lab01_polling/config/urls.py", "solved = True\n")
    keys, terminal = os.openpty()
    process = start(tiny.root, "diff", "1", stdin=terminal, start_new_session=True)
    os.close(terminal)
    question = ""
    while "[y/N]" not in question:
        question += process.stdout.read(1)
    yield process, keys
    os.close(keys)
    process.kill()
    process.communicate()


@posix
@pytest.mark.parametrize(("answer", "shown"), [(b"y\n", True), (b"n\n", False), (b"\n", False)])
def test_diff_asks_first(asked, answer, shown):
    process, keys = asked
    os.write(keys, answer)
    out, said = process.communicate(timeout=scaled(60))
    assert ("+solved = True" in out, process.returncode, said) == (shown, 0, "")


@posix
def test_diff_stops_at_ctrl_c(asked):
    process, _ = asked
    os.killpg(process.pid, signal.SIGINT)
    out, said = process.communicate(timeout=scaled(60))
    assert (process.returncode, said.strip()) == (130, "Stopped.") and "solved" not in out


def test_diff_without_terminal_told(tiny):
    code, out, said = run(tiny.root, "diff", "1")
    assert (code, out) == (2, "") and "add --yes when you cannot be asked" in said


@pytest.fixture
def watching(tiny):
    """A `watch` on a terminal that has judged the lab once: its process, and the keys."""
    keys, terminal = os.openpty()
    process = start(tiny.root, "watch", "1", stdin=terminal, start_new_session=True)
    yield process, keys, terminal
    for end in (keys, terminal):
        os.close(end)
    process.kill()
    process.communicate()


def read_until(process, words: str) -> None:
    """Read what a process prints up to these words."""
    said = ""
    while words not in said:
        line = process.stdout.readline()
        assert line, said
        said += line


@posix
def test_watch_checks_at_save(watching, tiny):
    import termios

    process, keys, terminal = watching
    read_until(process, "6 of 6 points")
    read_until(process, "q quit")
    urls = tiny.root / "labs/lab01_polling/config/urls.py"
    urls.write_text(urls.read_text("utf-8").replace('"bye": "bye"', '"bye": "no"'), "utf-8")
    read_until(process, "saw 'no'; should see 'bye'")
    family = psutil.Process(process.pid).children(recursive=True)
    os.write(keys, b"q")
    _, said = process.communicate(timeout=scaled(60))
    assert (process.returncode, said) == (1, "")
    assert psutil.wait_procs(family, timeout=scaled(10))[1] == []
    assert termios.tcgetattr(terminal)[3] & termios.ICANON


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_watch_leaves_nothing(watching, number):
    process, _, _ = watching
    read_until(process, "6 of 6 points")
    family = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, number)
    _, said = process.communicate(timeout=scaled(60))
    assert (process.returncode, said) == (130, "Stopped.\n")
    assert psutil.wait_procs(family, timeout=scaled(10))[1] == []
