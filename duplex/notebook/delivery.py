"""What notebook 10 imports: boards whose server is killed, writers, seams, and Django itself."""

import asyncio
import io
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from time import perf_counter
from urllib.parse import parse_qs

from asgiref.sync import sync_to_async
from django.core.management import call_command

from duplex import server as servers
from duplex.deadline import wait_until
from duplex.figures import delivery as figures
from duplex.measure import rooms
from duplex.measure.commits import LEVELS, kill_while_committing
from duplex.measure.delivery import (
    Boards,
    kill_in_mid_chat,
    kill_until_lost,
    read_until,
    say,
)
from duplex.measure.herd import come_back, spread, together
from duplex.measure.seam import join_at_seam, race, send_again, sent_at_once, through_burst
from duplex.measure.trouble import through_trouble
from duplex.measure.waiting import allow_files
from duplex.measure.ward import kept_folder
from duplex.measure.writers import (
    crowd_row,
    follow_ids,
    late_ids,
    open_database,
    refused_crowd,
)
from duplex.notebook.check import check
from duplex.notebook.interfaces import use_django
from duplex.notebook.show import NOTEBOOKS, draw, quiz, show, table
from duplex.nursery import Nursery

__all__ = [
    "check", "LEVELS", "ThreadPoolExecutor", "asyncio", "come_back", "constraints_in", "count",
    "crowd_row", "draw", "figures", "folder", "follow_ids", "join_at_seam", "kill_in_mid_chat",
    "kill_until_lost", "kill_while_committing", "late_ids", "open_database", "overfill",
    "parse_qs", "perf_counter", "quiz", "race", "read_until", "refused_crowd", "say",
    "send_again", "sent_at_once", "serve", "show", "spread", "sqlite3", "sync_to_async", "table",
    "through_burst", "through_trouble", "together", "use_django", "wait_until",
]  # fmt: skip

allow_files()
_kept, _stack = {}, ExitStack()  # what must live as long as the kernel
folder = _stack.enter_context(kept_folder("duplex-notebook10-"))


def _nursery() -> Nursery | None:
    if servers.CAN_FORK and "nursery" not in _kept:
        _kept["nursery"] = Nursery()
    return _kept.get("nursery")


def serve(project: str, **env: str) -> Boards:
    """Serve a project of the notebooks on a database that outlives its servers."""
    return Boards(NOTEBOOKS / project, _nursery(), **env)


def overfill(count: int) -> int:
    """Publish so many texts in one go through a layer in memory; return how many arrive."""
    with servers.serve(NOTEBOOKS / "projects/rooms", "daphne", nursery=_nursery()) as server:
        return len(rooms.delivered(server, count))


def constraints_in(app: str, migration: str) -> list[str]:
    """Return the constraints that a migration tells the database to keep."""
    text = io.StringIO()
    call_command("sqlmigrate", app, migration, stdout=text, no_color=True)
    return re.findall(r'CONSTRAINT "\w+" UNIQUE \([^)]*\)', text.getvalue())
