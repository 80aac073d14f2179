"""Note a reader's answers to a quiz: its page tells the kernel, which writes the progress file.

Only inside JupyterLab, where the page can reach the kernel; elsewhere a quiz works, unnoted.
"""

import json
import secrets
import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from IPython.display import HTML, Javascript, display

from duplex import progress
from duplex.errors import CourseError
from duplex.notebook import lab

SCRIPT = Path(__file__).with_name("answers.js")


class _Listener(BaseHTTPRequestHandler):
    """Takes in `GET /SECRET/QUIZ?question=2&right=true`."""

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        known = path.startswith(f"/{self.server.secret}/")
        self.send_response(204 if known and _note(path.rpartition("/")[2], query) else 404)
        self.end_headers()

    def log_message(self, *_) -> None:
        """Say nothing: a notebook shows what its kernel prints."""


def _note(quiz: str, query: dict[str, list[str]]) -> bool:
    try:
        (question,), (right,) = query["question"], query["right"]
        progress.note_answer(quiz, int(question), right == "true")
    except (CourseError, KeyError, ValueError):
        return False
    return True


@cache
def listener() -> ThreadingHTTPServer:
    """Listen to the pages of this kernel, until it ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Listener)
    server.secret, server.daemon_threads = secrets.token_urlsafe(16), True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def follow(quiz: str) -> None:
    """Note the answers to the quiz that is shown next, if this notebook is in JupyterLab."""
    if lab.proxied(0) is None:
        return
    server, mark = listener(), f"answers-{secrets.token_hex(6)}"
    url = f"{lab.proxied(server.server_port)}{server.secret}/{quiz}"
    script = SCRIPT.read_text("utf-8").replace("URL_", json.dumps(url).strip('"'))
    display(HTML(f'<div id="{mark}"></div>'))
    display(Javascript(script.replace("ID", json.dumps(mark), 1)))
