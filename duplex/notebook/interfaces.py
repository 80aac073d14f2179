"""What notebook 05 imports: both interfaces, the same work under each, and Django in the kernel."""

import asyncio
import inspect
import os
import sqlite3
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib import util
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

from asgiref.sync import async_to_sync, sync_to_async

from duplex import server, wire
from duplex.deadline import wait_until
from duplex.figures import interfaces as figures
from duplex.measure.calls import record_asgi, record_wsgi, wsgiref_server
from duplex.measure.interfaces import (
    ask_at_once,
    computing_row,
    cores,
    cost_row,
    fastest,
    job_row,
    most_at_once,
    query_row,
    seconds_of_two,
)
from duplex.measure.waiting import (
    allow_files,
    answers_while_held,
    disturb,
    hold,
    queries_at_once,
    slow_steps,
)
from duplex.notebook.show import NOTEBOOKS, draw, quiz, show, table
from duplex.nursery import Nursery

__all__ = [
    "ThreadPoolExecutor", "answers_while_held", "ask_at_once", "async_to_sync", "asyncio",
    "computing_row", "cores", "cost_row", "disturb", "draw", "fastest", "figures", "hold",
    "inspect", "job_row", "load", "most_at_once", "os", "queries_at_once", "query_row", "quiz",
    "record_asgi", "record_wsgi", "seconds_of_two", "serve", "setup_testing_defaults", "show",
    "slow_steps", "sync_to_async", "table", "threading", "use_django", "validator", "wait_until",
    "wire", "wsgiref_server",
]  # fmt: skip

TABLES = "file:notebook05?mode=memory&cache=shared"  # a database of this kernel, in memory
allow_files()
_kept = {}  # what must live as long as the kernel


def serve(project: str, kind: str = "daphne", **env: str) -> server.Server:
    """Serve a project of the notebooks, until the kernel ends, from one warm parent for all."""
    if server.CAN_FORK and "nursery" not in _kept:
        _kept["nursery"] = Nursery()
    return server.serve(NOTEBOOKS / project, kind, nursery=_kept.get("nursery"), env=env)


def load(path: str, name: str):
    """Import a file of the notebooks; return what `name` is in it."""
    spec = util.spec_from_file_location(name, NOTEBOOKS / path)
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)


def use_django(project: str) -> None:
    """Set Django up in this kernel for a project of the notebooks, with its tables in memory."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    sys.path.insert(0, str(NOTEBOOKS / project))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    settings.DATABASES["default"]["NAME"] = TABLES
    _kept["tables"] = sqlite3.connect(TABLES, uri=True)  # the tables go with the last connection
    django.setup()
    with ThreadPoolExecutor(1) as apart:  # the kernel's own thread has an event loop
        apart.submit(call_command, "migrate", verbosity=0).result()
