"""A project served in this very interpreter: imported afresh, on a loop of its own."""

import asyncio
import contextlib
import gc
import hashlib
import hmac
import importlib
import json
import math
import os
import sys
import threading
import time
import traceback
import types
import warnings
from asyncio import events
from collections.abc import Callable, Iterator

from inpage import patience, there
from inpage.loop import PageLoop, Threadless, outside

USED = (  # what a project imports, as far as that needs no settings
    "django.core.asgi", "django.core.management.commands.migrate",
    "django.db.backends.sqlite3.base", "django.contrib.staticfiles.finders",
    "django.middleware.common", "django.middleware.csrf", "django.middleware.security",
    "django.contrib.auth.hashers", "django.contrib.auth.password_validation",
    "django.contrib.sessions.middleware", "channels.auth", "channels.generic.websocket",
    "channels.routing", "channels.security.websocket",
)  # fmt: skip
CALM = 1.0  # seconds: what runs for longer will not come to rest
KILLED = []  # they are not even tidied up, as long as somebody is judged
CLOSES = 10.0  # seconds that whoever closes a connection waits for the project


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
    json.decoder.scanner.make_scanner = _scanner
    json._default_decoder = json.decoder.JSONDecoder()


def _scanner(decoder: json.JSONDecoder) -> Callable:
    """Return Python's own scanner, which says what is too deep in the words of the one in C."""
    scan = json.decoder.scanner.py_make_scanner(decoder)

    def scan_once(text: str, at: int) -> tuple[object, int]:
        try:
            return scan(text, at)
        except RecursionError as error:
            kinds = {"JSONArray": "array", "JSONObject": "object"}
            called = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
            kind = next(kinds[one] for one in reversed(called) if one in kinds)
            raise RecursionError("maximum recursion depth exceeded while decoding a JSON "
                                 f"{kind} from a unicode string") from None  # fmt: skip

    return scan_once


def _tell_of_threads(async_to_sync: type) -> None:
    """Let what waits in one thread for another say that there is only one."""
    call = async_to_sync.__call__

    def told(self, *arguments, **named):
        if events._get_running_loop() is None:  # else it is wrong everywhere, and says so
            raise Threadless("`async_to_sync`")
        return call(self, *arguments, **named)

    async_to_sync.__call__ = told


def prepare() -> None:
    """Import the libraries anew, for the next project; the one before keeps its own."""
    there.leave()
    importlib.invalidate_caches()
    daphne = types.ModuleType("daphne")  # the settings name it; there is no server here
    daphne.__path__, daphne.__file__ = [], "/stands-in/daphne/__init__.py"
    sys.modules["daphne"] = daphne
    hashlib.pbkdf2_hmac = _one_round
    _take_deep_json()
    asgiref = importlib.import_module("asgiref.sync")
    asgiref.threading = _threading
    _tell_of_threads(asgiref.AsyncToSync)
    for name in USED:
        importlib.import_module(name)


class Served:
    """A project's application and its loop; what it prints goes to `log`.

    `tell(way, event)` hears of every ASGI event. Of several that are served, each has imported
    everything for itself, as processes have; it finds that whenever its loop runs.
    """

    def __init__(self, folder: str, env: dict[str, str], log, loop=None, tell: Callable = None):
        self.folder, self.log, self.loop = folder, log, loop or PageLoop()
        self.tell, self.busy, self.gone = tell or (lambda way, event: None), 0.0, False
        self.process, self.modules = there.new_process(), {}  # while others run
        there.begin(self)
        with self.told(), outside(), _environment(env):
            self.application = _import()

    def run(self, wanted: Callable, end: float):
        """Run the project's loop until wanted() is done, for whom waits until `end`; or HeldUp."""
        settle_other(self)
        there.come(self)
        with self.told(), patience.until(end):
            try:
                self._go_on()
                return self.loop.run(wanted())
            except patience.HeldUp as held:
                self.busy = time.monotonic() + held.rest
                raise

    def _go_on(self) -> None:
        """Wait for as long as the project is still held up."""
        rest = self.busy - time.monotonic()
        if rest == math.inf:
            raise patience.HeldUp(rest)
        if rest > 0:
            patience.sleep(rest, exact=True)

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
        """Let everything run that can run at once, unless the project is held up."""
        if time.monotonic() < self.busy:
            return
        with contextlib.suppress(patience.HeldUp):
            self.run(lambda: calm(self.loop), time.monotonic() + CLOSES)

    def close(self) -> None:
        """End what still runs."""
        self.busy = 0.0
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.settle()
        with self.told():
            self.loop.close()
        self.gone = True

    def kill(self) -> None:
        """End as a process does that is killed: nothing of it runs again, and it learns nothing."""
        there.come(self)
        for one in sys.modules["django.db"].connections.all(initialized_only=True):
            if one.connection:
                one.connection.close()
        self.gone = True
        KILLED.append((self, asyncio.all_tasks(self.loop)))


def settle_other(served: Served | None = None) -> None:
    """Let the project that is there do what it can do at once, before another one comes."""
    if before := there.other(served):
        before.settle()


def bury() -> None:
    """Forget those that were killed, in silence."""
    for _, tasks in KILLED:
        for task in tasks:
            task._log_destroy_pending = False
    KILLED.clear()
    heard, sys.unraisablehook = sys.unraisablehook, lambda _: None  # each `finally` fails now
    try:
        gc.collect()
    finally:
        sys.unraisablehook = heard


async def calm(loop: PageLoop) -> None:
    """Return when whatever can run at once has run."""
    end = time.monotonic() + CALM
    await asyncio.sleep(0)
    while not loop.idle() and time.monotonic() < end:
        await asyncio.sleep(0)


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


def _import():
    """Import a project as Daphne does, bring its database up to date; return its application."""
    application = importlib.import_module("config.asgi").application
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    importlib.import_module("django").setup()
    from django.conf import settings
    from django.core.management import call_command

    if settings.DATABASES.get("default", {}).get("ENGINE", "").endswith("sqlite3"):
        call_command("migrate", interactive=False, verbosity=0)
    return application
