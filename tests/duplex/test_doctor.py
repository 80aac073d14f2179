"""What the doctor finds on this computer, and on one that lacks everything."""

import io
import os
import sys

import pytest
from rich.console import Console

from duplex import doctor, redis


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A computer without any program beyond Python."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(redis, "in_wheel", lambda: None)
    monkeypatch.setenv("DUPLEX_CHROMIUM", str(tmp_path / "none"))


def told() -> tuple[int, str]:
    """Return the report's exit code and its text, on one line."""
    out = io.StringIO()
    code = doctor.report(Console(file=out, width=100))
    return code, " ".join(out.getvalue().split())


def program(folder, name: str, text: str) -> None:
    """Put a program in a folder."""
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    os.chmod(folder / name, 0o755)


def test_required_parts_are_here():
    required = [part for part in doctor.survey() if part.required]
    assert [part.name for part in required] == ["Python 3.11 or newer", "packages"]
    assert all(part.found for part in required)


def test_bare_computer_lacks_options(bare):
    missing = {part.name for part in doctor.survey() if not part.found}
    assert missing >= {"redis-server", "bubblewrap", "Chromium, Chrome or Edge", "npm"}
    assert {name for name in missing if name.startswith("sandbox")} >= {
        "sandbox: another user", "sandbox: network namespace", "sandbox: read-only files",
    }  # fmt: skip


def test_optional_parts_change_no_exit(bare):
    assert told()[0] == 0


def test_missing_part_says_how(bare):
    said = told()[1]
    assert "Missing: redis-server. This disables the Redis channel layer" in said
    for system in ("apt install redis-server", "brew install redis", "Windows: use WSL 2"):
        assert system in said


def test_missing_part_is_told_once(bare):
    assert told()[1].count("apt install bubblewrap") == 1


def test_every_part_says_how():
    for part in doctor.survey():
        assert part.disables
        assert all(name in part.get or "Every system" in part.get or "Linux" in part.get
                   for name in ("Debian", "macOS", "Windows")), part.name  # fmt: skip


def test_missing_package_fails(monkeypatch):
    monkeypatch.setattr(doctor, "needed", lambda: {"django", "no-such-package"})
    code, said = told()
    assert code == 1
    assert "missing: no-such-package" in said
    assert "python3 course.py list" in said


def test_other_version_is_told(monkeypatch):
    monkeypatch.setattr(doctor, "pins", lambda: {"pytest": "0.1"})
    code, said = told()
    assert code == 0
    assert f"1 of another version: pytest {pytest.__version__} for 0.1" in said


def test_old_python_fails(monkeypatch):
    monkeypatch.setattr(doctor.sys, "version_info", (3, 10, 1))
    assert not doctor.python().found


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_broken_program_is_missing(bare, tmp_path):
    program(tmp_path, "redis-server", "exit 1")
    part = doctor.redis_server()
    assert not part.found
    assert "does not start" in part.detail


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has bubblewrap")
def test_useless_sandbox_is_seen(bare, tmp_path):
    words = 'case " $* " in *" -I "*) ;; *) exit 0; esac\n'
    words += 'while [ "$1" != -I ]; do last="$1"; shift; done; exec "$last" "$@"'
    program(tmp_path, "bwrap", words)
    program(tmp_path, "setpriv", "exit 0")
    holds = {part.name for part in doctor.layers() if part.found}
    assert holds <= {f"sandbox: {one} limit" for one in ("memory", "process")} | {
        "sandbox: unix socket"}  # fmt: skip


def test_wrong_browser_is_told(bare):
    part = doctor.browser()
    assert not part.found
    assert "DUPLEX_CHROMIUM" in part.detail
