"""A project served in this very interpreter: imported afresh, on a loop of its own."""

import asyncio
import contextlib
import hashlib
import hmac
import importlib
import json
import os
import sys
import threading
import types
import warnings
from collections.abc import Callable, Iterator

from inpage.loop import PageLoop, outside

FRESH = ("django", "channels", "asgiref", "config", "chat")  # imported anew for each project
CALM = 50  # turns of a loop after which whatever could run has run


class _Thread(threading.Thread):
    """A thread that runs at once: asgiref starts one to wait for others, and there are none."""

    def start(self) -> None:
        self.run()


_threading = types.SimpleNamespace(**{**vars(threading), "Thread": _Thread})


def _one_round(name, password, salt, iterations, dklen=None) -> bytes:
    """Derive a key in one round: nobody has a real password here, and it is gone with the page."""
    return hmac.digest(password, salt + b"\0\0\0\1", name)[:dklen]


def _take_deep_json() -> None:
    """Let deep JSON end in a RecursionError; decoded in C, it would end the whole interpreter."""
    json.decoder.scanner.make_scanner = json.decoder.scanner.py_make_scanner
    json._default_decoder = json.decoder.JSONDecoder()


def prepare() -> None:
    """Forget the project before, and import the libraries of the next one."""
    for name in [one for one in sys.modules if one.partition(".")[0] in FRESH]:
        del sys.modules[name]
    importlib.invalidate_caches()
    daphne = types.ModuleType("daphne")  # the settings name it; there is no server here
    daphne.__path__, daphne.__file__ = [], "/stands-in/daphne/__init__.py"
    sys.modules["daphne"] = daphne
    if not hasattr(hashlib, "pbkdf2_hmac"):
        hashlib.pbkdf2_hmac = _one_round
    _take_deep_json()
    asgiref = importlib.import_module("asgiref.sync")
    asgiref.threading = _threading
    importlib.import_module("django.core.asgi")
    importlib.import_module("channels.generic.websocket")


class Served:
    """A project's application and its loop; what it prints goes to `log`.

    `tell(way, event)` hears of every ASGI event.
    """

    def __init__(self, folder: str, env: dict[str, str], log, loop=None, tell: Callable = None):
        self.folder, self.log, self.loop = folder, log, loop or PageLoop()
        self.tell = tell or (lambda way, event: None)
        with self.told(), outside(), _environment(env):
            self.application = _import(folder)

    def run(self, waited_for):
        """Run the project's loop until something is done."""
        with self.told():
            return self.loop.run(waited_for)

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Let what is printed, and Python's warnings, be told in the log."""
        with contextlib.redirect_stdout(self.log), contextlib.redirect_stderr(self.log), \
             warnings.catch_warnings():  # fmt: skip
            warnings.simplefilter("always", RuntimeWarning)  # a forgotten await, each time
            warnings.showwarning = self._warn
            yield

    def _warn(self, message, category, filename, lineno, file=None, line=None) -> None:
        self.log.write(warnings.formatwarning(message, category, filename, lineno, line))

    def settle(self) -> None:
        """Let everything run that can run at once."""

        async def calm():
            for _ in range(CALM):
                await asyncio.sleep(0)

        self.run(calm())

    def close(self) -> None:
        """End what still runs."""
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.settle()
        with self.told():
            self.loop.close()


@contextlib.contextmanager
def _environment(env: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)  # config/asgi.py names the settings itself
    os.environ.update(env)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


_folder = None  # where the modules of the project are searched for


def _import(folder: str):
    """Import a project as Daphne does, bring its database up to date; return its application."""
    global _folder
    sys.path[:] = [folder, *(one for one in sys.path if one != _folder)]
    _folder = folder
    os.chdir(folder)
    application = importlib.import_module("config.asgi").application
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    importlib.import_module("django").setup()
    from django.conf import settings
    from django.core.management import call_command

    if settings.DATABASES.get("default", {}).get("ENGINE", "").endswith("sqlite3"):
        call_command("migrate", interactive=False, verbosity=0)
    return application
