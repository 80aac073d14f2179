"""A visitor keeps cookies, sends forms with their token, and tells what goes wrong."""

import http.server
import threading

import pytest

from duplex.expect import Mismatch
from duplex.visitor import TOKEN, Visitor

PAGE = f"<form><input type='text' name='other'><input name=\"{TOKEN}\" value=\"a&amp;b\"></form>"


class Site(http.server.BaseHTTPRequestHandler):
    """Answers with its page and its cookies; keeps what it was asked."""

    def do_GET(self):
        length = int(self.headers["Content-Length"] or 0)
        asked = self.path, self.headers["Cookie"], self.rfile.read(length).decode()
        self.server.asked.append(asked)
        self.server.places.append((self.headers["Origin"], self.headers["Host"]))
        body = self.server.page.encode()
        self.send_response(self.server.status.get(self.command, 200))
        for cookie in self.server.cookies:
            self.send_header("Set-Cookie", cookie)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def site():
    """A site that answers whatever the test puts into its attributes."""
    with http.server.HTTPServer(("127.0.0.1", 0), Site) as server:
        server.asked, server.cookies, server.page, server.status = [], [], PAGE, {"POST": 302}
        server.places, server.url = [], "{}:{}".format(*server.server_address)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join(10)


@pytest.fixture
def visitor(site):
    """A visitor of that site."""
    return Visitor(site.server_address)


def test_cookies_kept_and_sent(site, visitor):
    site.cookies = ['a="x y"; Path=/; HttpOnly', "b=2; Max-Age=60"]
    visitor.get("/")
    site.cookies = ["b=3", "a=; Max-Age=0"]
    visitor.get("/two")
    visitor.get("/three")
    assert [cookie for _, cookie, _ in site.asked] == [None, 'a="x y"; b=2', "b=3"]


def test_form_sent_with_its_token(site, visitor):
    visitor.submit("/do/", page="/form/", text="è&=")
    assert [path for path, _, _ in site.asked] == ["/form/", "/do/"]
    assert site.asked[1][2] == f"{TOKEN}=a%26b&text=%C3%A8%26%3D"


def test_forged_form_has_cookies_and_no_token(site, visitor):
    visitor.cookies["a"] = "1"
    visitor.forged("/do/", text="x")
    assert site.asked == [("/do/", "a=1", "text=x")]


def test_form_comes_from_the_proxy(site):
    Visitor(site.server_address, "https://hub.example:8000").submit("/do/")
    assert site.places == [(None, site.url), ("https://hub.example:8000", "hub.example:8000")]


def test_page_without_form_told(site, visitor):
    site.page = "<p>under construction</p>"
    with pytest.raises(Mismatch, match="GET /login/: saw .*; should see a page with a form"):
        visitor.log_in("ada")


def test_refused_sign_up_told(site, visitor):
    site.status = {"POST": 200}
    with pytest.raises(Mismatch, match="POST /signup/ with the name 'ada'"):
        visitor.sign_up("ada")
    with pytest.raises(Mismatch, match="POST /logout/"):
        visitor.log_out()
    assert visitor.name == ""
