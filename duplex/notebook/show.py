"""What every notebook imports: serve a project, show code, tables, pictures and the quiz."""

import ast
import base64
import io
import re
from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
from IPython.display import display

from duplex import catalog, certs, server
from duplex.certs import Authority

NOTEBOOKS = catalog.ROOT / "notebooks"
SOLUTIONS = "../solutions/"
LANGUAGES = {".js": "javascript", ".conf": "nginx"}  # of files that are shown; else Python


def serve(project: str, kind: str = "daphne", **variables: str) -> server.Server:
    """Serve a project of the notebooks, such as `projects/echo`, until the kernel ends.

    `variables` become environment variables of the project.
    """
    return server.serve(NOTEBOOKS / project, kind, env=variables)


def serve_tls(project: str, authority: Authority) -> certs.TlsServer:
    """The same, with TLS and a certificate of `authority`."""
    return certs.serve_tls(NOTEBOOKS / project, authority)


def show(path: str, name: str | None = None) -> None:
    """Show a file of the course (Python, JavaScript, nginx), or one class or function of it.

    Where there is no solution, the reader's own lab is shown.
    """
    if path.startswith(SOLUTIONS) and not (NOTEBOOKS / path).is_file():  # a copy for students
        path = path.replace(SOLUTIONS, "../labs/", 1)
    source = (NOTEBOOKS / path).read_text(encoding="utf-8").rstrip()
    language = LANGUAGES.get(Path(path).suffix, "python")
    if name and language == "javascript":
        source = re.search(rf"^(async )?function {name}\(.*?^}}", source, re.M | re.S)[0]
    elif name:
        found = [node for node in ast.parse(source).body if getattr(node, "name", "") == name]
        source = ast.get_source_segment(source, found[0])
    shown = path.removeprefix("../")
    text = f"`{shown}`\n\n```{language}\n{source}\n```"
    display({"text/markdown": text, "text/plain": source}, raw=True)


def table(rows: list[dict]) -> None:
    """Show rows as a table; numbers stand to the right."""
    names = list(rows[0])
    align = ["---:" if isinstance(rows[0][name], int | float) else "---" for name in names]
    lines = [names, align, *([_cell(row[name]) for name in names] for row in rows)]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    display({"text/markdown": text, "text/plain": text}, raw=True)


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def draw(figure: Callable, *what, alt: str, **options) -> None:
    """Show what a function of `duplex.figures` draws, with `alt` for those who cannot see it."""
    drawn = figure(*what, **options)
    stream = io.BytesIO()
    drawn.savefig(stream, format="png", dpi=110, bbox_inches="tight", metadata={"Software": None})
    plt.close(drawn)
    image = base64.b64encode(stream.getvalue()).decode()
    display({"image/png": image, "text/plain": alt}, raw=True, metadata={"image/png": {"alt": alt}})


def quiz(number: str) -> None:
    """Show the questions of a notebook, one after another."""
    from jupyterquiz import display_quiz

    from duplex.notebook import answers

    answers.follow(number)
    display_quiz(str(NOTEBOOKS / "quizzes" / f"{number}.json"))
