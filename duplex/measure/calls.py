"""How a server calls an application: by hand, step by step, and by wsgiref."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from wsgiref import simple_server
from wsgiref.util import setup_testing_defaults

from duplex.sockets import Address


@dataclass(frozen=True)
class Step:
    """One step between a server and an application: call, in, out or return."""

    kind: str
    label: str

    @property
    def into(self) -> bool:
        """Tell whether it goes from the server to the application."""
        return self.kind in ("call", "in")


def record_wsgi(application: Callable, *paths: str) -> list[Step]:
    """Call a WSGI application for each path; return the steps of all calls."""
    steps = []

    def start_response(status, headers) -> None:
        steps.append(Step("out", f"start_response('{status}', …)"))

    for path in paths:
        environ = {"PATH_INFO": path}
        setup_testing_defaults(environ)
        steps.append(Step("call", f"application(environ, …) {path}"))
        application(environ, start_response)
        steps.append(Step("return", "returns the body"))
    return steps


async def record_asgi(application: Callable, scope: dict, events: list[dict]) -> list[Step]:
    """Call an ASGI application once, give it `events`; return the steps of the call."""
    steps, coming = [Step("call", f"await application(scope, …) {scope['path']}")], iter(events)

    async def receive() -> dict:
        event = next(coming)
        steps.append(Step("in", _words(event)))
        return event

    async def send(event: dict) -> None:
        steps.append(Step("out", _words(event)))

    await application(scope, receive, send)
    return [*steps, Step("return", "returns")]


def _words(event: dict) -> str:
    return f"{event['type']} {event.get('text', '')}".rstrip()


@contextmanager
def wsgiref_server(application: Callable) -> Iterator[Address]:
    """Serve a WSGI application by wsgiref alone, in a thread of this process."""
    with simple_server.make_server("127.0.0.1", 0, application, handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
        thread.start()
        try:
            yield server.server_address
        finally:
            server.shutdown()
            thread.join()


class _Quiet(simple_server.WSGIRequestHandler):
    def log_message(self, *_) -> None:
        """Say nothing: a notebook is no log."""
