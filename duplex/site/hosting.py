"""Serve a built site on this computer: plain files, as any web server would."""

import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args) -> None:
        """Say nothing about each file."""


def server(site: Path, port: int = 0) -> http.server.ThreadingHTTPServer:
    """Return a server of a folder's files that listens on a port (0: any that is free)."""
    handler = functools.partial(_Quiet, directory=str(site))
    return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a site while the block runs; yields its address."""
    with server(site) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{running.server_port}/"
        finally:
            running.shutdown()
