"""What stands before Django: it knows every connection, and the process that serves them."""

import asyncio
import json
import re
import signal
import threading

from django.conf import settings
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

TYPES = {"live": "application/json", "ready": "application/json", "metrics": CONTENT_TYPE_LATEST}
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; frame-src 'none'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
if not settings.DEBUG:
    HEADERS["strict-transport-security"] = "max-age=63072000; includeSubDomains; preload"


GOING_AWAY = 1001


class Edge:
    """An ASGI application around another one."""

    def __init__(self):
        self.inner, self.needs, self.open = None, {}, {}  # open: farewells, and their tasks
        self.begun, self.loop, self.second = False, None, None

    async def __call__(self, scope, receive, send):
        self.listen_for_signals()
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        path = scope["path"].strip("/")
        if path in TYPES:
            await self.monitor(path, with_headers(send))
        elif self.must_be_secure(scope):
            await redirect(scope, with_headers(send))
        else:
            await self.inner(scope, receive, with_headers(send))

    @staticmethod
    def must_be_secure(scope) -> bool:
        """Tell whether a request came by plain HTTP, and may not."""
        said = dict(scope["headers"]).get(b"x-forwarded-proto", b"").decode()
        secure = scope.get("scheme") == "https" or (settings.BEHIND_PROXY and said == "https")
        return not settings.DEBUG and not secure

    async def monitor(self, path, send):
        """Answer a monitor."""
        status, body = 200, b'{"live": true}'
        if path == "metrics":
            body = generate_latest()
        if path == "ready":
            missing = [name for name, need in self.needs.items() if not await fine(need)]
            missing += ["closing"] if self.begun else []
            status = 503 if missing else 200
            body = json.dumps({"ready": not missing, "missing": missing}).encode()
        await answer(send, status, [(b"content-type", TYPES[path].encode())], body)

    def listen_for_signals(self):
        """Take the signals over from the server, once, in its own loop."""
        if self.loop is None and threading.current_thread() is threading.main_thread():
            self.loop, self.second = asyncio.get_running_loop(), asyncio.Event()
            self.theirs = signal.signal(signal.SIGTERM, self.on_signal)
            signal.signal(signal.SIGINT, self.on_signal)

    def on_signal(self, number, _):
        if self.begun:
            self.loop.call_soon_threadsafe(self.second.set)
        else:
            self.begun = True
            asyncio.run_coroutine_threadsafe(self.end(number), self.loop)

    async def end(self, number):
        """Say goodbye to everybody, then let the server do what it does."""
        await asyncio.wait([asyncio.create_task(self.second.wait())], timeout=settings.DRAIN)
        tasks = [asyncio.create_task(farewell()) for farewell in list(self.open)]
        if tasks:
            await asyncio.wait([*tasks, *self.open.values()], timeout=settings.GRACE)
        self.theirs(number, None)


edge = Edge()


async def fine(need) -> bool:
    try:
        return await asyncio.wait_for(need(), 2)
    except Exception:
        return False


def with_headers(send):
    """Return a `send` that adds the headers which an answer lacks."""

    async def sending(event):
        if event["type"] == "http.response.start":
            known = {name.lower() for name, _ in event.get("headers", [])}
            more = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            more = [pair for pair in more if pair[0] not in known]
            event = event | {"headers": [*event.get("headers", []), *more]}
        await send(event)

    return sending


async def answer(send, status, headers, body=b""):
    """Send a whole answer."""
    headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def redirect(scope, send):
    """Send somebody to the same address by TLS, if the host is one of ours."""
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    if not re.fullmatch(r"[\w.\[\]:-]+", host):
        await answer(send, 400, [])
        return
    query = "?" + scope["query_string"].decode("latin-1") if scope["query_string"] else ""
    target = f"https://{host}{scope['path']}{query}".encode("ascii", "ignore")
    await answer(send, 301, [(b"location", target)])
