"""The doors of a chat with log-in, for lab 05: where its forms lead, and whom they let in."""

from http.cookies import SimpleCookie
from urllib.parse import urljoin, urlsplit

from duplex.expect import describe, expect, expect_page
from duplex.messages import Response
from duplex.visitor import PASSWORD, Visitor

TWO_WEEKS = 14 * 24 * 60 * 60  # seconds
MOVED = 301, 302, 303, 307, 308
SHORTEST = " blank7 "  # the shortest password that is right
NOBODY = {  # what is wrong with a name, and with a password
    "no name": "", "a name of 31 characters": "x" * 31, "a blank in the name": "a b",
    "a plus in the name": "ada+eve", "an @ in the name": "@ada", "a slash in the name": "a/b",
}  # fmt: skip


def leads(answer: Response, path: str, to: str, where: str) -> None:
    """Demand that the answer to a request for `path` sends a browser to the path `to`."""
    place = answer.headers.get("Location", "")
    fine = answer.status in MOVED and urlsplit(urljoin(path, place)).path == to
    saw = f"HTTP {answer.status}, to {place!r}" if place else describe(answer)
    expect.that(fine, saw, f"HTTP 302, to {to}", where)


def comes_and_goes(visitor: Visitor, name: str) -> None:
    """Demand that somebody can sign up, log out and log in again, and is led on each time."""
    fields = {"username": name, "password": SHORTEST}
    answer = visitor.submit("/signup/", **fields)
    leads(answer, "/signup/", "/", f"POST /signup/ with {fields}")
    kept = _seconds(answer)
    should = f"{TWO_WEEKS}, which are two weeks"
    expect.that(kept in (None, str(TWO_WEEKS)), kept, should, "the seconds of the session's cookie")
    expect_page(visitor.get("/"), "GET / after the sign-up")
    leads(visitor.submit("/logout/", page="/"), "/logout/", "/login/", "POST /logout/")
    leads(visitor.get("/"), "/", "/login/", "GET / after the log-out")
    answer = visitor.submit("/login/", **fields)
    leads(answer, "/login/", "/", f"POST /login/ with {fields}, as at the sign-up")


def _seconds(answer: Response) -> str | None:
    """Return how long a browser is to keep the session's cookie; None if nothing says so."""
    for line in answer.headers.get_all("Set-Cookie", []):
        if line.startswith("sessionid="):
            return SimpleCookie(line)["sessionid"]["max-age"] or None
    return None


def stays_outside(visitor: Visitor, what: str, name: str, password: str = PASSWORD) -> None:
    """Demand that a sign-up with something wrong is refused, and makes nobody of the visitor."""
    answer, where = visitor.submit("/signup/", username=name, password=password), f"sign-up, {what}"
    expect.that(answer.status < 500, answer, "the form once more", where)
    leads(visitor.get("/"), "/", "/login/", f"GET / after a refused {where}")
