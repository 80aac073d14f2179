"""A command of a project's manage.py, typed in its folder: quickly from a warm parent, or alone."""

import os
import subprocess
import sys
from pathlib import Path

from duplex.deadline import scaled, wait_until
from duplex.log import Log
from duplex.nursery import Nursery, child_environment

PATIENCE = 60.0  # seconds that a command may take, scaled by DUPLEX_TIMEOUT_FACTOR


def command(
    folder: Path,
    *words: str,
    nursery: Nursery | None = None,
    answers: str = "",
    env: dict[str, str] | None = None,
) -> str:
    """Type `python manage.py WORDS`, and `answers` if it asks; return what it printed."""
    if nursery is None:
        return _alone(folder, words, answers, env or {})
    order = {"do": "serve", "kind": "command", "folder": str(folder), "remove": str(folder),
             "env": env or {}, "migrated": True, "words": words, "answers": answers}  # fmt: skip
    output_in, output = os.pipe()
    log = Log(output_in, str(folder))
    try:
        child = nursery.start(order, [output, output, output])  # no listener: nothing is served
    finally:
        os.close(output)
    if not wait_until(lambda: not child.running(), PATIENCE):
        child.kill()
    log.finish()
    return log.text()


def _alone(folder: Path, words: tuple[str, ...], answers: str, env: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=folder, text=True, input=answers,
        env=child_environment() | {"DJANGO_COLORS": "nocolor", "NO_COLOR": "1"} | env,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=scaled(PATIENCE),
    )  # fmt: skip
    return done.stdout
