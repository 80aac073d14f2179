"""What HTTP costs: bytes of headers and bodies, connections, round trips."""

import http.client
import json
import socket
import time
from contextlib import AbstractContextManager
from statistics import median

from duplex.figures.wire import Arrow
from duplex.line import Line, Passage
from duplex.measure.browser import FOR_A_SCRIPT, header_lines
from duplex.measure.calls import wsgiref_server
from duplex.rawhttp import Message, RawHttp, request, split
from duplex.sockets import Address


def sizes(what: str, sent: str, answer: Message) -> dict:
    """Return what an exchange weighs on the wire, in bytes: headers and bodies, both ways."""
    asked = split(sent.encode())[0]
    return {
        "exchange": what,
        "request headers": len(asked.head), "request body": len(asked.body),
        "response headers": len(answer.head), "response body": len(answer.body),
    }  # fmt: skip


def kept_open(address: Address, text: str, again: str) -> tuple[Message, bool]:
    """Send `text`; return its answer, and whether the connection then takes `again`."""
    with RawHttp(address) as connection:
        return connection.ask(text), connection.takes_another(again)


def bare_wsgiref() -> AbstractContextManager[Address]:
    """Serve one line of text by wsgiref alone, without Django, in a thread of this process."""
    return wsgiref_server(_hello)


def _hello(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"Hello!\n"]


class DistantLine(Line):
    """A slow line that TCP's handshake crosses too, there and back, before anything else.

    The operating system answers a SYN at once, so the line holds a new connection's first bytes
    for a round trip. `openings` has the moment of each.
    """

    def __init__(self, target: Address, delay: float):
        self.openings: list[float] = []
        super().__init__(target, delay)

    def before_first_byte(self) -> None:
        """Let the handshake cross."""
        self.openings.append(time.perf_counter())
        time.sleep(2 * self.delay)


def ask_often(address: Address, path: str, times: int, *, keep: bool, **headers) -> list[float]:
    """Ask for `path` again and again; return the seconds that each answer took."""
    seconds, connection = [], http.client.HTTPConnection(*address, timeout=30)
    try:
        for _ in range(times):
            start = time.perf_counter()
            connection.request("GET", path, headers=headers)
            connection.getresponse().read()
            seconds.append(time.perf_counter() - start)
            if not keep:
                connection.close()  # the next request opens another
    finally:
        connection.close()
    return seconds


def cost_row(way: str, line: Line, seconds: list[float]) -> dict:
    """Sum up what requests cost on their line."""
    up, down = len(line.data(up=True)), len(line.data(up=False))
    return {
        "connections": way, "opened": line.connections, "requests": len(seconds),
        "bytes up": up, "bytes down": down,
        "median (ms)": round(1000 * median(seconds), 1),
    }  # fmt: skip


def arrows(line: Line) -> list[Arrow]:
    """Return what crossed a line as arrows, each run of bytes one way as one."""
    drawn = []
    for opened in getattr(line, "openings", []):
        there = Arrow(opened, opened + line.delay, True, "SYN")
        drawn += [there, Arrow(there.arrived, there.arrived + line.delay, False, "SYN, ACK")]
    for run in _runs(line.passages):
        first, last = run[0], run[-1]
        text = b"".join(passage.data for passage in run).decode("latin-1")
        label = text.split("\r\n")[0].replace(" HTTP/1.1", "").replace("HTTP/1.1 ", "")
        drawn.append(Arrow(first.at, last.at + line.delay, first.up, label))
    return sorted(drawn, key=lambda arrow: arrow.left)


def _runs(passages: list[Passage]) -> list[list[Passage]]:
    runs: list[list[Passage]] = []
    for passage in list(passages):
        if runs and runs[-1][0].up == passage.up:
            runs[-1].append(passage)
        else:
            runs.append([passage])
    return runs


def both_at_once(up: str, down: str, delay: float) -> list[Arrow]:
    """Let both ends of one TCP connection speak at the same time; return what crossed."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        Line(listener.getsockname(), delay) as line,
        socket.create_connection(line.address, timeout=30) as client,
        listener.accept()[0] as server,
    ):
        server.settimeout(30)
        client.sendall(up.encode())
        server.sendall(down.encode())
        heard = server.recv(1000).decode(), client.recv(1000).decode()
        assert heard == (up, down)
        return arrows(line)


def follow(server: Address, polled: Address, polls: int, news: dict[int, str]) -> list[int]:
    """Ask for news on one connection; return the bytes of news that each answer brought.

    `news` has what another client publishes before a poll, by the poll's number from 1 on.
    """
    with RawHttp(polled) as reader, RawHttp(server) as writer:
        known, told = len(_news(writer, 0)), []
        for poll in range(1, polls + 1):
            if poll in news:
                writer.ask(request("POST", "/news/", body=news[poll]))
            fresh = _news(reader, known)
            known += len(fresh)
            told.append(sum(len(line.encode()) for line in fresh))
        return told


def _news(connection: RawHttp, known: int) -> list[str]:
    text = request("GET", f"/news/?after={known}", *header_lines(FOR_A_SCRIPT))
    return json.loads(connection.ask(text).body)["news"]


def growth(line: Line, news: list[int]) -> list[dict[str, int]]:
    """Return, after each request on a line, the bytes so far on the wire and of news in them."""
    rows, wire, told = [], 0, 0
    up, down = split(line.data(up=True)), split(line.data(up=False))
    for asked, answer, size in zip(up, down, news, strict=True):
        wire += len(asked.head + asked.body + answer.head + answer.body)
        told += size
        rows.append({"wire": wire, "news": told})
    return rows
