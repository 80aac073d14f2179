"""What the worker calls; `post` takes JSON, and sends it to the page."""

import importlib
import json
import shutil
import sys
from pathlib import Path

from inpage import served

PROJECT = Path("/project")
live = None


def write(files: str) -> None:
    """Write the project anew: JSON, the texts by path."""
    shutil.rmtree(PROJECT, ignore_errors=True)
    for path, text in json.loads(files).items():
        target = PROJECT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")


def prepare() -> None:
    """Import the libraries, before the reader's own code is."""
    served.prepare()


def serve(env: str, post) -> None:
    """Serve the project to the panes."""
    global live
    from inpage.live import Live

    if live:
        live.end()
    live = Live(str(PROJECT), json.loads(env), lambda data: post(json.dumps(data)))


def check(number: int, tasks: str, post) -> None:
    """Judge the project; `tasks` is JSON, a list of ids, or null for all."""
    from inpage import judge

    if "duplex" not in sys.modules:
        importlib.invalidate_caches()  # its folder was not there when imports looked last
        judge.install()
    judge.check(number, str(PROJECT), json.loads(tasks), lambda data: post(json.dumps(data)))
