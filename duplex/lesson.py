"""What notebook 03 imports: serve a project, show code, tables, pictures and the quiz."""

import ast
import base64
import io
from pathlib import Path
from statistics import median

import matplotlib.pyplot as plt
from IPython.display import display

from duplex import certs, figures_wire, frames, server, wire
from duplex.certs import Authority
from duplex.deadline import wait_until
from duplex.frames import BINARY, CLOSE, CONTINUATION, PING, TEXT
from duplex.line import Line
from duplex.measure_wire import cost_row, header_costs, moments, race
from duplex.rawsocket import RawWebSocket, request

__all__ = [
    "BINARY", "CLOSE", "CONTINUATION", "PING", "TEXT", "Authority", "Line", "RawWebSocket",
    "certs", "cost_row", "draw", "frames", "header_costs", "median", "moments", "quiz", "race",
    "request", "serve", "serve_tls", "show", "table", "wait_until", "wire",
]  # fmt: skip

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def serve(project: str, kind: str = "daphne") -> server.Server:
    """Serve a project of the notebooks, such as `projects/echo`, until the kernel ends."""
    return server.serve(NOTEBOOKS / project, kind)


def serve_tls(project: str, authority: Authority) -> certs.TlsServer:
    """The same, with TLS and a certificate of `authority`."""
    return certs.serve_tls(NOTEBOOKS / project, authority)


def show(path: str, name: str | None = None) -> None:
    """Show a file of the course, or one class or function of it."""
    source = (NOTEBOOKS / path).read_text(encoding="utf-8").rstrip()
    if name:
        found = [node for node in ast.parse(source).body if getattr(node, "name", "") == name]
        source = ast.get_source_segment(source, found[0])
    shown = path.removeprefix("../")
    text = f"`{shown}`\n\n```python\n{source}\n```"
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


def draw(kind: str, *what, alt: str, **options) -> None:
    """Show a picture of `duplex.figures_wire`, with `alt` for those who cannot see it."""
    figure = getattr(figures_wire, kind)(*what, **options)
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=110, bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)
    image = base64.b64encode(stream.getvalue()).decode()
    display({"image/png": image, "text/plain": alt}, raw=True, metadata={"image/png": {"alt": alt}})


def quiz(number: str) -> None:
    """Show the questions of a notebook, one after another."""
    from jupyterquiz import display_quiz

    display_quiz(str(NOTEBOOKS / "quizzes" / f"{number}.json"))
