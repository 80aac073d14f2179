"""A database that is slow on purpose."""

import os
import threading
import time

from django.apps import AppConfig
from django.core.signals import request_started
from django.db.backends.signals import connection_created


class WorkConfig(AppConfig):
    """The work of notebook 05."""

    name = "work"

    def ready(self):
        """Give every new connection to SQLite the function `pause`."""
        connection_created.connect(add_pause)
        if os.environ.get("WITHOUT_SIGNAL"):  # nobody is told that a request begins
            request_started.receivers.clear()


def add_pause(connection, **_):
    """Add `pause(seconds)` to SQL: it waits, as for a distant database, and names its thread."""
    connection.connection.create_function("pause", 1, pause)


def pause(seconds):
    """Wait; return the name of the thread that waited."""
    time.sleep(seconds)
    return threading.current_thread().name
