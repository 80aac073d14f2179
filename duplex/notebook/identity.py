"""What notebook 09 imports: people with sessions, pages of strangers, and who reaches whom."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.testing import WebsocketCommunicator
from django.conf import settings

from duplex import server as servers
from duplex import wire
from duplex.certs import Authority, TlsServer
from duplex.deadline import wait_until
from duplex.figures import identity as figures
from duplex.line import Line
from duplex.measure.identity import (
    ends,
    enter,
    handshakes,
    hijack,
    log_in,
    outcome,
    reach,
    reached,
    said_after_logout,
    under_rule,
)
from duplex.measure.presence import ImpatientServer, presences
from duplex.measure.thirdparty import third_party
from duplex.notebook.browser import browse, map_hosts
from duplex.notebook.check import check
from duplex.notebook.show import NOTEBOOKS, draw, quiz, serve_tls, show, table
from duplex.nursery import Nursery

__all__ = [
    "check", "AsyncWebsocketConsumer", "Authority", "Line", "across_sites", "as_a_test_sees",
    "begin_presences", "browse", "draw", "ends", "enter", "figures", "handshakes", "hijack",
    "log_in", "outcome", "quiz", "reach", "reached", "said_after_logout", "serve",
    "serve_tls", "show", "table", "under_rule", "wait_until", "wire",
]  # fmt: skip


_kept = {}  # what must live as long as the kernel


def serve(project: str) -> servers.Server:
    """Serve a project of the notebooks under Daphne, until the kernel ends."""
    if servers.CAN_FORK and "nursery" not in _kept:
        _kept["nursery"] = Nursery()
    return servers.serve(NOTEBOOKS / project, "daphne", nursery=_kept.get("nursery"))


def begin_presences(project: str, *books: str) -> Future:
    """Let the story of who is here happen beside what the notebook does; it takes some seconds."""
    story = Future()
    threading.Thread(target=_tell, args=(story, project, books), daemon=True).start()
    return story


def _tell(story: Future, project: str, books: tuple[str, ...]) -> None:
    try:
        with ImpatientServer(NOTEBOOKS / project).wait_ready() as server:
            story.set_result(presences(server, books))
    except BaseException as error:  # whoever asks for the result is told
        story.set_exception(error)


def across_sites(tab, hosts: dict, secure: TlsServer, pages: list[str]) -> dict:
    """Try SameSite=None in two windows beside `tab`: with and without third-party cookies."""
    names = {"SameSite=None,\nthird parties blocked": False, "SameSite=None,\nallowed": True}
    with ThreadPoolExecutor(len(names)) as threads:
        tried = {name: threads.submit(third_party, secure, map_hosts(hosts), pages, names[name])
                 for name in names}  # fmt: skip
    return {name: one.result() for name, one in tried.items()}


async def as_a_test_sees(consumer: type[AsyncWebsocketConsumer]) -> tuple[bool, int | None]:
    """Connect to a consumer as tests do, without a server; tell whether it opened, and the code."""
    if not settings.configured:
        settings.configure(CHANNEL_LAYERS={})
    return await WebsocketCommunicator(consumer.as_asgi(), "/").connect()
