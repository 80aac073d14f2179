"""Several writers at one SQLite file: who must wait, who is refused, whose number comes late."""

import itertools
import sqlite3
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from duplex import wire
from duplex.deadline import Deadline, scaled, wait_until
from duplex.measure.delivery import Boards


def open_database(path: Path, timeout: float = 20) -> sqlite3.Connection:
    """Open a database that begins no transaction by itself, as Django does."""
    patience = scaled(timeout)
    return sqlite3.connect(path, patience, isolation_level=None, check_same_thread=False)


def pin_at_once(boards: Boards, path: str, writers: int = 8, each: int = 8) -> Counter:
    """Let several clients pin notes by HTTP at the same time; count the answers."""

    def write(_) -> list[int]:
        client = wire.Http(boards.server.address, 60)
        return [client.post(path, body=b"hello").status for _ in range(each)]

    with ThreadPoolExecutor(writers) as threads:
        return Counter(itertools.chain(*threads.map(write, range(writers))))


def crowd_row(boards: Boards, path: str) -> dict:
    """Sum up what became of a crowd of writers, and what the log says of it."""
    log, board = boards.server.log, path.strip("/").partition("/")[2]
    mark, answers = log.printed(), pin_at_once(boards, path)
    numbers = [note["number"] for note in boards.notes(board)]
    if answers[500]:
        wait_until(lambda: log.last_error(mark))
    error = (log.last_error(mark) or "nothing").partition(" (")[0]
    gapless = numbers == list(range(1, len(numbers) + 1))
    return {"sent": sum(answers.values()), "stored": len(numbers), "refused": answers[500],
            "without gaps": "yes" if gapless else "no", "the log": error}  # fmt: skip


def refused_crowd(boards: Boards, path: str, tries: int = 10) -> dict:
    """Do so at a new board, again if need be, until somebody is refused."""
    for number in range(tries):
        row = crowd_row(boards, f"{path}crowd-{number}/")
        if row["refused"]:
            break
    return row


@dataclass(frozen=True)
class Followed:
    """Ids in the order of their commits, and those that a reader with a cursor has seen."""

    committed: list[int]
    seen: list[int]

    @property
    def missed(self) -> list[int]:
        """The ids that were committed and that the reader never saw."""
        return sorted(set(self.committed) - set(self.seen))


def follow_ids(folder: Path, counted: bool, writers: int = 6, each: int = 40) -> Followed:
    """Let several writers store ids, while a reader asks for what is greater than its last.

    `counted`: a writer takes its id from a counter within its transaction; else from a sequence,
    which hands out numbers at once and to everybody.
    """
    path = folder / f"ids-{'counter' if counted else 'sequence'}-{time.monotonic_ns()}.sqlite3"
    with closing(open_database(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=OFF")
        database.execute("CREATE TABLE note (place INTEGER PRIMARY KEY AUTOINCREMENT, id INTEGER)")
        done, seen, sequence = threading.Event(), [], itertools.count(1)
        write = _counted if counted else _numbered
        with ThreadPoolExecutor(writers + 1) as threads:
            reading = threads.submit(_read, path, seen, done)
            working = [threads.submit(write, path, sequence, each) for _ in range(writers)]
            for one in working:
                one.result()
            done.set()
            reading.result()
        committed = [row[0] for row in database.execute("SELECT id FROM note ORDER BY place")]
    return Followed(committed, seen)


def _numbered(path: Path, sequence: itertools.count, count: int) -> None:
    """Take an id from the sequence, and store it in a transaction of its own."""
    with closing(open_database(path)) as database:
        database.execute("PRAGMA synchronous=OFF")
        for _ in range(count):
            number = next(sequence)
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO note (id) VALUES (?)", [number])
            database.execute("COMMIT")


def _counted(path: Path, sequence: itertools.count, count: int) -> None:
    """Open the transaction first, and take the next id inside it."""
    with closing(open_database(path)) as database:
        database.execute("PRAGMA synchronous=OFF")
        for _ in range(count):
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO note (id) SELECT coalesce(max(id), 0) + 1 FROM note")
            database.execute("COMMIT")


def _read(path: Path, seen: list[int], done: threading.Event) -> None:
    """Poll with a cursor, until the writers are done and nothing more comes."""
    cursor = 0
    with closing(open_database(path)) as database:
        while True:
            last = done.is_set()
            query = "SELECT id FROM note WHERE id > ? ORDER BY id"
            ids = [row[0] for row in database.execute(query, [cursor])]
            seen += ids
            cursor = max([cursor, *ids])
            if last:
                return
            time.sleep(0.0005)


def late_ids(folder: Path, seconds: float = 20) -> Followed:
    """Follow a sequence's ids until the reader has missed one."""
    deadline = Deadline(seconds)
    followed = follow_ids(folder, counted=False)
    while not followed.missed and not deadline.expired():
        followed = follow_ids(folder, counted=False)
    return followed
