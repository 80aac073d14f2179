"""Serve a built site on this computer: plain files, as any web server would."""

import functools
import gzip
import http.server
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

COMPRESSED = {".css", ".html", ".js", ".json", ".mjs", ".svg"}  # what is loaded may be, itself
SCRIPTS = {".js": "text/javascript", ".mjs": "text/javascript"}  # whatever this computer says


class Site(http.server.ThreadingHTTPServer):
    """The site's server; `sizes` has the bytes of each body that it sent."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.sizes = []


class _Handler(http.server.SimpleHTTPRequestHandler):
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | SCRIPTS

    def log_message(self, format: str, *args) -> None:
        """Say nothing about each file."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")  # what is built again is seen at once
        super().end_headers()

    def send_head(self):
        """Send the headers, and return what is to follow: a text compressed, if that is wanted."""
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if self.path.partition("?")[0].endswith("/") else file
        wanted = "gzip" in self.headers.get("Accept-Encoding", "")
        if not wanted or file.suffix not in COMPRESSED or not file.is_file():
            return super().send_head()
        changed = self.date_time_string(int(file.stat().st_mtime))
        if self.headers.get("If-Modified-Since") == changed:
            self.send_response(HTTPStatus.NOT_MODIFIED)
            return self.end_headers()
        body = gzip.compress(file.read_bytes(), 6)
        self.send_response(HTTPStatus.OK)
        for name, value in (("Content-Type", self.guess_type(str(file))),
                            ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"),
                            ("Content-Length", str(len(body))), ("Last-Modified", changed)):
            self.send_header(name, value)
        self.end_headers()
        return io.BytesIO(body)

    def send_header(self, keyword: str, value: str) -> None:
        super().send_header(keyword, value)
        if keyword == "Content-Length":
            self.server.sizes.append(int(value))


def server(site: Path, port: int = 0) -> Site:
    """Return a server of a folder's files that listens on a port (0: any that is free)."""
    return Site(("127.0.0.1", port), functools.partial(_Handler, directory=str(site)))


@contextmanager
def running(site: Path) -> Iterator[tuple[Site, str]]:
    """Serve a site while the block runs; yields its server, and its address."""
    with server(site) as one:
        threading.Thread(target=one.serve_forever, daemon=True).start()
        try:
            yield one, f"http://127.0.0.1:{one.server_port}/"
        finally:
            one.shutdown()


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a site while the block runs; yields its address."""
    with running(site) as (_, url):
        yield url
