"""Serve one Django project in this process, as its own command would."""

import contextlib
import io
import os
import re
import signal
import socket
import sys
import warnings

from host_lock import hold_lock
from host_unix import listening_port, look_like_tcp, pretended


def settings_module(folder):
    """Read from manage.py which settings it selects; `config.settings` when it does not say."""
    with open(os.path.join(folder, "manage.py"), encoding="utf-8", errors="replace") as manage:
        found = re.search(r"DJANGO_SETTINGS_MODULE['\"]\]?\s*[,=]\s*['\"]([\w.]+)", manage.read())
    return found[1] if found else "config.settings"


def enter(folder, env):
    """Make this process look like one that was started inside the project's folder."""
    os.chdir(folder)
    sys.path.insert(0, folder)
    os.environ.update(env)
    os.environ["DJANGO_SETTINGS_MODULE"] = settings_module(folder)
    os.environ["DJANGO_RUNSERVER_HIDE_WARNING"] = "true"
    os.environ["DJANGO_COLORS"] = "nocolor"
    sys.dont_write_bytecode = True
    warnings.simplefilter("always", RuntimeWarning)  # a forgotten await is told each time


def manage(*words):
    """Run a management command as `python manage.py …` does."""
    from django.core.management import execute_from_command_line

    sys.argv = ["manage.py", *words]
    execute_from_command_line(sys.argv)


def migrate():
    """Bring the database up to date; a project without one has nothing to do."""
    from django.conf import settings

    engines = {database.get("ENGINE", "") for database in settings.DATABASES.values()}
    if engines - {"", "django.db.backends.dummy"}:
        manage("migrate", "--noinput", "--verbosity", "0")


def migrate_apart(task=migrate):
    """Migrate in a child, so that the server's process has not set up Django before its time."""
    pid = os.fork()
    if pid == 0:
        finish(task)
    end_alike(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def end_alike(status):
    """End with the status of another process, unless it ended well (negative: by a signal)."""
    if status < 0:
        os.kill(os.getpid(), -status)
    if status:
        os._exit(min(status, 255) if status > 0 else 1)


def finish(task):
    """Run `task` and leave the process for good, its error printed as Python prints it."""
    status = 0
    try:
        task()
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        if isinstance(leaving.code, str):
            print(leaving.code, file=sys.stderr)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        status = 1
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def keep_warnings_visible():
    """Undo what Daphne does at its usual verbosity: it sends every Python warning nowhere."""
    from twisted.logger import globalLogBeginner

    begin = globalLogBeginner.beginLoggingTo

    def begin_and_keep(*arguments, **options):
        show = warnings.showwarning
        begin(*arguments, **options)
        warnings.showwarning = show

    globalLogBeginner.beginLoggingTo = begin_and_keep


def adopt_for_wsgi(listener, ready):
    """Make Django's WSGI server use the socket that already listens."""
    from django.core.servers import basehttp

    def server_bind(self):
        self.socket.close()
        self.socket = socket.socket(fileno=os.dup(listener))
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "localhost", listening_port(self.socket)
        self.setup_environ()

    def get_request(self):
        connection, peer = self.socket.accept()
        return connection, peer or pretended()  # the client of a unix socket has no name

    basehttp.WSGIServer.server_bind = server_bind
    basehttp.WSGIServer.get_request = get_request
    basehttp.WSGIServer.server_activate = lambda self: ready()


def report_failures_at_once(reactor):
    """Let Daphne look for failed applications often: it tells their clients when it has looked."""
    call_later = reactor.callLater

    def call_sooner(delay, call, *arguments, **options):
        looks = getattr(call, "__name__", "") == "application_checker"  # once a second, usually
        return call_later(0.05 if looks else delay, call, *arguments, **options)

    reactor.callLater = call_sooner


def adopt_for_daphne(listener, ready, tls=None):
    """Make Daphne use the socket that already listens, in `runserver` and in its own command."""
    import daphne.server
    from twisted.internet.endpoints import AdoptedStreamServerEndpoint

    def adopted(reactor, description):
        """Stand in for serverFromString, which searches for plugins at every start."""
        with socket.socket(fileno=os.dup(listener)) as known:
            endpoint = AdoptedStreamServerEndpoint(reactor, listener, known.family)
            if known.family != socket.AF_INET:
                look_like_tcp()
        return Secured(endpoint, *tls) if tls else endpoint

    report_failures_at_once(daphne.server.reactor)
    run = daphne.server.Server.run

    def run_on_listener(self):
        self.endpoints = [f"fd:fileno={listener}"]
        daphne.server.reactor.callWhenRunning(ready)
        run(self)

    daphne.server.serverFromString = adopted
    daphne.server.Server.run = run_on_listener


class Secured:
    """An endpoint that speaks TLS, as the one that `daphne -e ssl:…` makes; a key and its chain."""

    def __init__(self, endpoint, key, chain):
        from OpenSSL.crypto import FILETYPE_PEM, load_certificate, load_privatekey
        from twisted.internet.ssl import CertificateOptions

        with open(key, "rb") as file:
            private = load_privatekey(FILETYPE_PEM, file.read())
        with open(chain, "rb") as file:
            parts = re.findall(b"-+BEGIN .+?-+END [^\n]+\n", file.read(), re.DOTALL)
        own, *others = [load_certificate(FILETYPE_PEM, part) for part in parts]
        self.endpoint, self.options = (
            endpoint,
            CertificateOptions(private, own, extraCertChain=others),
        )

    def listen(self, factory):
        """Listen, and put TLS between the socket and what Daphne makes for it."""
        from twisted.protocols.tls import TLSMemoryBIOFactory

        return self.endpoint.listen(TLSMemoryBIOFactory(self.options, False, factory))


def run_daphne(listener, ready, where, tls=None, options=()):
    """Serve as the command `daphne OPTIONS config.asgi:application` does."""
    from daphne.cli import CommandLineInterface

    keep_warnings_visible()
    if listener is not None:
        adopt_for_daphne(listener, ready, tls)
        where = ["--fd", str(listener)]
    package, dot, _ = os.environ.pop("DJANGO_SETTINGS_MODULE").rpartition(".")  # Daphne sets none
    CommandLineInterface().run([*where, *options, f"{package}{dot}asgi:application"])


def run_runserver(listener, ready, where):
    """Serve as the command `python manage.py runserver` does."""
    import django

    django.setup()
    if listener is not None:
        adopt_for_wsgi(listener, ready)
    if "daphne.server" in sys.modules:
        keep_warnings_visible()
        if listener is not None:
            adopt_for_daphne(listener, ready)
    manage("runserver", "--noreload", where)


def serve_child(order, listener, output, ready, prepare=migrate_apart):
    """In the forked child: prepare the project's database, and become its server."""
    os.setsid()
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(stop, signal.SIG_DFL if stop != signal.SIGINT else signal.default_int_handler)
    signal.set_wakeup_fd(-1)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    for number, name in ((1, "stdout"), (2, "stderr")):  # new objects: the old ones may seek
        stream = open(number, "w", 1, "utf-8", "backslashreplace", closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
    if order["kind"] == "lock":
        hold_lock(order["database"], order["seconds"], ready)
    enter(order["folder"], order["env"])
    prepare()
    up = listener, lambda: os.write(ready, b"R"), "127.0.0.1:8000"
    if order["kind"] == "daphne":
        run_daphne(*up, order.get("tls"), order["options"])
    elif order["kind"] == "command":
        sys.stdin = io.StringIO(order["answers"])
        manage(*order["words"])
    else:
        run_runserver(*up)


def serve_alone(order):
    """Serve one project on its own port, in this very process (Windows, and TLS)."""
    import subprocess

    enter(order["folder"], order["env"])
    here = os.path.dirname(os.path.abspath(__file__))
    words = f"import sys; sys.path.append({here!r}); import host_project; host_project.migrate()"
    if not order["migrated"]:
        command = [sys.executable, "-c", words]
        end_alike(subprocess.run(command, stdin=subprocess.DEVNULL).returncode)
    port = str(order["port"])
    if order["kind"] == "daphne":
        listen = order.get("listen") or ["--bind", "127.0.0.1", "--port", port]
        run_daphne(None, None, listen, options=order["options"])
    else:
        run_runserver(None, None, f"127.0.0.1:{port}")
