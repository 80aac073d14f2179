"""What is printed: no steering characters, whole words, and letters that the terminal has."""

import io
import subprocess
import sys

import pytest
from rich.console import Console
from rich.text import Text

from duplex.terminal import clean, one_line, say

PRINT = """
from duplex import terminal
terminal.plain_letters()
print("✓ ✗ · … è 🎉")
"""


def said(text, width=40, indent=2) -> list[str]:
    """Return the lines that `say` prints."""
    out = io.StringIO()
    say(Console(file=out, width=width), text, indent)
    return out.getvalue().splitlines()


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("\x9b31m", "\\x9b31m"),
        ("a\rb", "a\\x0db"),
        ("a\u202eb", "a\\u202eb"),
        ("a\u2028b", "a\\u2028b"),
        ("half a pair \ud83d", "half a pair \\ud83d"),
    ],
)
def test_steering_characters_escaped(hostile, shown):
    assert clean(hostile) == shown


def test_letters_of_all_languages_kept():
    text = "è già 文字 שלום 🎉\n\ttabbed"
    assert clean(text) == text


def test_lines_wrapped_and_indented():
    lines = said("word " * 20)
    assert len(lines) == 3 and all(line.startswith("  word") for line in lines)
    assert max(map(len, lines)) <= 40


def test_no_blanks_at_line_ends():
    assert all(line == line.rstrip() for line in said(Text("word " * 20 + "\n\nend")))


def test_long_word_is_broken():
    assert "".join(line.strip() for line in said("x" * 100)) == "x" * 100


def test_narrow_terminal_still_shows():
    assert "".join(said("a b c", width=5, indent=9)).split() == ["a", "b", "c"]


def test_lines_become_one():
    assert one_line(" a\n   b\n\nc ") == "a b c"


def test_blanks_in_line_kept():
    assert one_line("saw 'a  b'") == "saw 'a  b'"


def test_long_line_loses_middle():
    line = one_line("begin" + "x" * 10_000 + "end")
    assert len(line) < 620 and line.startswith("begin") and line.endswith("end")


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("ascii", b"+ x - ... ? ?"), ("latin-1", b"+ x \xb7 ... \xe8 ?"),
     ("utf-8", "✓ ✗ · … è 🎉".encode())],
)  # fmt: skip
def test_missing_letters_replaced(encoding, shown):
    env = {"PYTHONIOENCODING": encoding}
    done = subprocess.run([sys.executable, "-c", PRINT], env=env, capture_output=True)
    assert (done.returncode, done.stdout.strip()) == (0, shown)
