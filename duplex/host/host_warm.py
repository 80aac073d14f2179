"""The warm parent: it imports Django once and forks a child for each project to serve."""

import contextlib
import gc
import importlib
import json
import os
import selectors
import shutil
import signal
import socket
import sys

from host_kept import Memory, digest, keep, restore
from host_project import finish, migrate, migrate_apart, serve_child

PRELOAD = {
    "wsgi": ("django.core.management", "django.core.servers.basehttp",
             "django.contrib.staticfiles.handlers", "django.core.handlers.wsgi",
             "django.contrib.staticfiles.checks", "django.core.management.commands.migrate",
             "django.core.management.commands.runserver", "django.db.backends.sqlite3.base",
             "django.core.cache.backends.locmem", "django.middleware.common",
             "django.middleware.security", "django.views.defaults", "django.shortcuts",
             "django.template.context_processors", "django.template.loaders.app_directories",
             "django.template.loaders.cached", "django.templatetags.cache",
             "django.templatetags.l10n", "django.templatetags.tz",
             "django.db.models.sql.compiler", "django.core.cache.utils"),
    "asgi": ("channels.generic.websocket", "channels.routing", "channels.auth", "channels.layers",
             "autobahn.twisted.websocket", "twisted.internet.endpoints", "twisted.web.http",
             "twisted.internet.asyncioreactor", "twisted.logger", "asgiref.compatibility",
             "daphne.http_protocol", "daphne.ws_protocol", "daphne.endpoints", "daphne.access",
             "django.core.asgi"),
    "service": ("redis.asyncio", "channels_redis.pubsub", "prometheus_client", "OpenSSL.crypto",
                "twisted.internet.ssl", "twisted.protocols.tls", "channels.security.websocket",
                "django.contrib.auth.views", "django.contrib.auth.backends", "django.forms.models",
                "django.contrib.auth.hashers", "django.contrib.sessions.backends.db"),
}  # fmt: skip
KINDS = {"wsgi": ("wsgi",), "asgi": ("wsgi", "asgi"), "service": ("wsgi", "asgi", "service")}
# Not daphne.server: importing it makes the event loop, and forked servers would share its epoll, so
# that one server is woken for another's connections, and its own wait for the next timer.


def preload(kind):
    """Import what every project of this kind needs, except what must come after the fork."""
    gc.disable()  # while importing it would search in vain, again and again
    for name in sum((PRELOAD[one] for one in KINDS[kind]), ()):
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    if kind != "wsgi":
        hash_quickly()
    gc.freeze()  # the children share these objects, and need not search them either
    gc.enable()


def hash_quickly():
    """Let passwords be hashed in few rounds: a grader signs up dozens of people."""
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    PBKDF2PasswordHasher.iterations = 1000  # of a million, each as slow as it is meant to be


def leave_unpainted():
    """Let autobahn not paint lines that no log takes: a twelfth of what a server does."""
    if util := sys.modules.get("autobahn.util"):
        util._HAS_CLICK = False
    if protocol := sys.modules.get("autobahn.websocket.protocol"):
        protocol.pformat = lambda told: ""


def prepare(kept, learn, migrated):
    """In the forked child: migrate, unless it is `kept` what that makes of this very project."""
    if kept:
        restore(kept)
    elif not migrated:
        migrate_apart(lambda: keep(migrate, learn))
    os.close(learn)


class WarmParent:
    """Forks a child for each order, reports its end, and takes all down with itself."""

    def __init__(self, line, jail=None):
        self.line, self.jail, self.children, self.unread = line, jail, {}, b""
        if jail:
            leave_unpainted()
        self.waiting = selectors.DefaultSelector()
        self.does = {"serve": self.serve, "kill": self.end, "terminate": self.end,
                     "ping": self.ping, "wipe": self.wipe}  # fmt: skip
        self.memory = Memory(self.waiting)
        self.wake_in, self.wake_out = os.pipe()
        os.set_blocking(self.wake_in, False)
        os.set_blocking(self.wake_out, False)
        signal.set_wakeup_fd(self.wake_out)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def run(self):
        """Take orders until the line is cut."""
        self.waiting.register(self.line, selectors.EVENT_READ, self.take_order)
        self.waiting.register(self.wake_in, selectors.EVENT_READ, self.reap)
        while all(key.data() for key, _ in self.waiting.select()):
            pass
        for pid in self.children:
            self.kill(pid)
        for pid, folder in self.children.items():
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
            shutil.rmtree(folder, ignore_errors=True)

    def take_order(self):
        """Read orders; each is a line of JSON, a `serve` comes with three descriptors."""
        data, descriptors, _, _ = socket.recv_fds(self.line, 65536, 3)
        self.unread += data
        while b"\n" in self.unread:
            order, _, self.unread = self.unread.partition(b"\n")
            order = json.loads(order)
            self.does[order["do"]](order, descriptors)
        return bool(data)

    def end(self, order, _):
        """Kill a child, or ask it to end."""
        if order["pid"] in self.children:  # else it has ended, and its number may be another's
            {"kill": self.kill, "terminate": self.ask_to_end}[order["do"]](order["pid"])

    def answer(self, order, _, **more):
        """Answer a question of the kit."""
        self.tell({"answer": order["number"]} | more)

    def ping(self, order, _):
        """Answer, when the kit has been told of every child that has ended so far."""
        self.reap()
        self.answer(order, None)

    def wipe(self, order, _):
        """In a sandbox: kill everything, forget everything, and say whether this process is whole.

        No child has its own group killed again: its number may be another's by now.
        """
        self.jail.kill_all(self.note_end)
        self.memory.forget()
        self.answer(order, None, whole=self.jail.is_unchanged())

    def serve(self, order, descriptors):
        """Fork a child that serves a project."""
        key = digest(order["folder"], order["env"])
        heard, learn = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(heard)
            ready = self.memory.recall(key), learn, order["migrated"]
            finish(lambda: self.become(order, descriptors, lambda: prepare(*ready)))
        for descriptor in (*descriptors, learn):
            os.close(descriptor)
        self.memory.learn(key, heard)
        self.children[pid] = order["remove"]
        self.tell({"started": pid})

    def reap(self):
        """Report every child that ended."""
        with contextlib.suppress(BlockingIOError):
            os.read(self.wake_in, 4096)
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] in self.children:
                    self.kill(ended[0])  # whatever it left behind in its process group
                self.note_end(*ended)
        return True

    def note_end(self, pid, status):
        """Report a child that ended; an orphan that a project left behind is not worth a word."""
        if self.children.pop(pid, None) is not None:
            self.tell({"ended": pid, "status": os.waitstatus_to_exitcode(status)})

    def become(self, order, descriptors, prepare):
        """In a child: close what is the parent's alone, be limited in a sandbox, and serve."""
        signal.set_wakeup_fd(-1)
        os.close(self.line.detach())
        self.memory.close()
        self.waiting.close()
        os.close(self.wake_in)
        os.close(self.wake_out)
        if self.jail:
            self.jail.confine()
        serve_child(order, *descriptors, prepare)

    def kill(self, pid):
        """Kill the whole process group of a child."""
        for target in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                target(pid, signal.SIGKILL)

    def ask_to_end(self, pid):
        """Ask a child to end, as the system's own service manager does."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGTERM)

    def tell(self, news):
        with contextlib.suppress(OSError):
            self.line.sendall(json.dumps(news).encode() + b"\n")
