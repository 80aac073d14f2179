"""What notebook 12 imports: lab 08's solution as strangers and machines meet it, and its end."""

import json
import os
import re
import socket
import ssl
from contextlib import ExitStack
from functools import partial

from IPython import get_ipython

from duplex import catalog, certs, wire
from duplex import server as servers
from duplex.bench.guests import UNLIMITED
from duplex.bench.limits import allow_files
from duplex.certs import Authority
from duplex.figures import production as figures
from duplex.ground import MEMORY
from duplex.measure import ending, fanout, strangers
from duplex.measure.ending import at
from duplex.measure.fanout import costs, times
from duplex.measure.person import Person
from duplex.measure.strangers import (
    buckets,
    certificates,
    grown,
    handshake,
    headers,
    health,
    log_lines,
    samples,
)
from duplex.measure.ward import kept_folder
from duplex.notebook.cells import Browser, skip_without_redis
from duplex.notebook.check import check
from duplex.notebook.show import draw, quiz, show, table
from duplex.notebook.tab import Tab
from duplex.nursery import Nursery
from duplex.redis import Redis
from duplex.visitor import Visitor

__all__ = [
    "Authority", "Person", "Redis", "at", "browse", "buckets", "certificates", "check", "contest",
    "costs", "deployment", "draw", "empty_database", "end", "figures", "grown",
    "handshake", "headers", "health", "json", "log_lines", "production", "quiz", "re", "samples",
    "serve", "show", "sign_up", "silent_redis", "ssl", "table", "times", "wire",
]  # fmt: skip

NEW = catalog.lab(8).finished()  # in a copy for students, what they wrote
KEY = "a key that is made up for this notebook, 9(x)b&m~Q2, and long enough"
_kept, _stack = {}, ExitStack()  # what must live as long as the kernel
_folder = _stack.enter_context(
    kept_folder("duplex-notebook12-", MEMORY if os.access(MEMORY, os.W_OK) else None)
)
allow_files(400)


def _nursery() -> Nursery | None:
    if servers.CAN_FORK and "nursery" not in _kept:
        _kept["nursery"] = Nursery()
    return _kept.get("nursery")


def _env(env: dict[str, str]) -> dict[str, str]:
    """One database and one key for all servers of this notebook, so people log in once."""
    common = {"CHAT_DATABASE": str(_folder / "chat.sqlite3"), "CHAT_SECRET_KEY": KEY}
    return UNLIMITED | common | {"CHAT_DEBUG": "1"} | env


def serve(lab: int = 8, **env: str) -> servers.Server:
    """Serve a lab's solution by plain HTTP, as on one's own computer, until the kernel ends."""
    folder = catalog.lab(lab).finished()
    env = _env(env) if lab == 8 else env
    return servers.serve(folder, "daphne", nursery=_nursery(), env=env)


def production(authority: Authority | None = None, **env: str) -> servers.Server:
    """Serve lab 08's solution with the settings of production; by TLS, with an authority."""
    env = _env({"CHAT_DEBUG": "0"} | env)
    if authority is None:
        return servers.serve(NEW, "daphne", nursery=_nursery(), env=env)
    return certs.serve_tls(NEW, authority, nursery=_nursery(), env=env)


def silent_redis() -> tuple[servers.Server, str]:
    """Serve it with a Redis that takes connections and never answers; and what is missing."""
    silent = _stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    return production(CHAT_REDIS=f"redis://127.0.0.1:{silent.getsockname()[1]}"), "redis"


def empty_database() -> tuple[servers.Server, str]:
    """Serve it, and then take the tables away; and what is missing."""
    database = _folder / "empty.sqlite3"
    server = production(CHAT_DATABASE=str(database))
    for file in _folder.glob(f"{database.name}*"):
        file.unlink()
    return server, "database"


def sign_up(server: servers.Server, *names: str) -> list[Visitor]:
    """Let people sign up; their sessions hold at all servers of this notebook."""
    return [Visitor(server.address).sign_up(name) for name in names]


def contest(lab: servers.Server, visitor: Visitor, sizes: tuple[int, ...]) -> list[fanout.Round]:
    """Let the usual chat and lab 08's hub serve crowds in turn, on the same Daphne."""
    cookie = f"sessionid={visitor.cookies['sessionid']}"
    with fanout.usual(_nursery()) as usual:
        return fanout.contest({"usual chat": (usual, None), "room hub": (lab, cookie)}, sizes)


def deployment(lab: int, **env: str) -> dict[str, str]:
    """Run `manage.py check --deploy` in a lab's solution; return what it finds."""
    return strangers.deployment(catalog.lab(lab).finished(), _nursery(), **env)


def end(how: str, visitors: list[Visitor]) -> ending.Ending:
    """Let people write in a room of their own, and end their server by `terminate` or `kill`."""
    patient = partial(serve, CHAT_GRACE_SECONDS="60")  # also on a busy computer
    return ending.end(patient, visitors, f"the end by {how}", how)


def browse(url: str, authority: Authority) -> Tab:
    """Open `url` in a browser that trusts the authority's server certificate."""
    tab = Tab(url, [authority.browser_flag()])
    Browser(get_ipython(), tab)
    return tab


def say_whose() -> None:
    """In a copy for students there is no solution, so they look at what they wrote."""
    if not catalog.lab(8).folder("solutions").is_dir():
        print("This copy has no solutions: you look at your own lab 08. Do the lab first.")


if get_ipython() is not None:
    say_whose()
    skip_without_redis(get_ipython())
