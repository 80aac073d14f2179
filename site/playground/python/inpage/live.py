"""The project that the panes talk to, on the page's own loop; every event is told to the page."""

import asyncio
import functools
import sys
import warnings
from collections.abc import Callable
from contextvars import ContextVar
from urllib.parse import quote

from inpage.loop import in_thread, outside
from inpage.peer import ORIGIN, Socket, scope_of
from inpage.served import Served

WHO: ContextVar[int] = ContextVar("WHO", default=0)  # whose consumer runs: the number of a pane
GROUPS = ("group_add", "group_discard", "group_send")


class _Pane(Socket):
    """The connection of one pane."""

    def __init__(self, number: int, post: Callable, *arguments):
        self.number, self.post = number, post
        super().__init__(*arguments)

    def answered(self, status: int) -> None:
        self.post({"said": "answered", "id": self.number, "status": status})

    def dropped(self) -> None:
        self.post({"said": "dropped", "id": self.number})

    def framed(self, kind, payload=b"", code=None, reason="") -> None:
        self.post({"said": "frame", "id": self.number, "kind": kind, "payload": shown(payload),
                   "code": code, "reason": reason})  # fmt: skip

    def ended(self) -> None:
        super().ended()
        self.post({"said": "returned", "id": self.number})


def shown(value: object) -> object:
    """Return a value as JSON can say it: bytes as pairs of hexadecimal digits."""
    if isinstance(value, bytes):
        return value.hex(" ")
    if isinstance(value, dict):
        return {str(name): shown(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [shown(one) for one in value]
    return value if value is None or isinstance(value, str | int | float) else repr(value)


class Live:
    """One project and its panes; `post` hears, as JSON data, of everything that happens."""

    def __init__(self, folder: str, env: dict[str, str], post: Callable):
        self.over, self.panes = False, {}
        self.post = lambda data: self.over or post(data)
        loop = asyncio.get_event_loop()
        loop.run_in_executor = functools.partial(in_thread, loop)
        warnings.simplefilter("always", RuntimeWarning)  # a forgotten await, each time
        self.served = Served(folder, env, sys.stderr, loop)
        _watch_groups(self.post)

    def open(self, number: int, path: str, name: str, log_in: bool) -> None:
        """Open a pane's WebSocket; with `log_in` as a person who has logged in."""
        headers = {"Origin": ORIGIN} | ({"Cookie": _cookie(name)} if log_in else {})
        scope = scope_of("websocket", path, headers, subprotocols=[])
        token = WHO.set(number)  # the consumer's task takes it along

        def tell(way: str, event: dict) -> None:
            self.post({"said": "event", "id": number, "way": way, "event": shown(event)})

        self.panes[number] = _Pane(number, self.post, self.served.loop, self.served.application,
                                   scope, tell)  # fmt: skip
        WHO.reset(token)

    def end(self) -> None:
        """Make way for another project: end every connection, and tell nothing more."""
        self.over = True
        for pane in self.panes.values():
            pane.task.cancel()

    def send(self, number: int, text: str | None, digits: str | None) -> None:
        """Send a text, or the bytes that hexadecimal digits name."""
        pane = self.panes[number]
        if not pane.over:
            what = {"text": text} if digits is None else {"bytes": bytes.fromhex(digits)}
            pane.give({"type": "websocket.receive", **what})

    def close(self, number: int, code: int) -> None:
        """End a pane's connection; 1006 when it vanishes without a word."""
        self.panes[number].leave(code)


def _cookie(name: str) -> str:
    """Log somebody in, as the page for it does, and return what a browser's cookies are then."""
    from django.contrib import auth
    from django.contrib.sessions.backends.db import SessionStore

    with outside():
        user, _ = auth.get_user_model().objects.get_or_create(username=name)
        session = SessionStore()
        session[auth.SESSION_KEY] = str(user.pk)
        session[auth.BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
    return f"sessionid={session.session_key}; name={quote(name)}"  # lab 05 begins with the second


def _watch_groups(post: Callable) -> None:
    """Tell what consumers do with groups, and which events reach them from there."""
    from channels.consumer import AsyncConsumer
    from channels.layers import InMemoryChannelLayer

    for name in GROUPS:
        setattr(InMemoryChannelLayer, name, _watched(getattr(InMemoryChannelLayer, name), post))
    dispatch = AsyncConsumer.dispatch

    @functools.wraps(dispatch)
    async def told(self, message):
        if not message["type"].startswith(("websocket.", "http.")):
            post({"said": "group", "id": WHO.get(), "do": "event", "what": shown(message)})
        await dispatch(self, message)

    AsyncConsumer.dispatch = told


def _watched(method: Callable, post: Callable) -> Callable:
    @functools.wraps(method)  # a forgotten await is told under the method's own name
    async def told(self, group, what):
        post({"said": "group", "id": WHO.get(), "do": method.__name__, "group": group,
              "what": shown(what)})  # fmt: skip
        return await method(self, group, what)

    return told
