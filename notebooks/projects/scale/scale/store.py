"""A memory that all processes share: a file of SQLite, with numbered messages."""

import asyncio
import sqlite3

from django.conf import settings

TABLE = "CREATE TABLE IF NOT EXISTS said (id INTEGER PRIMARY KEY, room TEXT, text TEXT)"


def _run(order: str, *values) -> list[tuple]:
    with sqlite3.connect(settings.STORE, timeout=20) as base:
        base.execute(TABLE)
        rows = base.execute(order, values).fetchall()
    base.close()
    return rows


async def add(room: str, text: str):
    """Keep a message; when this returns, it is in the file."""
    await asyncio.to_thread(_run, "INSERT INTO said (room, text) VALUES (?, ?)", room, text)


async def after(room: str, seen: int) -> list[tuple[int, str]]:
    """Return the messages of a room that are newer than `seen`: (number, text)."""
    order = "SELECT id, text FROM said WHERE room = ? AND id > ? ORDER BY id"
    return await asyncio.to_thread(_run, order, room, seen)


async def last(room: str) -> int:
    """Return the number of the newest message in a room, or 0."""
    found = await asyncio.to_thread(_run, "SELECT max(id) FROM said WHERE room = ?", room)
    return found[0][0] or 0
