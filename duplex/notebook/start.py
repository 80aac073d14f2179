"""What notebook 00 imports: the course looked at from outside, read from its own files."""

import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from urllib.request import urlopen

import nbformat

from duplex import catalog, progress
from duplex.deadline import scaled
from duplex.figures import start as figures
from duplex.notebook.show import NOTEBOOKS, draw, quiz, serve, show, table

__all__ = [
    "catalog", "contents", "course", "draw", "figures", "lecture_map", "my_labs", "my_quizzes",
    "quiz", "serve", "show", "table", "urlopen", "versions",
]  # fmt: skip

PARTS = {
    "Django": "pages, models, views",
    "channels": "consumers and groups: Django for WebSockets",
    "daphne": "the server that speaks HTTP and WebSocket",
    "websocket-client": "the client that speaks to it from Python",
}
LECTURE = (  # the lecture's parts, in its order, and the notebooks that teach them
    ("Introduction: requests, responses, AJAX", ("01",)),
    ("Introduction: polling with a timer, and its period", ("02",)),
    ("WebSockets: the protocol, ws and wss, frames", ("03",)),
    ("Client-side: new WebSocket, onmessage, the event loop", ("04",)),
    ("Server-side: WSGI and ASGI, awaitable objects, threads", ("05",)),
    ("Configuration: Daphne, Channels, the protocol router", ("03", "06")),
    ("Configuration: the authentication middleware and the scope", ("09",)),
    ("WebSocket channels, groups and their rules", ("08",)),
    ("Channel layers: in memory, and Redis", ("08", "11")),
    ("Case study: the naive chat", ("07",)),
    ("Case study: the chat with Channels", ("08",)),
    ("Beyond the lecture: history, delivery, resuming", ("10",)),
    ("Beyond the lecture: production, and finding mistakes", ("12", "13")),
)


def versions() -> list[dict[str, str]]:
    """Return the versions of what the course stands on."""
    python = ".".join(map(str, sys.version_info[:3]))
    rows = [{"part": "Python", "version": python, "what for": "everything"}]
    return rows + [
        {"part": name, "version": metadata.version(name), "what for": use}
        for name, use in PARTS.items()
    ]


def course(*words: str) -> None:
    """Run a command of the course, as a terminal would, and print what it says."""
    print("$ python3 course.py", *words)
    told = subprocess.run(
        [sys.executable, "-m", "duplex", *words], cwd=catalog.ROOT, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
        timeout=scaled(60), env=_plain_terminal(),
    )  # fmt: skip
    lines = told.stdout.replace(str(catalog.ROOT) + os.sep, "").splitlines()
    print("\n".join(line.rstrip() for line in lines).rstrip())


def _plain_terminal() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items()
            if name not in ("FORCE_COLOR", "CLICOLOR_FORCE")}  # fmt: skip
    plain = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "96", "PYTHONIOENCODING": "utf-8"}
    return kept | plain  # Jupyter asks for colours, and for lines that move


def my_labs() -> list[dict]:
    """Return each lab with its tasks and points, and how many of them have passed."""
    done = progress.passed()
    return [
        {
            "lab": f"{lab.number:02d}", "title": lab.title,
            "passed": sum(task.id in done for task in lab.tasks), "tasks": len(lab.tasks),
            "points": sum(task.points for task in lab.tasks if task.id in done),
            "of": sum(task.points for task in lab.tasks),
        }
        for lab in catalog.labs()
    ]  # fmt: skip


def my_quizzes() -> list[dict]:
    """Return each notebook with a quiz, and how many of its questions were answered rightly."""
    here = _notebooks()
    return [
        {"quiz of": _link(here[number]), "right": right, "of": most}
        for number, right, most in progress.quizzes()
        if number in here
    ]


def contents() -> list[dict[str, str]]:
    """Return the notebooks that are here: title, minutes, and the lab that each leads to."""
    return [
        {"notebook": _link(path), "minutes": _minutes(path), "leads to": _labs_of(path.name[:2])}
        for path in _notebooks().values()
    ]


def lecture_map() -> list[dict[str, str]]:
    """Return the lecture's parts, with the notebooks and labs where each is taught."""
    here = _notebooks()
    return [
        {
            "the lecture": part,
            "notebook": ", ".join(
                _link(here[number]) if number in here else f"{number} (to come)"
                for number in numbers
            ),
            "lab": ", ".join(filter(None, map(_labs_of, numbers))),
        }
        for part, numbers in LECTURE
    ]


def _notebooks() -> dict[str, Path]:
    return {path.name[:2]: path for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))}


def _opening(path: Path) -> str:
    return nbformat.read(path, as_version=4).cells[0].source


def _link(path: Path) -> str:
    return f"[{_opening(path).splitlines()[0].lstrip('# ')}]({path.name})"


def _minutes(path: Path) -> str:
    found = re.search(r"About (\d+) minutes", _opening(path))
    return found[1] if found else ""


def _labs_of(number: str) -> str:
    return ", ".join(
        f"[lab {lab.number:02d} {lab.title}](../labs/{lab.name}/README.md)"
        for lab in catalog.labs()
        if lab.notebook.startswith(number + "_")
    )
