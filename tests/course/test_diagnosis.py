"""A diagnosis names nothing in right code, and finds mistakes in code that looks different."""

import ast
import builtins
import dataclasses
import io
import tokenize
from pathlib import Path

import pytest

from duplex import catalog, mistakes, progression
from duplex.diagnosis.code import Code
from duplex.diagnosis.diagnose import Doctor, diagnose
from duplex.verdict import TaskVerdict
from tests.course import designs

LABS = progression.labs()
BY_LAB = pytest.mark.parametrize("lab", [pytest.param(one, id=one.name) for one in LABS])


def misread(lab, folder) -> list[str]:
    """Return the mistakes whose code signs fit, whatever failed; those of earlier labs as well."""
    code, found = Code(folder), []
    for mistake, _ in Doctor(lab, folder).known:
        own = mistake.task.startswith(f"{lab.number}.")
        found += [mistake.id for sign in mistake.signs
                  if (own or sign.anywhere) and sign.shape and sign.fits(code)]  # fmt: skip
    return found


@BY_LAB
def test_solution_shows_no_mistake(lab):
    assert misread(lab, lab.folder("solutions")) == []


@pytest.mark.parametrize(("lab", "design"), designs.params())
def test_alternative_shows_no_mistake(lab, design, design_of):
    folder, _ = design_of(lab, design)
    assert misread(lab, folder) == []


@BY_LAB
def test_unknown_failure_names_nothing(lab):
    """Whatever test fails: without evidence of a known mistake none is named."""
    grader = catalog.ROOT / "tests" / "labs" / f"test_{lab.name}.py"
    tests = [node.name for node in ast.walk(ast.parse(grader.read_bytes()))
             if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]  # fmt: skip
    verdicts = [failure(task, test) for task in lab.tasks for test in tests]
    doctor = Doctor(lab, lab.folder("solutions"))
    named = [one for verdict in verdicts if (one := doctor.diagnosis(verdict)).sure]
    assert named == []


def failure(task, test: str) -> TaskVerdict:
    log = 'Traceback (most recent call last):\n  File "x.py", line 1\nError: no\n'
    evidence = {"test": test, "error": "Mismatch", "log": log}
    evidence |= {"saw": "it", "wanted": "that", "where": "then"}
    message = "then: saw it; should see that"
    return TaskVerdict(task.id, task.title, "wrong", 0, 1, message, evidence=evidence)


@BY_LAB
def test_skeleton_is_not_diagnosed(lab):
    doctor = Doctor(lab, lab.folder())
    assert doctor.begun == set()
    assert [doctor.diagnosis(failure(task, "test_it")) for task in lab.tasks] == [None] * len(
        lab.tasks
    )


KEPT = {
    "connect", "disconnect", "receive", "ready", "handle", "save", "clean", "application", "main",
    "dispatch", "form_valid", "get_initial", "clean_username", "clean_password", "close",
    "wait_for", "inc", "dec", "observe", "labels",
}  # fmt: skip
MODULES = {"consumers": "sockets_of_mine", "inputs": "reading"}


def rename(folder: Path) -> None:
    """Rename what a project names itself; what Django and Channels look up by name stays."""
    new = {name: f"{name}_x" if name.islower() else f"My{name}" for name in _own(Code(folder))}
    names = new | MODULES
    for file in sorted(folder.rglob("*.py")):
        file.write_text(_renamed(file.read_text("utf-8"), names), "utf-8")
        if file.stem in MODULES and file.parent != folder:
            file.rename(file.with_stem(MODULES[file.stem]))


def _own(code: Code) -> set[str]:
    """Return the names of functions and classes that nobody looks up by their name."""
    above = {name for one in (str, bytes, dict, list, set) for name in dir(one)}
    kept = KEPT | above | set(dir(builtins)) | _spoken(code)
    kept |= {part for name in code.modules for part in name.split(".")}
    classes = {cls.node.name for cls in code.consumers}
    return {one.name for one in code.functions if not one.name.startswith("__")} - kept | classes


def _spoken(code: Code) -> set[str]:
    """Return the words in texts: an event's type, for one, names a method."""
    words = set()
    for module in code.modules.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words |= set(node.value.replace(".", "_").split()) | set(node.value.split("."))
            elif isinstance(node, ast.keyword):
                words.add(node.arg or "")
    return words


def _renamed(text: str, names: dict[str, str]) -> str:
    lines = text.splitlines(keepends=True)
    for one in reversed([*tokenize.generate_tokens(io.StringIO(text).readline)]):
        if one.type == tokenize.NAME and one.string in names:
            row, (begin, end) = one.start[0] - 1, (one.start[1], one.end[1])
            lines[row] = lines[row][:begin] + names[one.string] + lines[row][end:]
    return "".join(lines)


RENAMED = [
    (2, "as_asgi_missing"), (2, "never_accepts"), (3, "telling_not_awaited"),
    (3, "sleep_blocks_all"), (3, "coroutine_as_callback"), (3, "loop_ends_at_once"),
    (3, "sender_hears_twice"), (4, "add_not_awaited"), (4, "told_twice"), (4, "type_overwritten"),
    (4, "published_elsewhere"), (4, "frame_only_decoded"), (1, "limit_is_too_low"),
    (5, "author_of_the_frame"), (5, "ghosts"), (1, "list_crashes"),
    (6, "read_then_write same_words_same_message int_takes_more"),
    (7, "never_noted_again always_full characters_counted"),
    (8, "never_closed any_text_is_true frames_left_out counted_when_sent_again level_in_capitals"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "names"), RENAMED)
def test_other_names_same_diagnosis(number, names, copy_of, failed):
    """Of several mistakes, each is named in its own task."""
    lab, made = catalog.lab(number), [known(number, name)[1] for name in names.split()]
    folder = copy_of(lab)
    for mistake in made:
        mistakes.apply(mistake, folder)
    rename(folder)
    red = failed(lab, folder, [mistake.task for mistake in made])
    found = diagnose(lab, folder, red.values())
    for mistake in made:
        first = found[mistake.task].causes[0]
        assert first.id == mistake.id
        assert (folder / first.place.file).is_file()


OTHERS = [
    (2, "sync_consumers", "chat/sockets/urls.py", "Echo.as_asgi()", "Echo", "as_asgi_missing"),
    (2, "raw_events", "config/asgi.py", '"ws/echo/"', '"ws/echo"', "slash_missing"),
    (4, "sync_consumer", "chat/consumers.py", "passed.on", "passed.one", "handler_misspelt"),
    (6, "one_writer", "chat/consumers.py", "== self.seen + 1", "> self.seen", "gaps_are_not_seen"),
    (6, "bare_asgi", "talk/tab.py", "max(newest - 50, 0) if after is None else after",
     "after or max(newest - 50, 0)", "zero_is_nothing"),
    (7, "bare_asgi", "talk/tab.py", "WINDOW - len(self.unseen)", "WINDOW", "no_window"),
    (8, "before_django", "config/edge.py", "base-uri 'none'; ", "", "frames_left_out"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "design", "file", "find", "replace", "name"), OTHERS)
def test_other_design_same_diagnosis(
    number, design, file, find, replace, name, design_of, failed
):  # fmt: skip
    lab, mistake = known(number, name)
    folder, _ = design_of(lab, designs.HOME / lab.name[:5] / design)
    mistakes.apply(
        dataclasses.replace(mistake, edits=(mistakes.Edit(file, find, replace),)), folder
    )
    first = diagnose(lab, folder, failed(lab, folder, [mistake.task]).values())[
        mistake.task
    ].causes[0]
    assert (first.id, first.place.file) == (name, file)


PAIRS = [
    (2, "as_asgi_missing", "bytes_as_text"), (3, "disconnect_without_code", "only_sender_hears"),
    (4, "add_not_awaited", "handler_misspelt"), (5, "no_auth_stack", "private_to_all"),
    (6, "read_then_write", "turn_taken_too_late"),
    (7, "command_refused", "never_noted_again"),
    (8, "debug_unless_told", "one_cookie_forgotten"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "first", "second"), PAIRS)
def test_first_repair_comes_first(number, first, second, copy_of, failed):
    folder = copy_of(known(number, first)[0])
    for name in (first, second):
        lab, mistake = known(number, name)
        mistakes.apply(mistake, folder)
    red = failed(lab, folder, sorted({known(number, name)[1].task for name in (first, second)}))
    found = diagnose(lab, folder, red.values())
    assert next(iter(found.values())).causes[0].id == first


def known(number: int, name: str):
    lab = catalog.lab(number)
    return lab, next(one for one in mistakes.load(lab) if one.id == name)
