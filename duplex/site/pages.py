"""Let Sphinx make the pages, in a process of its own: when this one is stopped, so is all of it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duplex
from duplex.errors import CourseError

STEP = re.compile(r"(reading sources|writing output)\.\.\. *\[ *(\d+)%\]")
STEPS = {"reading sources": "reading, {} %", "writing output": "writing, {} %"}


def make(source: Path, made: Path, tell: Callable[[str], None]) -> None:
    """Make the pages of `source` in `made`; `tell` hears how far it is.

    CourseError names each warning by file and line: a warning is an error.
    """
    kept = source.parent
    said, warned = kept / "said.txt", kept / "warnings.txt"
    with open(said, "w", encoding="utf-8") as errors:
        failed = _run(_words(source, made, warned), kept, errors, tell)
    warnings = _text(warned).replace(f"{source}{os.sep}", "")
    if warnings or failed:
        raise CourseError(f"The site was not built; mend this first:\n{warnings or _text(said)}")


def _words(source: Path, made: Path, warned: Path) -> list[str]:
    options = ["--fresh-env", "--write-all", "--no-color", "--jobs", "auto"]
    options += ["--warning-file", str(warned), "--doctree-dir", str(source.parent / "doctrees")]
    return [sys.executable, "-P", "-m", "sphinx", *options, str(source), str(made)]


def _run(words: list[str], place: Path, errors, tell: Callable[[str], None]) -> bool:
    """Run Sphinx, and return whether it failed; nothing of it outlives this function."""
    home = str(Path(duplex.__file__).parent.parent)
    path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
    env = os.environ | {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8",
                        "TMPDIR": str(place)}  # fmt: skip
    process = subprocess.Popen(words, cwd=place, env=env, stdout=subprocess.PIPE, stderr=errors,
                               encoding="utf-8", start_new_session=True)  # fmt: skip
    try:
        for line in process.stdout:
            if step := STEP.search(line):
                tell(STEPS[step[1]].format(step[2]))
        return bool(process.wait())
    finally:
        _end(process)


def _end(process: subprocess.Popen) -> None:
    """End the process with those that it started."""
    if process.poll() is None:
        if os.name == "nt":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.stdout.read()  # to its end, which is that of the last process
    process.stdout.close()
    process.wait()


def _text(file: Path) -> str:
    return file.read_text("utf-8", "replace").strip() if file.is_file() else ""
