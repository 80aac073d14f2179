"""The command as students call it: its words, its exit codes, and how it ends."""

import json
import os
import shutil
import signal
import subprocess
import sys

import psutil
import pytest

from duplex import catalog, progress, verdict
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


def test_diff_keeps_long_lines(duplex, tiny):
    line = f"words = {'long ' * 100!r}"
    tiny.write("solutions/lab01_polling/config/urls.py", line + "\n")
    code, said = duplex("diff", "1", "--yes")
    assert code == 0 and f"+{line}" in said


def test_diff_of_solved_lab(duplex, tiny):
    labs, solutions = (tiny.root / tree / "lab01_polling" for tree in ("labs", "solutions"))
    shutil.copytree(labs, solutions, dirs_exist_ok=True)
    assert duplex("diff", "1", "--yes") == (0, "Your lab is the same as the solution.")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("check 9", "There is no lab 9; the labs are: 1."),
        ("check 1.9", "There is no task 1.9; the tasks of lab 1 are: 1.1, 1.2, 1.3."),
        ("check abc", "'abc' is neither a lab such as 2 nor a task such as 2.3."),
        ("check ²", "'²' is neither a lab such as 2 nor a task such as 2.3."),
        ("check", "Missing argument 'LAB|TASK'; `duplex check --help` says what is possible."),
        ("check 1 --what", "No such option: --what; `duplex check --help` says what is possible."),
        ("frob", "No such command 'frob'; `duplex --help` says what is possible."),
        ("hint 1", "'1' is not the id of a task; an id looks like 2.3."),
        ("check 1 --solutions --project .", "Give either --solutions or --project, not both."),
        ("notebooks run 99", "There is no notebook 99"),
        ("run 1 --port 0", "Invalid value for '--port'"),
        ("run 1 --project /no/such", "There is no folder /no/such; name the folder that holds"),
        ("check 1 --json /no/such/file", "There is no folder /no/such; make it, or choose"),
    ],
)
def test_wrong_call_is_one_sentence(duplex, words, sentence):
    code, said = duplex(*words.split())
    assert code == 2 and said.startswith(sentence), said


def test_unwritable_result_told_first(duplex, monkeypatch, tiny):
    monkeypatch.setattr(verdict, "grade_here", lambda *_, **__: pytest.fail("it was judged"))
    code, said = duplex("check", "1", "--json", str(tiny.root))
    assert code == 2 and said == f"{tiny.root} is a folder; name a file in it."


def test_missing_grader_ends_with_three(duplex, tiny):
    (tiny.root / "tests/labs/test_lab01_polling.py").unlink()
    code, said = duplex("check", "1")
    assert code == 3 and "get a complete copy of the course" in said


def test_kits_own_error_told(duplex, monkeypatch):
    monkeypatch.setattr(progress, "passed", lambda: 1 / 0)
    code, said = duplex("list")
    assert code == 3 and "ZeroDivisionError" in said
    assert said.endswith("The kit itself failed, which is not your fault; please report the "
                         "lines above.")  # fmt: skip


def test_bare_command_shows_help(duplex):
    code, said = duplex()
    assert code == 2 and "Usage: duplex [OPTIONS] COMMAND" in said and "doctor" in said


def test_help_states_the_bound(duplex):
    code, said = duplex("check", "--help")
    assert code == 0 and "a check ends within their sum. DUPLEX_TIMEOUT_FACTOR=3" in said


def test_help_names_readers_command(duplex, monkeypatch):
    monkeypatch.setenv("DUPLEX_COMMAND", "python3 course.py")
    assert "Usage: python3 course.py check" in duplex("check", "--help")[1]


def test_list_shows_points(duplex, tiny):
    tiny.write("progress.jsonl", '{"task": "1.2", "verdict": "passed"}\n')
    code, said = duplex("list")
    assert code == 0 and "Lab 01 · A 2 of 6 points G. · 1.1 T1.1 2 points ✓ 1.2" in said


def test_hints_come_one_by_one(duplex):
    shown = [duplex("hint", "1.2")[1] for _ in range(4)]
    head, again = "Task 1.2 · T1.2 1. ask", "more: call this again when you are still stuck."
    assert shown[0] == f"{head} 2 {again}"
    assert shown[1] == f"{head} 2. point 1 {again}"
    assert shown[2].startswith(f"{head} 2. point 3. tell That was the last hint; `duplex diff 1`")
    assert shown[3] == shown[2]
    assert "1. ask 2 more" in duplex("hint", "1.1")[1]


def test_reset_says_where_work_is(duplex, tiny):
    tiny.write("solutions/lab01_polling/config/urls.py", "solved = True\n")
    tiny.toml("solutions", "lab01_polling", ["1.1"], changes=["config/urls.py", "lab.toml"])
    work = tiny.read("labs/lab01_polling/config/urls.py")
    code, said = duplex("reset", "1")
    (kept,) = [one for one in (tiny.root / "backups").iterdir() if one.is_dir()]
    assert code == 0 and f"Your work is kept in {kept}." in said
    assert (kept / "config/urls.py").read_text() == work
    assert tiny.read("labs/lab01_polling/config/urls.py") == "solved = True\n"
