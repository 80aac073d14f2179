"""Commit row after row and say so, until killed: what is kept of what was said?"""

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from duplex import catalog

LEVELS = ("OFF", "NORMAL", "FULL")


def commit_for_ever(path: str, level: str) -> None:
    """Commit numbers one by one, each told on standard output as soon as it is committed."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute(f"PRAGMA synchronous={level}")
    database.execute("CREATE TABLE told (number INTEGER PRIMARY KEY)")
    number = 0
    while True:
        database.execute("INSERT INTO told DEFAULT VALUES")
        number += 1
        print(number, flush=True)


def kill_while_committing(folder: Path, level: str, count: int = 300) -> dict:
    """Kill a process that commits; compare what it has told with what is there."""
    path = folder / f"commits-{level}.sqlite3"
    words = [sys.executable, "-m", __name__, str(path), level]
    with subprocess.Popen(words, cwd=catalog.ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            process.stdout.readline()
            start = time.perf_counter()
            for _ in range(count):
                process.stdout.readline()
            seconds = time.perf_counter() - start
        finally:
            process.kill()
        rest = [line for line in process.stdout.read().splitlines(keepends=True) if line.strip()]
    told = int(rest[-1]) if rest and rest[-1].endswith("\n") else count + 1
    with closing(sqlite3.connect(path)) as database:
        kept = database.execute("SELECT max(number) FROM told").fetchone()[0]
    return {"synchronous": level, "told": told, "of them kept": min(kept, told),
            "one commit (ms)": round(1000 * seconds / count, 3)}  # fmt: skip


if __name__ == "__main__":
    commit_for_ever(*sys.argv[1:])
