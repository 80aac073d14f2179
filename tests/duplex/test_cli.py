"""The command as students call it: its words, what it says, and its exit codes."""

import shutil

import pytest

from duplex import progress, verdict


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
        ("run 1 --project {here}/no", "There is no folder {here}/no; name the folder that holds"),
        ("check 1 --json {here}/no/file", "There is no folder {here}/no; make it, or choose"),
    ],
)
def test_wrong_call_is_one_sentence(duplex, words, sentence, tmp_path):
    code, said = duplex(*(word.format(here=tmp_path) for word in words.split()))
    assert code == 2 and said.startswith(sentence.format(here=tmp_path)), said


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


def test_solution_opens_when_passed(duplex, tiny):
    code, said = duplex("solution", "1")
    assert (code, "to go: 1.1, 1.2, 1.3." in said) == (2, True), said
    duplex("check", "1")
    code, said = duplex("solution", "1")
    assert (code, str(tiny.root / "solutions/lab01_polling") in said) == (0, True), said


def test_solution_may_be_opened_anyway(duplex):
    code, said = duplex("solution", "1", "--yes")
    assert code == 0 and "is in" in said and "config/urls.py" in said


def test_list_counts_quizzes(duplex, tiny):
    tiny.write("notebooks/quizzes/03.json", "[{}, {}]")
    progress.note_answer("03", 1, True)
    assert "03: 1 of 2" in duplex("list")[1]
