"""A person at a browser, for labs 05 to 08: pages with forms, and cookies that are kept."""

import re
from html import unescape
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlencode, urlsplit

from duplex import wire
from duplex.expect import expect
from duplex.messages import Response
from duplex.sockets import Address, TlsAddress

PASSWORD = "correct horse battery staple"  # of everybody who is made up for a test
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FIELD = re.compile(r"<input\b[^>]*>", re.IGNORECASE)
TOKEN = "csrfmiddlewaretoken"


class Visitor:
    """One browser: it keeps the cookies that it gets, and sends them with every request.

    `origin` is where it sees the page, when that is the address of a proxy.
    """

    def __init__(self, address: Address, origin: str = ""):
        self.address, self.origin, self.name, self.cookies = address, origin, "", {}

    def get(self, path: str) -> Response:
        """Open a page."""
        return self._request("GET", path)

    def submit(self, path: str, page: str | None = None, **fields: str) -> Response:
        """Send a form to `path`, with the token that stands in its `page` (`path` itself)."""
        fields = {TOKEN: self._token(page or path)} | fields
        return self._request("POST", path, urlencode(fields), FORM | self._origin())

    def forged(self, path: str, **fields: str) -> Response:
        """Send a form as a foreign page would: with the visitor's cookies, and without a token."""
        return self._request("POST", path, urlencode(fields), FORM)

    def sign_up(self, name: str) -> "Visitor":
        """Become a new person, who is logged in from now on."""
        return self._come("/signup/", name)

    def log_in(self, name: str) -> "Visitor":
        """Come as a person who has signed up before."""
        return self._come("/login/", name)

    def _come(self, path: str, name: str) -> "Visitor":
        answer = self.submit(path, username=name, password=PASSWORD)
        where = f"POST {path} with the name {name!r} and a good password"
        expect.that(answer.status in (302, 303), answer, "HTTP 302, to the chat", where)
        self.name = name
        return self

    def log_out(self) -> None:
        """End the session."""
        answer = self.submit("/logout/", page="/")
        expect.that(answer.status in (302, 303), answer, "HTTP 302", "POST /logout/")

    def connect(self, path: str, **options) -> wire.WebSocket:
        """Open a WebSocket, which takes the cookies along, as a browser's does."""
        if self.origin:
            options = {"origin": self.origin} | options
        return wire.connect(self.address, path, headers=self._headers(), **options)

    def _request(self, method: str, path: str, body=None, headers=None) -> Response:
        headers = self._headers() | (headers or {})
        answer = wire.Http(self.address).request(method, path, body, headers)
        for line in answer.headers.get_all("Set-Cookie", []):
            self._keep(line)
        return answer

    def _headers(self) -> dict[str, str]:
        line = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": line} if line else {}

    def _origin(self) -> dict[str, str]:
        """Return what a browser says of a form's page; over TLS, Django asks for it."""
        if self.origin:
            return {"Origin": self.origin, "Host": urlsplit(self.origin).netloc}
        secure = isinstance(self.address, TlsAddress)
        return {"Origin": "https://{}:{}".format(*self.address)} if secure else {}

    def _keep(self, line: str) -> None:
        """Keep a cookie; one that is no longer valid is thrown away."""
        try:
            for name, cookie in SimpleCookie(line).items():
                self.cookies[name] = cookie.coded_value
                if cookie["max-age"] == "0":
                    del self.cookies[name]
        except CookieError:
            pass  # a browser ignores it, too

    def _token(self, path: str) -> str:
        page = self.get(path)
        for field in FIELD.findall(page.text):
            if f'name="{TOKEN}"' in field and (value := re.search(r'value="([^"]*)"', field)):
                return unescape(value[1])
        expect.that(False, page, f"a page with a form that has a {TOKEN}", f"GET {path}")
