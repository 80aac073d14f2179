"""Somebody else at a project's database."""

import os
import signal
import sqlite3


def hold_lock(database, seconds, ready):
    """Be somebody else who writes to an SQLite database, until the kit ends this process."""
    other = sqlite3.connect(database, seconds, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    os.write(ready, b"R")
    while True:
        signal.pause()
