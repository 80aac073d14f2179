"""How a built site is served: texts compressed, and sent again only when they have changed."""

import gzip
import http.client
import os

import pytest

from duplex.site.hosting import running

TEXT = "a word and " * 200


@pytest.fixture
def ask(tmp_path):
    """Ask for a file of a site: ask(path, **headers) returns status, headers and body."""
    (tmp_path / "index.html").write_text(TEXT)
    (tmp_path / "one.js").write_text(TEXT)
    (tmp_path / "one.packed").write_text(TEXT)
    with running(tmp_path) as (server, _):

        def get(path: str, **headers: str):
            connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET", path, headers=named)
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            return answer.status, answer.headers, body

        get.server = server
        yield get


@pytest.mark.parametrize("path", ["/", "/index.html", "/one.js?v=1"])
def test_text_is_compressed(ask, path):
    status, headers, body = ask(path, Accept_Encoding="gzip")
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert gzip.decompress(body).decode() == TEXT
    assert sum(ask.server.sizes) == len(body) == int(headers["Content-Length"])
    assert ask(path)[2].decode() == TEXT  # who asks for nothing gets it as it is


def test_unchanged_is_not_sent_again(ask, tmp_path):
    _, headers, _ = ask("/one.js", Accept_Encoding="gzip")
    known = {"Accept_Encoding": "gzip", "If_Modified_Since": headers["Last-Modified"]}
    assert ask("/one.js", **known)[::2] == (304, b"")
    (tmp_path / "one.js").write_text("another")
    os.utime(tmp_path / "one.js", (1e9, 1e9))
    status, _, body = ask("/one.js", **known)
    assert (status, gzip.decompress(body)) == (200, b"another")


def test_script_keeps_its_type(ask):
    assert ask("/one.js", Accept_Encoding="gzip")[1]["Content-Type"] == "text/javascript"
    _, headers, body = ask("/one.packed", Accept_Encoding="gzip")
    assert headers["Content-Encoding"] is None and body.decode() == TEXT
    assert ask("/none.js", Accept_Encoding="gzip")[0] == 404
