"""Mutation: what the operators change, which mutants a lab has, and which verdicts are kept."""

import pytest

from duplex import catalog
from duplex.errors import CourseError
from duplex.mutation import invisible, operators, script
from duplex.mutation.kept import Kept, Verdict
from duplex.mutation.mutants import find, mutants

CHANGES = {
    "comparison": [("a = b == c", "a = b != c"), ("a = b < c <= d", "a = b <= c <= d"),
                   ("a = b < c <= d", "a = b < c < d"), ("a = b not  in c", "a = b in c"),
                   ("a = b is not c", "a = b is c")],
    "boolean": [("a = b and c and d", "a = b or c or d"), ("a = (b or è)", "a = (b and è)")],
    "arithmetic": [("a = b + c", "a = b - c"), ("a -= 1", "a += 1"), ("a = b | c", "a = b & c")],
    "unary": [("a = not b", "a = b"), ("a = -b", "a = b")],
    "constant": [("a = 7", "a = 8"), ("a = True", "a = False"), ("a = 'b'", "a = 'XXb'"),
                 ("a = 'Say it.'", 'a = ""'), ("a = f'{b}'", 'a = ""'), ("a = b''", "a = b'XX'")],
    "condition": [("if a:\n    b()", "if not (a):\n    b()"), ("a = b if c < d else e",
                  "a = b if not (c < d) else e"), ("a = [b for b in c if b()]",
                  "a = [b for b in c if not (b())]")],
    "statement": [("a = b", "pass"), ("async def a():\n    await b()", "async def a():\n    pass"),
                  ("def a():\n    return", "def a():\n    pass"), ("raise", "pass")],
    "awaited": [("async def a():\n    b = await c()", "async def a():\n    b = c()")],
    "returned": [("def a():\n    return b", "def a():\n    return None")],
    "argument": [("a(b, c=d)", "a(c=d)"), ("a(b, c=d)", "a(b)"), ("a(b,)", "a()")],
    "element": [("a = [b, c]", "a = [c]"), ("a = [b, c]", "a = [b]"), ("a = (b,)", "a = ()"),
                ("a = {b: c, **d}", "a = {**d}"), ("a = {b: c, **d}", "a = {b: c}")],
    "bound": [("a = b[1:2]", "a = b[:2]"), ("a = b[1:2]", "a = b[1:]")],
    "exception": [("try:\n    a()\nexcept B:\n    pass",
                   "try:\n    a()\nexcept ZeroDivisionError:\n    pass"),
                  ("raise A('b')", "raise ZeroDivisionError('b')")],
    "decorator": [("@a\ndef b():\n    pass", "\ndef b():\n    pass")],
    "context": [("with a:\n    b()", "if True:\n    b()")],
}  # fmt: skip


def changed(text: str, operator: str) -> list[str]:
    """Return the texts that an operator makes of a text."""
    raw = text.encode()
    return [(raw[: one.start] + one.new.encode() + raw[one.end :]).decode()
            for one in operators.edits(text) if one.operator == operator]  # fmt: skip


@pytest.mark.parametrize("operator", CHANGES)
def test_operator_makes_its_changes(operator):
    for text in {before for before, _ in CHANGES[operator]}:
        assert changed(text, operator) == [new for old, new in CHANGES[operator] if old == text]


def test_each_operator_is_tried():
    assert set(CHANGES) == {one.__name__ for one in operators.OPERATORS}


def test_what_does_nothing_stays():
    text = '"""Words."""\n\n\ndef a(b: "c" = None) -> "d":\n    """Words."""\n    pass\n'
    assert list(operators.edits(text)) == []


SCRIPT = """function poll() {
  // task 1.1: go on
  //   after the answer
  // stub: wait();
  const answer = ask();
  show(answer); // here
  setTimeout(
    poll,
  );
  if (answer)
    leave();
  tell(";");
  // end 1.1
  rest();
}
"""


def test_script_loses_whole_lines_of_regions():
    found = list(script.edits(SCRIPT))
    assert [one.new for one in found] == [";"] * 2
    raw = SCRIPT.encode()
    assert [raw[one.start : one.end] for one in found] == [b"show(answer);", b'tell(";");']


VIEWS = '''"""Views."""

FIRST = 1


def index():
    # task 1.1: answer
    return say(FIRST)
    # end 1.1


def say(number):
    return number + 1
'''


GRADER = """OTHER = 1
HELP = 1


def help():
    return HELP


def test_a(given):
    help()
"""


@pytest.fixture
def lab(lab_one):
    """A course with one lab, its number 1."""
    lab_one.write("solutions/lab01_polling/chat/views.py", VIEWS)
    lab_one.write("tests/labs/test_lab01_polling.py", GRADER)
    return lab_one


def test_mutants_know_their_region(lab):
    found = {one.id: one.task for one in mutants(catalog.lab(1))}
    assert found["chat/views.py:index:returned:1"] == "1.1"
    assert found["chat/views.py:say:returned:1"] is None
    assert set(found) > {f"chat/views.py:{rest}" for rest in
                         ("FIRST:constant:1", "index:argument:1", "say:arithmetic:1")}  # fmt: skip
    assert len(mutants(catalog.lab(1), "1.1")) == 2


def test_ids_do_not_know_lines(lab):
    before = [one.id for one in mutants(catalog.lab(1))]
    lab.write("solutions/lab01_polling/chat/views.py", "# more\n\n" + VIEWS)
    assert [one.id for one in mutants(catalog.lab(1))] == before


def test_mutant_is_whole_file(lab):
    one = find(catalog.lab(1), "chat/views.py:say:arithmetic:1")
    assert one.text == VIEWS.replace("number + 1", "number - 1")
    assert (one.change, one.line) == ("return number + 1 → return number - 1", 13)


def test_unknown_id_is_told(lab):
    with pytest.raises(CourseError, match="has no mutant 'x'; `duplex mutate 1 --list`"):
        find(catalog.lab(1), "x")


def test_what_stood_before_is_left_out(lab):
    lab.toml("solutions", "lab02_handshake", ["2.1"], ["chat/views.py"], ["chat/views.py"])
    text = VIEWS.replace("1.1", "2.1").replace("FIRST = 1", "FIRST = 2")
    lab.write("solutions/lab02_handshake/chat/views.py", text)
    where = {one.where for one in mutants(catalog.lab(2))}
    assert where == {"FIRST", "index"}  # changed, and a region


LISTED = '[[invisible]]\nid = "{}"\nchange = "{}"\nwhy = "It is so."\n'


def test_stale_entries_are_told(lab):
    one = mutants(catalog.lab(1))[0]
    text = LISTED.format(one.id, one.change) + LISTED.format("gone", "a → b")
    lab.write("tests/mutants/lab01.toml", text)
    assert invisible.stale(catalog.lab(1), mutants(catalog.lab(1))) == [
        "lab01.toml: gone is no mutant of the lab any more; remove it."
    ]
    lab.write("tests/mutants/lab01.toml", LISTED.format(one.id, "a → b"))
    (said,) = invisible.stale(catalog.lab(1), mutants(catalog.lab(1)))
    assert f"{one.id} is now the change {one.change!r}" in said


def test_entry_twice_is_refused(lab):
    lab.write("tests/mutants/lab01.toml", LISTED.format("a", "b") * 2)
    with pytest.raises(CourseError, match="names 'a' a second time"):
        invisible.load(catalog.lab(1))


KILLED, LIVES = Verdict("killed", "1.1", "test_a[x]", "wrong: no", 1.5), Verdict("lives")


@pytest.fixture
def pair(lab):
    """Two mutants: the first is kept as killed by test_a, the second as alive."""
    found = mutants(catalog.lab(1))[:2]
    kept = Kept(catalog.lab(1))
    kept.add(found[0], KILLED)
    kept.add(found[1], LIVES)
    return found


def got(pair) -> list[Verdict | None]:
    """Return what a new run knows of the two."""
    return [Kept(catalog.lab(1)).get(one) for one in pair]


def test_verdicts_are_kept(pair):
    assert got(pair) == [KILLED, LIVES]


def test_cut_line_costs_itself_only(pair):
    path = Kept(catalog.lab(1)).path
    path.write_text(path.read_text("utf-8")[:-9], "utf-8")
    assert got(pair) == [KILLED, None]


@pytest.mark.parametrize(("old", "new"), [
    ("OTHER = 1", "OTHER = 2"), ("def test_a", "def test_b():\n    pass\n\n\ndef test_a"),
])  # fmt: skip
def test_other_checks_leave_kills(pair, lab, old, new):
    lab.write("tests/labs/test_lab01_polling.py", GRADER.replace(old, new))
    assert got(pair) == [KILLED, None]


@pytest.mark.parametrize(("old", "new"), [
    ("HELP = 1", "HELP = 2"), ("return HELP", "return -HELP"), ("(given)", "(other)"),
])  # fmt: skip
def test_changed_check_makes_kills_stale(pair, lab, old, new):
    lab.write("tests/labs/test_lab01_polling.py", GRADER.replace(old, new))
    assert got(pair) == [None, None]


def test_changed_solution_makes_all_stale(pair, lab):
    lab.write("solutions/lab01_polling/chat/other.py", "")
    assert got(pair) == [None, None]


MARKED = """import pytest
from duplex.expect import expect

HELP = 1


@pytest.fixture(autouse=True)
def always():
    return 1


@pytest.mark.task("1.1")
def test_a(given):
    return HELP


@pytest.mark.task("1.2")
def test_b():
    pass
"""


@pytest.fixture
def living(lab):
    """A mutant that lives, with a grader of two tasks."""
    lab.write("tests/labs/test_lab01_polling.py", MARKED)
    one = mutants(catalog.lab(1))[0]
    Kept(catalog.lab(1)).add(one, LIVES)
    return one


@pytest.mark.parametrize(("old", "new", "left"), [
    ("HELP = 1", "HELP = 2", {"1.2"}), ("    pass", "    return", {"1.1"}),
    ("def test_b", "def test_c():\n    pass\n\n\n@pytest.mark.task('1.2')\ndef test_b", {"1.1"}),
    ("    return 1", "    return 2", set()), ("from duplex.expect", "from duplex.wire", set()),
    ("HELP = 1", "HELP = 1\nOTHER = 2", {"1.1", "1.2"}),
])  # fmt: skip
def test_what_was_survived_is_kept(living, lab, old, new, left):
    lab.write("tests/labs/test_lab01_polling.py", MARKED.replace(old, new))
    kept = Kept(catalog.lab(1))
    assert kept.survived(living) == left
    assert kept.get(living) == (LIVES if len(left) == 2 else None)


def test_kills_of_one_task_can_be_forgotten(pair):
    Kept(catalog.lab(1)).forget({"1.1"}, pair)
    assert got(pair) == [None, LIVES]
