"""What notebook 10 asks: what becomes of a note when its server is killed, or its line is cut."""

import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from duplex import wire
from duplex.deadline import wait_until
from duplex.line import Line
from duplex.measure.ward import kept_folder
from duplex.nursery import Nursery
from duplex.server import Server, serve

MEMORY = "/dev/shm"  # files in memory outlive a process, and commits need not wait for a busy disk
LOST = (wire.WireError, OSError)  # what a client sees when it is cut off


class Boards:
    """A served project whose database outlives its servers; `line` leads to the newest one."""

    def __init__(self, project: Path, nursery: Nursery | None = None, **env: str):
        self._project, self._nursery, self._env = project, nursery, env
        self._stack = ExitStack()
        inside = MEMORY if os.access(MEMORY, os.W_OK) else None
        folder = self._stack.enter_context(kept_folder("duplex-boards-", inside))
        self.database = folder / "boards.sqlite3"
        self._env["BOARDS_DATABASE"] = str(self.database)
        self.server: Server | None = None
        try:
            self.start()
            self.line = self._stack.enter_context(Line(self.server.address))
        except BaseException:
            self.close()
            raise

    def start(self) -> None:
        """Start a server on the database as it is."""
        self.server = serve(self._project, "daphne", nursery=self._nursery, env=self._env)
        if hasattr(self, "line"):
            self.line.target = self.server.address

    def kill(self) -> float:
        """End the server as SIGKILL does, without a word; return when (time.perf_counter())."""
        at = time.perf_counter()
        self.server.stop()
        return at

    def enter(self, kind: str, board: str, name: str, after: int = 0) -> wire.WebSocket:
        """Connect a person to a board, and read the welcome; `kind` is what the server promises."""
        client = self.connect(kind, board, name, after)
        try:
            read_until(client, "welcome")
        except BaseException:
            client.close()
            raise
        return client

    def connect(self, kind: str, board: str, name: str, after: int = 0) -> wire.WebSocket:
        """The same, and read nothing."""
        return wire.connect(self.line.address, f"/ws/{kind}/{board}/{name}/?after={after}")

    def get(self, path: str) -> dict:
        """Return what a page of the project tells."""
        return wire.Http(self.server.address).get(path).json()

    def notes(self, board: str) -> list[dict]:
        """Return what is stored of a board."""
        return self.get(f"/board/{board}/")["notes"]

    def close(self) -> None:
        """End the server, and remove the database."""
        if self.server is not None:
            self.server.stop()
        self._stack.close()

    def __enter__(self) -> "Boards":
        return self

    def __exit__(self, *_) -> None:
        self.close()


def read_until(client: wire.WebSocket, kind: str) -> list[dict]:
    """Return the objects that come, up to the first of a type."""
    came = []
    while not came or came[-1]["type"] != kind:
        frame = client.receive()
        if frame.kind != "text":
            raise wire.Dropped(f"{frame} came instead of {kind}")
        came.append(frame.json())
    return came


def say(client: wire.WebSocket, text: str, key: str | None = None) -> dict:
    """Send a note and wait for its acknowledgement, which is returned."""
    client.send_json({"key": key or text, "text": text})
    return read_until(client, "ack")[-1]


@dataclass(frozen=True)
class Fate:
    """What became of a note: when it was acknowledged, if it was (seconds), and is it stored?"""

    writer: str
    text: str
    acked: float | None
    stored: bool


@dataclass
class Killed:
    """A server that was killed under several writers; moments are seconds after the first note."""

    at: float
    fates: list[Fate]

    @property
    def lost(self) -> list[Fate]:
        """The notes that were acknowledged and are not stored."""
        return [fate for fate in self.fates if fate.acked is not None and not fate.stored]

    def row(self) -> dict[str, int]:
        """Count the notes by what became of them."""
        kinds = Counter((fate.acked is not None, fate.stored) for fate in self.fates)
        return {"sent": len(self.fates), "acknowledged": kinds[True, True] + kinds[True, False],
                "acknowledged, and lost": kinds[True, False],
                "stored, never acknowledged": kinds[False, True]}  # fmt: skip


def kill_until_lost(boards: Boards, kind: str, tries: int = 6) -> Killed:
    """Kill the server, again if need be, until an acknowledged note is lost."""
    for number in range(tries):
        killed = kill_in_mid_chat(boards, kind, f"try-{number}")
        if killed.lost:
            break
    return killed


def kill_in_mid_chat(
    boards: Boards, kind: str, place: str, writers: int = 8, each: int = 30, after: int = 60
) -> Killed:
    """Let several writers send, kill the server after so many acknowledgements, and start anew.

    Each writes on a board of its own, whose name begins with `place`.
    """
    acked, start = {}, time.perf_counter()
    names = [f"writer-{number + 1}" for number in range(writers)]
    with ExitStack() as opened, ThreadPoolExecutor(writers) as threads:
        for name in names:
            client = opened.enter_context(boards.enter(kind, f"{place}-{kind}-{name}", name))
            threads.submit(_send_all, client, [f"{name}, {n}" for n in range(each)], acked)
        if not wait_until(lambda: len(acked) >= after):
            raise AssertionError("The server did not acknowledge.")
        killed = boards.kill()
    boards.start()
    stored = {note["text"] for name in names for note in boards.notes(f"{place}-{kind}-{name}")}
    texts = [f"{name}, {n}" for name in names for n in range(each)]
    return Killed(killed - start, [
        Fate(text.partition(",")[0], text, acked[text] - start if text in acked else None,
             text in stored)
        for text in texts
    ])  # fmt: skip


def _send_all(client: wire.WebSocket, texts: list[str], acked: dict[str, float]) -> None:
    """Send all notes at once, and note when each is acknowledged, until the line is dead."""
    with suppress(*LOST):
        for text in texts:
            client.send_json({"key": text, "text": text})
        while (frame := client.receive()).kind == "text":
            if (said := frame.json())["type"] == "ack":
                acked[said["key"]] = frame.at
