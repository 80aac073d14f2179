"""What notebook 06 imports: a project served in several ways, and its scope."""

from duplex import wire
from duplex.deadline import wait_until
from duplex.figures import routing as figures
from duplex.measure.routing import added, cookie_of, knock, manage, scope_at
from duplex.notebook.check import check
from duplex.notebook.show import NOTEBOOKS, draw, quiz, serve, show, table

__all__ = [
    "added", "banner", "check", "cookie_of", "draw", "figures", "knock", "manage_py", "quiz",
    "scope_at",
    "serve", "show", "table", "wait_until", "wire",
]  # fmt: skip


def banner(server) -> str:
    """Return the line in which a server says what it is; it may come a moment after the start."""
    wait_until(lambda: "\nStarting " in server.log.text())
    lines = server.log.text().splitlines()
    return next(line for line in lines if line.startswith("Starting "))


def manage_py(project: str, *words: str, **variables: str) -> str:
    """Run a command of a notebook's project, and return what it printed."""
    return manage(NOTEBOOKS / project, *words, **variables)
