"""Who is here, over two processes, when one of them is killed: two books side by side."""

import contextlib
import threading
import time
from dataclasses import dataclass, field

from duplex import wire
from duplex.deadline import wait_until
from duplex.server import Server

PAUSE = 0.6  # seconds between two things that happen, so that a picture can show both
BOOKS = {"set": "a set", "times": "with the time beside each name"}


@dataclass
class Book:
    """What one book said, and when; seconds from the beginning."""

    lists: list[tuple[float, list[str]]] = field(default_factory=list)
    end: float = 0.0

    def spans(self, name: str) -> list[tuple[float, float]]:
        """Return when the book named a person."""
        spans, since = [], None
        for at, people in [*self.lists, (self.end, [])]:
            if name in people and since is None:
                since = at
            elif name not in people and since is not None:
                spans.append((since, at))
                since = None
        return spans

    def people(self) -> list[str]:
        """Return the last list."""
        return self.lists[-1][1] if self.lists else []


@dataclass
class Story:
    """Who was really here, and what each book said."""

    here: dict[str, tuple[float, float]] = field(default_factory=dict)  # came, gone
    books: dict[str, Book] = field(default_factory=dict)

    def late(self, book: str, name: str) -> float:
        """Return how many seconds a book named somebody who had gone."""
        return self.books[book].spans(name)[-1][1] - self.here[name][1]


class Watcher:
    """Grace, who looks into one book all the time."""

    def __init__(self, server: Server, book: str, begin: float):
        self.name, self.book, self.begin = book, Book(), begin
        self.client = wire.connect(server.address, f"/ws/here/{book}/grace/")
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        with contextlib.suppress(wire.WireError, OSError, ValueError):
            while (frame := self.client.receive(timeout=60)).kind == "text":
                self.book.lists.append((frame.at - self.begin, frame.payload.split()))

    def close(self) -> Book:
        """Look no more."""
        self.book.end = time.perf_counter() - self.begin
        self.client.close()
        self.thread.join(10)
        return self.book


def presences(dies: Server, lives: Server) -> Story:
    """Edsger and Ada are at the process that dies; he goes before that, and she does not."""
    begin, story = time.perf_counter(), Story()
    watchers = [Watcher(lives, book, begin) for book in BOOKS]
    try:
        _happen(dies, watchers, story)
    finally:
        story.books = {watcher.name: watcher.close() for watcher in watchers}
    return story


def _happen(dies: Server, watchers: list[Watcher], story: Story) -> None:
    """Let Ada and Edsger come, Edsger close his page, and Ada's process be killed."""
    begin = watchers[0].begin
    with contextlib.ExitStack() as ada, contextlib.ExitStack() as edsger:
        for book in BOOKS:
            for name, stack in (("ada", ada), ("edsger", edsger)):
                stack.enter_context(wire.connect(dies.address, f"/ws/here/{book}/{name}/"))
        came = _wait(watchers, "ada edsger grace") - begin
        time.sleep(PAUSE)
        story.here["edsger"] = (came, time.perf_counter() - begin)
        edsger.close()
        _wait(watchers, "ada grace")
        time.sleep(PAUSE)
        story.here["ada"] = (came, time.perf_counter() - begin)
        dies.child.kill()
        _wait([one for one in watchers if one.name == "times"], "grace")
        time.sleep(PAUSE)


def _wait(watchers: list[Watcher], names: str) -> float:
    """Wait until all these books name these people; return when that was."""
    if not wait_until(lambda: all(one.book.people() == names.split() for one in watchers), 20):
        raise AssertionError("The list of who is here did not change as it must.")
    return time.perf_counter()
