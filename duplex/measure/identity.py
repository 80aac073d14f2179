"""What notebook 09 asks: whom a server takes a client for, and which pages reach it."""

import json
from collections.abc import Iterable
from contextlib import suppress
from http.cookies import SimpleCookie

from duplex import wire
from duplex.deadline import wait_until
from duplex.line import Line
from duplex.measure.routing import cookie_of
from duplex.server import Server

REACH = """
const socket = new WebSocket({aim});
return new Promise((done) => {{
  socket.onmessage = (event) => done("opens as " + JSON.parse(event.data).you);
  socket.onclose = (event) => done("closed, " + event.code);
}});
"""
HEADERS = "Host", "Origin", "Cookie"


def log_in(server: Server, name: str, **query) -> str:
    """Log a person in, and return the session's cookie; `query` goes into the address."""
    words = "&".join(f"{key}={value}" for key, value in query.items())
    return cookie_of(wire.Http(server.address).get(f"/enter/{name}/?{words}"))


def enter(server: Server, path: str, cookie: str = "", origin: str | None = None) -> wire.WebSocket:
    """Connect with a cookie; without an `origin`, it is the server's own, "" sends none."""
    headers = {"Cookie": cookie} if cookie else None
    return wire.connect(server.address, path, origin=origin, headers=headers)


def outcome(server: Server, path: str, cookie: str = "", origin: str | None = None) -> str:
    """Tell in a few words what becomes of a connection."""
    try:
        with enter(server, path, cookie, origin) as client:
            frame = client.receive()
    except wire.Refused as refusal:
        return f"HTTP {refusal.status}"
    if frame.kind == "close":
        return f"101, then closed, {frame.code}"
    return f"101, opens as {frame.json()['you']}"


def reach(tab, aim: str) -> str:
    """Tell the same of a WebSocket that a browser's page opens, as the page sees it."""
    return tab.run(REACH.format(aim=json.dumps(aim)))


def reached(tab, pages: Iterable[str], aim: str) -> dict[str, str]:
    """Open each of `pages` (without http://) and return what becomes of its WebSocket."""
    found = {}
    for page in pages:
        tab.goto(f"http://{page}/still/")
        found[page] = reach(tab, aim)
    return found


def under_rule(tab, pages: Iterable[str], rule: str) -> dict[str, str]:
    """Let Ada log in, with SameSite as a rule for her cookie; return whom which page reaches."""
    tab.goto(f"http://chat.example/enter/ada/?samesite={rule}")
    aim = "ws://chat.example/ws/letters/"
    return {"chat.example": reach(tab, aim)} | reached(tab, pages, aim)


def handshakes(line: Line) -> list[dict[str, str]]:
    """Return what the handshakes that passed a line said of host, origin and cookies."""
    heads = [one.data.partition(b"\r\n\r\n")[0] for one in list(line.passages) if one.up]
    asked = [head.decode("latin-1") for head in heads if b"upgrade: websocket" in head.lower()]
    return [_told(head) for head in asked]


def _told(head: str) -> dict[str, str]:
    lines = dict(line.split(": ", 1) for line in head.splitlines()[1:])
    told = {name: lines.get(name, "(none)") for name in HEADERS}
    cookies = SimpleCookie(lines.get("Cookie", ""))
    told["Cookie"] = ", ".join(f"{name}=…" for name in sorted(cookies)) or "(none)"
    return told


def hijack(asked: dict[str, str], brought: dict) -> tuple[list[str], list[tuple[str, str, str]]]:
    """Return lanes and steps of a hijack, from its handshake and what the script brought home."""
    lanes = ["the trap's server", "its page, at Ada's", "Ada's browser", "chat.example"]
    trap, page, browser, chat = lanes
    letter, key = brought["letters"][0], asked["Cookie"].split(", ")[-1]
    steps = [
        (trap, page, "kittens, and a script"),
        (page, browser, "new WebSocket(…)"),
        (browser, chat, f"Origin: {asked['Origin']}\nCookie: {key}"),
        (chat, browser, f"101, you are {brought['you']}"),
        (browser, page, f"“{letter[:20]}…”"),
        (page, trap, "POST /loot/"),
    ]
    return lanes, steps


def said_after_logout(server: Server, path: str) -> dict[str, str | int]:
    """Let Ada listen and log out; tell what she still hears, and what her next word becomes."""
    ada, grace = log_in(server, "ada"), log_in(server, "grace")
    with enter(server, path, ada) as listener, enter(server, path, grace) as speaker:
        listener.receive(), speaker.receive()
        wire.Http(server.address).get("/leave/", cookie=ada)
        for number in range(3):
            speaker.send_text(f"secret {number}")
            speaker.receive()
        with suppress(wire.Dropped):  # it may be closed by now, and the close frame be unread
            listener.send_text("and now?")
        heard = [listener.receive()]
        while heard[-1].kind == "text" and len(heard) < 4:
            heard.append(listener.receive())
    secrets = sum(frame.kind == "text" and "secret" in frame.payload for frame in heard)
    last = heard[-1]
    ending = f"closed, {last.code}" if last.kind == "close" else f"said as {last.json()['author']}"
    return {"secrets heard": secrets, "the next word": ending}


def ends(server: Server, cookie: str) -> bool:
    """Wait until a session has run out: a new connection with its cookie is anonymous."""
    return wait_until(lambda: outcome(server, "/ws/letters/", cookie).endswith("4401"))
