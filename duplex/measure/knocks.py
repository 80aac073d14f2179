"""The clinic's experiments at the door: how a handshake is answered, and who one is inside."""

import json
import re
import time
from http.cookiejar import CookieJar
from urllib import request
from urllib.parse import urlsplit

from duplex import wire
from duplex.deadline import wait_until
from duplex.measure.routing import cookie_of
from duplex.measure.visit import Visit, answer, told

_BANNER = re.compile(r"^Starting \S+", re.MULTILINE)


def status(visit: Visit, **how) -> str:
    """Knock at the path, and return how the handshake was answered."""
    try:
        with visit.enter(**how):
            return "101, open"
    except wire.Refused as refusal:
        return f"HTTP {refusal.status}"
    except wire.Dropped:
        return "no answer at all: the line is cut"


def handshake(visit: Visit) -> dict[str, str]:
    """Knock."""
    return {"the handshake": status(visit)}


def entered(visit: Visit) -> dict[str, str]:
    """Knock, and read the first thing that comes."""
    try:
        with visit.enter() as client:
            return {"the handshake": "101, open", "then comes": told(client.receive())}
    except wire.Refused as refusal:
        return {"the handshake": f"HTTP {refusal.status}", "then comes": "nothing"}


def entered_echo(visit: Visit) -> dict[str, str]:
    """Knock at the echo, and say something."""
    with visit.enter() as client:
        client_hears = answer(client, "hello")
    return {"the handshake": "101, open", "`hello` is answered by": client_hears}


def slow_handshake(visit: Visit) -> dict[str, str]:
    """Knock, and look at the clock."""
    start = time.perf_counter()
    answered = status(visit)
    waited = time.perf_counter() - start > 0.9  # of two seconds; it rounds down
    return {"the handshake": answered,
            "it took": "all the time that Daphne waits" if waited else "a moment"}  # fmt: skip


def banner(visit: Visit) -> dict[str, str]:
    """Knock, and read how the server announced itself."""
    log, found = visit.servers[0].log, []
    wait_until(lambda: found.extend(_BANNER.findall(log.text())) or found)  # it is read apart
    return {"the banner": found[0] if found else "none", "the handshake": status(visit)}


def origins(visit: Visit) -> dict[str, str]:
    """Knock from the chat's own page, from a foreign one, and from no page."""
    host, port = visit.address
    pages = {"the chat's own page": f"http://{host}:{port}",
             "a foreign page": "https://evil.example", "a client without Origin": ""}  # fmt: skip
    return {who: status(visit, origin=origin) for who, origin in pages.items()}


def who(visit: Visit) -> dict[str, str]:
    """Ask the chat who one is, once logged in, once not."""
    cookie = cookie_of(wire.Http(visit.address).get("/enter/?name=ada"))
    seen = {}
    for name, headers in {"Ada's browser": {"Cookie": cookie}, "without the cookie": {}}.items():
        with visit.enter(headers=headers) as client:
            seen[name] = answer(client, {"do": "who"})
    return seen


def as_browser(visit: Visit) -> dict[str, str]:
    """Log in at localhost, and let the page's socket be opened with the cookies of a browser."""
    port, jar = visit.address[1], CookieJar()
    no_proxy = request.ProxyHandler({})
    browser = request.build_opener(no_proxy, request.HTTPCookieProcessor(jar))
    with browser.open(f"http://localhost:{port}/enter/?name=ada") as page:
        shown = page.read().decode()
    with browser.open(f"http://localhost:{port}/socket/?room={visit.room}") as page:
        socket = urlsplit(json.load(page)["socket"])
    knock = request.Request(f"http://{socket.netloc}{socket.path}")
    jar.add_cookie_header(knock)  # as a browser: only the cookies of this very host
    headers = {"Cookie": knock.get_header("Cookie", "")}
    origin = f"http://localhost:{port}"
    with wire.connect(visit.address, socket.path, origin=origin, headers=headers) as client:
        said = answer(client, {"do": "who"})
    return {"the page": shown, "its socket goes to": socket.hostname, "the consumer says": said}
