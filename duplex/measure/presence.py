"""Who is here, as a list says and as it is: people with several tabs, and one who vanishes."""

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from duplex import wire
from duplex.deadline import wait_until
from duplex.line import Line
from duplex.measure.identity import log_in
from duplex.server import Server

PING, PATIENCE = "1", "5"  # seconds: between two pings, and until a silent client is given up
PAUSE = 0.4  # seconds between two things that happen, so that a picture can show both


class ImpatientServer(Server):
    """A project under Daphne, which asks silent clients soon whether they live."""

    forks = False  # its process is started with Daphne's own words

    def __init__(self, folder):
        super().__init__(folder, "daphne")

    def _order(self, **more) -> dict:
        words = ["--ping-interval", PING, "--ping-timeout", PATIENCE]
        where = ["--bind", "127.0.0.1", "--port", str(more["port"])]
        return super()._order(listen=[*words, *where], **more)


@dataclass
class Story:
    """What happened to each tab, and what the list said; seconds from the beginning."""

    tabs: dict[str, list[float]] = field(default_factory=dict)  # came, gone
    vanished: set[str] = field(default_factory=set)  # those that went without a word
    lists: list[tuple[float, list[str]]] = field(default_factory=list)
    end: float = 0.0

    def spans(self, name: str) -> list[tuple[float, float]]:
        """Return when the list named a person."""
        spans, since = [], None
        for at, people in [*self.lists, (self.end, [])]:
            if name in people and since is None:
                since = at
            elif name not in people and since is not None:
                spans.append((since, at))
                since = None
        return spans


class Tab:
    """An open page: it reads all that comes, and so answers the server's pings."""

    def __init__(self, server: Server, book: str, cookie: str, heard: Callable = lambda _: None):
        self.line, self.heard = Line(server.address), heard
        headers = {"Cookie": cookie}
        self.client = wire.connect(self.line.address, f"/ws/here/{book}/", headers=headers)
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        with contextlib.suppress(wire.WireError, OSError, ValueError):
            while (frame := self.client.receive(timeout=60)).kind == "text":
                self.heard(frame)

    def vanish(self) -> None:
        """Say no more, and close nothing, as a computer does that loses its network."""
        self.line.reading.clear()

    def close(self) -> None:
        """Close the page."""
        self.client.close()
        self.line.close()
        self.thread.join(10)


class Watcher:
    """Grace, who is here all the time, and writes down each list that she is sent."""

    def __init__(self, server: Server, book: str, cookies: dict[str, str]):
        self.server, self.book, self.cookies = server, book, cookies
        self.start, self.tabs, self.story = time.perf_counter(), {}, Story()
        self.grace = Tab(server, book, cookies["grace"], self._note)
        self._next_list(0)

    def _note(self, frame: wire.Frame) -> None:
        here = frame.json().get("here")
        self.story.lists.append((frame.at - self.start, here))

    def now(self) -> float:
        """Seconds from the beginning."""
        return time.perf_counter() - self.start

    def _next_list(self, seen: int) -> None:
        if not wait_until(lambda: len(self.story.lists) > seen, 20):
            raise AssertionError("Nobody was told of the change.")

    def come(self, name: str, tab: str) -> None:
        """Let a person come with one more tab."""
        seen = len(self.story.lists)
        self.tabs[tab] = Tab(self.server, self.book, self.cookies[name])
        self.story.tabs[tab] = [self.now()]
        self._next_list(seen)

    def go(self, tab: str, politely: bool = True) -> None:
        """Let a tab be closed, or vanish; wait until Grace is told."""
        seen = len(self.story.lists)
        self.story.tabs[tab].append(self.now())
        if politely:
            self.tabs.pop(tab).close()
        else:
            self.story.vanished.add(tab)
            self.tabs[tab].vanish()
        self._next_list(seen)

    def close(self) -> Story:
        """End the story: Grace leaves first, who would be told of the others."""
        self.story.end = self.now()
        for tab in [self.grace, *self.tabs.values()]:
            tab.close()
        return self.story


def presence(server: Server, book: str, cookies: dict[str, str]) -> Story:
    """Ada comes with two tabs and closes one; Edsger comes, and vanishes without a word."""
    watcher = Watcher(server, book, cookies)
    try:
        for name, tab in (("ada", "Ada, tab 1"), ("ada", "Ada, tab 2"), ("edsger", "Edsger")):
            watcher.come(name, tab)
            time.sleep(PAUSE)
        watcher.go("Ada, tab 2")
        time.sleep(PAUSE)
        watcher.go("Edsger", politely=False)
        time.sleep(PAUSE)
    finally:
        story = watcher.close()
    return story


def presences(server: Server, books: tuple[str, ...]) -> dict[str, Story]:
    """Let the same happen for each way of keeping the book, side by side."""
    cookies = {name: log_in(server, name) for name in ("ada", "edsger", "grace")}
    with ThreadPoolExecutor(len(books)) as threads:
        told = {book: threads.submit(presence, server, book, cookies) for book in books}
    return {book: future.result() for book, future in told.items()}
