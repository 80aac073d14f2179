"""A table of its own in the same file; each call has a thread and a connection of its own."""

import contextlib
import sqlite3
from datetime import UTC, datetime

from asgiref.sync import sync_to_async
from django.conf import settings

TABLE = """CREATE TABLE IF NOT EXISTS said (room TEXT, id INTEGER, author TEXT, key TEXT, text TEXT,
    sent_at TEXT, PRIMARY KEY (room, id), UNIQUE (room, author, key)) WITHOUT ROWID"""
INSERT = """INSERT INTO said SELECT ?1, coalesce(max(id), 0) + 1, ?2, ?3, ?4, ?5 FROM said
    WHERE room = ?1 HAVING true ON CONFLICT (room, author, key) DO NOTHING"""


@contextlib.contextmanager
def opened():
    with contextlib.closing(
        sqlite3.connect(settings.DATABASES["default"]["NAME"], 20, isolation_level=None)
    ) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute(TABLE)
        yield database


@sync_to_async(thread_sensitive=False)
def store(room, author, key, text):
    now = datetime.now(UTC).isoformat()
    with opened() as database:
        database.execute(INSERT, (room, author, key, text, now))
        found = "SELECT id FROM said WHERE room = ? AND author = ? AND key = ?"
        return database.execute(found, (room, author, key)).fetchone()[0]


@sync_to_async(thread_sensitive=False)
def newest(room):
    with opened() as database:
        found = "SELECT coalesce(max(id), 0) FROM said WHERE room = ?"
        return database.execute(found, (room,)).fetchone()[0]


@sync_to_async(thread_sensitive=False)
def after(room, last, most):
    with opened() as database:
        found = """SELECT id, author, text, sent_at FROM said WHERE room = ? AND id > ?
                   ORDER BY id LIMIT ?"""
        names = "id", "author", "text", "sent_at"
        return [dict(zip(names, row, strict=True))
                for row in database.execute(found, (room, last, most))]  # fmt: skip
