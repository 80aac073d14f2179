"""Clients that come back: what a reader sees though lines are cut and the server is killed."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

from duplex import wire
from duplex.deadline import Deadline, wait_until
from duplex.measure.delivery import LOST, Boards, say

ATTEMPTS = 10  # to be hit by trouble
WINDOW = 8  # notes that a writer sends before it waits for an acknowledgement


@dataclass
class Writer:
    """A client that comes back when it is cut off, and may send again what was not acknowledged."""

    boards: Boards
    kind: str
    board: str
    name: str
    texts: list[str]
    again: bool
    waiting: dict[str, str] = field(default_factory=dict)  # sent, and not acknowledged: by key

    def run(self) -> None:
        """Send everything, through all interruptions."""
        deadline = Deadline(30)
        while (self.texts or self.waiting) and not deadline.expired():
            with suppress(*LOST), self.boards.enter(self.kind, self.board, self.name) as client:
                if not self.again:
                    self.waiting.clear()
                for key in self.waiting:
                    self._send(client, key)
                self._go_on(client)
            time.sleep(0.02)

    def _go_on(self, client: wire.WebSocket) -> None:
        while self.texts or self.waiting:
            while self.texts and len(self.waiting) < WINDOW:
                text = self.texts.pop(0)
                self.waiting[text] = text
                self._send(client, text)
            frame = client.receive(timeout=5)
            if frame.kind != "text":
                return
            if (said := frame.json())["type"] == "ack":
                self.waiting.pop(said["key"], None)

    def _send(self, client: wire.WebSocket, key: str) -> None:
        client.send_json({"key": key, "text": self.waiting[key]})


class Reader:
    """A client that comes back with the number that it has seen last; `seen` is its view."""

    def __init__(self, boards: Boards, kind: str, board: str):
        self.boards, self.kind, self.board = boards, kind, board
        self.seen, self.last = [], 0
        self.inside, self.thread = threading.Event(), threading.Thread(target=self._read)
        self.thread.start()
        self.inside.wait(10)

    def _read(self) -> None:
        deadline = Deadline(60)
        while "end" not in self.seen and not deadline.expired():
            with suppress(*LOST), self._come_back() as client:
                self.inside.set()
                while "end" not in self.seen and (frame := client.receive()).kind == "text":
                    self._note(frame.json())
            time.sleep(0.02)

    def _come_back(self) -> wire.WebSocket:
        return self.boards.connect(self.kind, self.board, "reader", self.last)

    def _note(self, said: dict) -> None:
        if said["type"] == "note":
            self.seen.append(said["text"])
            self.last = said["id"]


@dataclass(frozen=True)
class View:
    """What one reader has seen of all that several writers said, in its order."""

    said: list[str]
    seen: list[str]

    @property
    def times(self) -> list[int]:
        """How often each note was seen, in the order in which the writers have them."""
        counts = Counter(self.seen)
        return [counts[text] for text in self.said]

    @property
    def in_order(self) -> bool:
        """Tell whether the notes of each writer were seen in the order in which they were said."""
        places = {text: place for place, text in enumerate(self.said)}  # writer after writer
        first = {text.partition(",")[0]: -1 for text in self.said}
        for text in self.seen:
            writer = text.partition(",")[0]
            if places[text] <= first[writer]:
                return False
            first[writer] = places[text]
        return True

    def row(self) -> dict[str, int]:
        """Count the notes by how often they were seen."""
        return {"said": len(self.said), "never seen": self.times.count(0),
                "seen once": self.times.count(1),
                "seen more than once": sum(times > 1 for times in self.times)}  # fmt: skip


def through_trouble(
    boards: Boards, kind: str, again: bool, writers: int = 3, each: int = 40
) -> View:
    """Cut all lines once and kill the server once, while people write; what does a reader see?

    `again`: the writers send again what was not acknowledged. Trouble that has hit nothing by
    chance, on a board whose promise can be broken, comes again, on a new board.
    """
    for attempt in range(1 if kind == "once" else ATTEMPTS):
        view = _trouble(boards, kind, f"{kind}-{attempt}", again, writers, each)
        if view.times != [1] * len(view.said):
            break
    return view


def _trouble(boards: Boards, kind: str, board: str, again: bool, writers: int, each: int) -> View:
    names = [f"writer-{number + 1}" for number in range(writers)]
    said = {name: [f"{name}, {n}" for n in range(each)] for name in names}
    boards.line.delay = 0.01  # seconds: so that something is always under way
    reader = Reader(boards, kind, board)
    with ThreadPoolExecutor(writers) as threads:
        people = [Writer(boards, kind, board, name, list(said[name]), again) for name in names]
        working = [threads.submit(person.run) for person in people]
        for part, trouble in ((0.7, boards.line.cut), (0.4, lambda: _restart(boards))):
            wait_until(lambda part=part: len(people[0].texts) <= part * each)
            trouble()
        for one in working:
            one.result()
    _end(boards, kind, board, reader)
    boards.line.delay = 0.0
    return View([text for name in names for text in said[name]], reader.seen[:-1])


def _restart(boards: Boards) -> None:
    boards.kill()
    boards.start()


def _end(boards: Boards, kind: str, board: str, reader: Reader) -> None:
    """Say `end` until the reader has heard it: what was said before, it has heard or never will."""
    with boards.enter(kind, board, "end") as client:
        while reader.thread.is_alive():
            say(client, "end")
            reader.thread.join(0.2)
