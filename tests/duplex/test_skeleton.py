"""A solution's fences, and the skeleton that is made of them."""

import pytest

from duplex import skeleton
from duplex.errors import CourseError

PYTHON = """class Echo:
    def connect(self):
        self.accept()
        # task 2.4: greet the new client
        #   with the text `Connected!`
        self.send("Connected!")
        # end 2.4

    def receive(self, text):
        # task 2.5: send it back
        # stub: if text:
        # stub:     pass
        self.send(text)
        # end 2.5
"""
SKELETON = """class Echo:
    def connect(self):
        self.accept()
        # TODO task 2.4: greet the new client
        #   with the text `Connected!`
        raise NotImplementedError("task 2.4")

    def receive(self, text):
        # TODO task 2.5: send it back
        if text:
            pass
"""
OTHERS = {
    "script": (
        ".js",
        "  // task 1.5: wait\n  await poll();\n  // end 1.5\n",
        '  // TODO task 1.5: wait\n  console.warn("task 1.5 is not done yet");\n',
    ),
    "script with stub": (
        ".js",
        "// task 1.5: wait\n//   first\n// stub: poll();\nawait poll();\n// end 1.5",
        "// TODO task 1.5: wait\n//   first\npoll();",
    ),
    "page": (
        ".html",
        "<b>\n  <!-- task 1.5: show -->\n  <p>{{ x }}</p>\n  <!-- end 1.5 -->\n</b>\n",
        "<b>\n  <!-- TODO task 1.5: show -->\n</b>\n",
    ),
    "page with stub": (
        ".html",
        "<!-- task 1.5: show -->\n<!--   so -->\n<!-- stub: <i></i> -->\n<b></b>\n<!-- end 1.5 -->",
        "<!-- TODO task 1.5: show -->\n<!--   so -->\n<i></i>",
    ),
    "style": (
        ".css",
        "/* task 1.5: paint */\np { color: red }\n/* end 1.5 */\n",
        "/* TODO task 1.5: paint */\n",
    ),
    "style with stub": (
        ".css",
        "/* task 1.5: paint */\n/* stub: p { } */\np { color: red }\n/* end 1.5 */\n",
        "/* TODO task 1.5: paint */\np { }\n",
    ),
    "stub with a gap": (
        ".py",
        "# task 1.5: x\n# stub: a = 1\n# stub:\n# stub: b = 2\na = b = 3\n# end 1.5\n",
        "# TODO task 1.5: x\na = 1\n\nb = 2\n",
    ),
    "empty stub": (
        ".py",
        "a = 1\n# task 1.5: x\n# stub:\na = 2\n# end 1.5\n",
        "a = 1\n# TODO task 1.5: x\n",
    ),
    "empty region": (
        ".py",
        "# task 1.5: x\n# end 1.5\n",
        '# TODO task 1.5: x\nraise NotImplementedError("task 1.5")\n',
    ),
    "another kind of file": (".md", "# task 1.5: x\n", "# task 1.5: x\n"),
}
SLIPS = {
    "never closed": ("# task 1.1: x\na = 1\n", 1, "never closed"),
    "nested": ("a = 1\n# task 1.1: x\n# task 1.2: y\n# end 1.2\n# end 1.1\n", 3, "do not nest"),
    "closed by another": ("# task 1.1: x\n# end 1.2\n", 2, "region of task 1.1, which began in"),
    "end alone": ("a = 1\n# end 1.1\n", 2, "belongs to no region"),
    "stub alone": ("# stub: a = 1\n", 1, "belongs to no region"),
    "late stub": ("# task 1.1: x\na = 1\n# stub: b\n# end 1.1\n", 3, "stub lines come first"),
    "no title": ("# task 1.1:\n# end 1.1\n", 1, "mend its spelling"),
    "no blank": ("#task 1.1: x\n# end 1.1\n", 1, "mend its spelling"),
    "capital": ("\n# Task 1.1: x\n# end 1.1\n", 2, "mend its spelling"),
    "no colon": ("# task 1.1 x\n# end 1.1\n", 1, "mend its spelling"),
    "already a skeleton": ("# TODO task 1.1: x\n", 1, "mend its spelling"),
    "bad stub": ("a = 1\n# task 1.1: x\n# stub: a = = 2\na = 2\n# end 1.1\n", 2, "not compile"),
    "no body left": ("def f():\n    # task 1.1: x\n    # stub:\n    pass\n    # end 1.1\nb = 1\n",
                     6, "expected an indented block"),
    "return outside": ("# task 1.1: x\n# stub: return\na = 1\n# end 1.1\n", 1, "'return' outside"),
    "bad solution": ("# task 1.1: x\na = 1\n# end 1.1\nb = = 2\n", 4, "not compile"),
}  # fmt: skip


def test_regions_become_todos():
    assert skeleton.stub(PYTHON, ".py") == SKELETON


@pytest.mark.parametrize("kind", OTHERS)
def test_each_kind_of_file(kind):
    suffix, text, made = OTHERS[kind]
    assert skeleton.stub(text, suffix) == made


def test_chosen_tasks_only():
    made = skeleton.stub(PYTHON, ".py", {"2.5"})
    assert made.startswith(PYTHON.partition("    def receive")[0])
    assert made.endswith(SKELETON.partition("    def receive")[2])
    assert skeleton.stub(PYTHON, ".py", set()) == PYTHON


def test_task_in_two_regions():
    text = "".join(f"# task 1.1: {x}\n{x} = 1\n# end 1.1\n" for x in "ab")
    assert skeleton.stub(text, ".py").count('raise NotImplementedError("task 1.1")') == 2


def test_regions_tell_where():
    first, second = skeleton.regions(PYTHON, ".py")
    assert (first.id, first.title, first.first, first.last) == ("2.4", "greet the new client", 4, 7)
    assert first.body == '        self.send("Connected!")'
    assert (second.id, second.first, second.last) == ("2.5", 10, 14)
    assert second.body == "        self.send(text)"
    assert skeleton.regions(PYTHON, ".txt") == []


def test_strip_leaves_plain_code():
    made = skeleton.strip(PYTHON, ".py")
    assert made.count("#") == 0
    assert made == "".join(line for line in PYTHON.splitlines(True) if "#" not in line)


def test_solved_has_todos_and_code():
    made = skeleton.solved(PYTHON, ".py")
    assert "# TODO task 2.4: greet the new client\n        #   with the text `Connected!`\n" in made
    assert "# TODO task 2.5: send it back\n        self.send(text)\n" in made
    assert "stub" not in made and "end 2" not in made


def test_line_ends_are_kept():
    text = "a = 1\r\n# task 1.1: x\r\na = 2\r\n# end 1.1\r\n"
    made = skeleton.stub(text, ".py")
    assert made == 'a = 1\r\n# TODO task 1.1: x\r\nraise NotImplementedError("task 1.1")\r\n'


def test_missing_last_newline():
    assert skeleton.strip("# task 1.1: x\na = 2\n# end 1.1", ".py") == "a = 2"


def test_text_without_fences_stays():
    text = "x = 'task 1.1: y'  # a task, no fence\n# ending 1\n# a stub\n"
    assert skeleton.stub(text, ".py") == text


@pytest.mark.parametrize("slip", SLIPS)
def test_slip_is_told(slip):
    text, line, told = SLIPS[slip]
    with pytest.raises(CourseError) as caught:
        skeleton.stub(text, ".py", name="chat/views.py")
    sentence = str(caught.value)
    assert sentence.startswith(f"chat/views.py:{line}: ") and told in sentence
    assert sentence.endswith(".") and "\n" not in sentence
