"""What a project printed is kept within bounds, and its last error is found with its line."""

import json
import os
import select
import subprocess
import sys
import time

import pytest

from duplex import log
from duplex.deadline import wait_until

CHAIN = """
import json
try:
    int("x")
except ValueError:
    json.loads("")
"""
NEVER_AWAITED = """
async def send(): pass
send()
"""
CHECK = """Traceback (most recent call last):
  File "/usr/lib/manage.py", line 3, in check
django.core.management.base.SystemCheckError: System check identified some issues:

ERRORS:
?: (daphne.E001) Daphne must be listed before django.contrib.staticfiles.

WARNINGS:
?: (urls.W001) Something else.
"""


@pytest.fixture
def printed(tmp_path):
    """Print bytes into a log: printed(data, …) is the log once everything has come."""

    def write(*chunks, on_flood=None):
        out, into = os.pipe()
        one = log.Log(out, str(tmp_path), on_flood)
        with os.fdopen(into, "wb", buffering=0) as pipe:
            for chunk in chunks:
                pipe.write(chunk if isinstance(chunk, bytes) else chunk.encode())
        one.finish(10)
        return one

    return write


@pytest.fixture
def failing(tmp_path, printed):
    """Run a script of a project for real; the log holds what Python printed about it."""

    def run(script):
        (tmp_path / "chat").mkdir()
        file = tmp_path / "chat" / "views.py"
        file.write_text(script)
        done = subprocess.run([sys.executable, "-I", "-S", str(file)], stderr=subprocess.PIPE)
        return printed(done.stderr)

    return run


def test_text_is_what_came(printed):
    assert printed("one\n", "two è\n", b"\xff").text() == "one\ntwo è\n\ufffd"


def test_colours_are_left_out(printed):
    assert printed("\x1b[31;1mred\x1b[0m").text() == "red"


def test_folder_is_left_out(printed, tmp_path):
    assert printed(f'File "{tmp_path}/chat/views.py"').text() == 'File "chat/views.py"'


def test_text_since_a_mark(printed):
    assert printed("before", "after").text(len("before")) == "after"


@pytest.mark.skipif(not log.POLLS, reason="Windows does not tell what waits in a pipe")
def test_unread_output_counts_and_is_told(tmp_path):
    out, into = os.pipe()
    one = log.Log(out, str(tmp_path))
    with os.fdopen(into, "wb", buffering=0) as pipe:
        assert wait_until(lambda: one._pipe)
        for count in range(1, 5000):
            pipe.write(b"x")
            assert one.printed() == 2 * count - 1
            pipe.write(b"y")
            assert one.text() == "xy" * count
    one.finish()
    assert one.printed() == one.total == 2 * 4999


@pytest.mark.timeout(60)
@pytest.mark.skipif(not log.POLLS, reason="Windows does not tell what waits in a pipe")
def test_who_comes_second_to_the_pipe_does_not_wait(tmp_path, monkeypatch):
    class Overtaken:
        """The log is told between the moment when its reader sees something and its reading."""

        def __init__(self, poll=select.poll):
            self.real = poll()
            self.register = self.real.register

        def poll(self, *timeout):
            seen = self.real.poll(*timeout)
            if not timeout:
                told.append(one.text())
            return seen

    monkeypatch.setattr(log.select, "poll", Overtaken)
    told, (out, into) = [], os.pipe()
    one = log.Log(out, str(tmp_path))
    os.write(into, b"x")
    assert wait_until(lambda: told)
    assert one.text() == told[0] == "x"
    os.close(into)
    one.finish(10)
    assert one.total == 1


def test_long_log_is_bounded(printed, monkeypatch):
    monkeypatch.setattr(log, "KEPT", 10)
    one = printed("0123456789", "x" * 1000, "abcdefghij")
    assert one.text() == "0123456789\n[...]\nabcdefghij"
    assert one.total == 1020
    assert one.text(5) == "56789\n[...]\nabcdefghij"
    assert one.text(1015) == "fghij"
    assert one.text(1020) == ""


def test_full_log_has_no_gap(printed, monkeypatch):
    monkeypatch.setattr(log, "KEPT", 10)
    one = printed("0123456789", "abcdefghij")
    assert one.text() == "0123456789abcdefghij"
    assert one.text(8) == "89abcdefghij"


def test_flood_is_told_once(printed, monkeypatch):
    monkeypatch.setattr(log, "FLOOD", 100)
    told = []
    assert not printed("x" * 100, on_flood=lambda: told.append(1)).flooded.is_set()
    assert printed("x" * 101, "y", "z", on_flood=lambda: told.append(2)).flooded.is_set()
    assert told == [2]


def test_flood_of_blanks_is_quick(printed):
    one = printed(b"\n" * log.KEPT, b"a" * log.KEPT, "\nTraceback\nValueError: no\n")
    begin = time.monotonic()
    assert one.last_error() == "ValueError: no"
    assert time.monotonic() - begin < 5  # it took hours when blank lines were scanned again


def test_error_names_its_line(failing):
    assert failing("\n1 / 0").last_error() == (
        "ZeroDivisionError: division by zero (chat/views.py, line 2)"
    )


def test_error_in_a_library_names_ours(failing):
    said = failing('import json\njson.loads("")').last_error()
    assert said.startswith("JSONDecodeError: Expecting value")
    assert said.endswith("(chat/views.py, line 2)")


def test_error_without_message(failing):
    assert failing("raise KeyboardInterrupt").last_error() == (
        "KeyboardInterrupt (chat/views.py, line 1)"
    )


def test_syntax_error_names_its_line(failing):
    assert failing("x = = 1").last_error() == "SyntaxError: invalid syntax (chat/views.py, line 1)"


def test_last_of_a_chain_speaks(failing):
    said = failing(CHAIN).last_error()
    assert said.startswith("JSONDecodeError") and said.endswith("(chat/views.py, line 6)")


def test_chain_goes_back_to_the_project(printed, tmp_path):
    said = (
        f'Traceback (most recent call last):\n  File "{tmp_path}/config/asgi.py", line 7\n'
        "ImportError: cannot import name 'urls'\n\nDuring handling of the above exception, "
        'another exception occurred:\n\nTraceback (most recent call last):\n  File "/lib/x.py", '
        "line 1\ndjango.core.exceptions.ImproperlyConfigured: Cannot import it\n"
    )
    assert (
        printed(said).last_error()
        == "ImportError: cannot import name 'urls' (config/asgi.py, line 7)"
    )


def test_older_error_is_another_matter(printed, tmp_path):
    old = f'Traceback (most recent call last):\n  File "{tmp_path}/a.py", line 7\nKeyError: 1\n'
    new = 'Traceback (most recent call last):\n  File "/lib/x.py", line 1\nOSError: full\n'
    assert printed(old, new).last_error() == "OSError: full"
    assert printed(old, new).last_error(len(old) + len(new)) is None


def test_failed_check_is_named(printed):
    assert printed(CHECK).last_error() == (
        "SystemCheckError: (daphne.E001) Daphne must be listed before django.contrib.staticfiles."
    )


def test_warning_names_its_line(failing):
    assert failing(NEVER_AWAITED).last_error() == (
        "RuntimeWarning: coroutine 'send' was never awaited (chat/views.py, line 3)"
    )


def test_error_outranks_warning(failing):
    said = failing(NEVER_AWAITED + "1 / 0").last_error()
    assert said == "ZeroDivisionError: division by zero (chat/views.py, line 4)"


def test_error_in_json_is_found(printed, tmp_path):
    told = f'Traceback (most recent call last):\n  File "{tmp_path}/chat/a.py", line 7\nKeyError: 1'
    record = json.dumps({"event": "error", "status": 500, "exception": told})
    said = f'{{"event": "connect"}}\n{record}\n{{"Traceback (most recent call last)\n'
    assert printed(said).last_error() == "KeyError: 1 (chat/a.py, line 7)"


def test_warning_in_json_is_found(printed, tmp_path):
    told = f"{tmp_path}/chat/a.py:7: RuntimeWarning: coroutine 'send' was never awaited\n  send()\n"
    said = printed(json.dumps({"event": "warning", "message": told}) + "\n").last_error()
    assert said == "RuntimeWarning: coroutine 'send' was never awaited (chat/a.py, line 7)"


def test_plain_words_are_no_error(printed):
    assert printed("GET /api/ 200\nno Error here\n").last_error() is None


def test_last_line_is_found(printed):
    assert printed("one\ntwo\n\n  \n").last_line() == "two"
    assert printed("x" * 9999).last_line() == "x" * 200
    assert printed("").last_line() == ""


def test_finish_does_not_hang(tmp_path):
    out, into = os.pipe()
    one = log.Log(out, str(tmp_path))
    one.finish(0.01)
    os.write(into, b"late")
    assert wait_until(lambda: one.text() == "late")
    os.close(into)
    one.finish(10)
