"""Projects are served for real, however badly they behave; nothing of them is left behind."""

import psutil
import pytest

from duplex import wire
from duplex.deadline import wait_until
from duplex.server import CAN_FORK, Server, serve
from duplex.wire import Dropped, TimedOut, text

CONSUMER = """from channels.generic.websocket import AsyncWebsocketConsumer


class Chat(AsyncWebsocketConsumer):
    async def connect(self):
        await self.accept()

    async def receive(self, text_data=None, bytes_data=None):
        self.send(text_data)  # task: forgotten await
        await self.send("after")
"""
ASGI = """import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
from django.core.asgi import get_asgi_application
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path
pages = get_asgi_application()
from config.consumers import Chat
sockets = URLRouter([path("ws/", Chat.as_asgi())])
application = ProtocolTypeRouter({"http": pages, "websocket": sockets})
"""
CHAT = {"config/asgi.py": ASGI, "config/consumers.py": CONSUMER}
CHAT_SETTINGS = 'INSTALLED_APPS = ["daphne"]\nASGI_APPLICATION = "config.asgi.application"\n'
CHILD = """import subprocess, sys, signal
words = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", words])
return HttpResponse(str(child.pid))"""
SQLITE = """DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3",
                         "NAME": __file__.replace("settings.py", "db.sqlite3")}}
INSTALLED_APPS = ["django.contrib.contenttypes"]
"""
COUNT = """from django.contrib.contenttypes.models import ContentType
ContentType.objects.create(app_label=request.GET["by"], model="x")
return HttpResponse(",".join(sorted(one.app_label for one in
                    ContentType.objects.exclude(app_label="contenttypes"))))"""

WAYS = [
    pytest.param(True, marks=pytest.mark.skipif(not CAN_FORK, reason="no fork"), id="forked"),
    pytest.param(False, id="alone"),
]


@pytest.fixture(params=WAYS)
def way(request, monkeypatch, temporary):
    """Serve from the warm parent, and alone as on Windows; with temporary files of its own."""
    monkeypatch.setattr(Server, "forks", request.param)


@pytest.fixture
def forked(monkeypatch, temporary):
    """Serve only from the warm parent, where there is one."""


@pytest.fixture
def start(nursery):
    """Serve a project until the test ends."""
    servers = []

    def serve_it(folder, kind="runserver"):
        servers.append(serve(folder, kind, nursery=nursery))
        return servers[-1]

    yield serve_it
    for server in servers:
        server.stop()


def get(server, path="/") -> str:
    """Return the text that a server answers."""
    return wire.Http(server.address).get(path).text


def gone(pid: int) -> bool:
    """Tell whether a process has ended (also when nobody has asked how)."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_project_is_served(way, project_of, start):
    server = start(project_of())
    assert get(server) == "hello"
    assert server.alive()
    assert server.url == f"http://127.0.0.1:{server.address[1]}"
    assert server.ws_url == f"ws://127.0.0.1:{server.address[1]}"


def test_unknown_kind_is_refused(project_of):
    with pytest.raises(ValueError, match="kind is runserver or daphne, not 'uvicorn'"):
        serve(project_of(), "uvicorn")


def test_flood_is_stopped(way, project_of, start, monkeypatch):
    monkeypatch.setattr("duplex.log.FLOOD", 2**20)
    server = start(project_of(view="while True: print('x' * 1000)"))
    with pytest.raises(Dropped):
        get(server)
    assert server.log.flooded.is_set()
    assert wait_until(lambda: not server.alive())


def test_crash_in_a_request_is_told(way, project_of, start):
    server = start(project_of(view="import os\nos._exit(7)"))
    with pytest.raises(Dropped, match="without an answer"):
        get(server)
    assert wait_until(lambda: not server.alive())
    assert server.child.status == 7


def test_error_in_a_request_is_found(way, project_of, start):
    server = start(project_of("DEBUG = True", view="1 / 0"))
    assert wire.Http(server.address).get("/").status == 500
    found = "ZeroDivisionError: division by zero (config/urls.py, line 6)"
    assert wait_until(lambda: server.log.last_error() == found)
    assert str(server.folder) not in server.log.text()


def test_late_answer_is_told(project_of, start, forked):
    server = start(project_of(view="import time; time.sleep(600)"))
    with pytest.raises(TimedOut):
        wire.Http(server.address, timeout=0.2).get("/")
    assert server.alive()


@pytest.mark.parametrize("kind", ["runserver", "daphne"])
def test_forgotten_await_is_seen(kind, way, project_of, start):
    server = start(project_of(CHAT_SETTINGS, **CHAT), kind)
    with wire.connect(server.address, "/ws/") as ws:
        ws.send_text("hello")
        assert ws.receive() == text("after")
    assert wait_until(server.log.last_error)
    assert server.log.last_error() == (
        "RuntimeWarning: coroutine 'AsyncWebsocketConsumer.send' was never awaited "
        "(config/consumers.py, line 9)"
    )


def test_stop_leaves_nothing(way, project_of, start, temporary):
    server = start(project_of(view=CHILD))
    child = int(get(server))
    assert not gone(child)
    server.stop()
    assert wait_until(lambda: gone(child))
    assert not server.alive()
    assert not list(temporary.iterdir())
    with pytest.raises(Dropped, match="nobody listens"):
        get(server)
    server.stop()


def test_crash_leaves_no_child(way, project_of, start):
    server = start(project_of(view="if request.GET: __import__('os')._exit(1)\n" + CHILD))
    child = int(get(server))
    with pytest.raises(Dropped):
        get(server, "/?end")
    assert wait_until(lambda: gone(child))


def test_two_servers_keep_apart(project_of, start, forked):
    folder = project_of(SQLITE, view=COUNT, **{"config/db.sqlite3": "mine"})
    one, two = start(folder), start(folder)
    assert (get(one, "/?by=a"), get(two, "/?by=b"), get(one, "/?by=c")) == ("a", "b", "a,c")


def test_folder_stays_as_it_was(way, project_of, start):
    folder = project_of(SQLITE, view=COUNT, **{"config/db.sqlite3": "mine"})
    before = sorted(folder.rglob("*"))
    assert get(start(folder), "/?by=a") == "a"
    assert sorted(folder.rglob("*")) == before
    assert (folder / "config/db.sqlite3").read_text() == "mine"


def test_caller_changes_nothing(way, project_of, monkeypatch):
    told = ("DJANGO_SETTINGS_MODULE", "PYTHONWARNINGS", "PYTHONPATH", "DUPLEX_TIMEOUT_FACTOR")
    for name in told:
        monkeypatch.setenv(name, {"PYTHONWARNINGS": "error"}.get(name, "9"))
    monkeypatch.setenv("MINE", "kept")
    view = "import os, sys\nreturn HttpResponse(' '.join([os.environ['MINE'], sys.stdin.read(), "
    view += f"*(name + os.environ[name] for name in {told} if name in os.environ), os.getcwd()]))"
    with serve(project_of(view=view)) as server:
        said = get(server)
        assert said == f"kept  DJANGO_SETTINGS_MODULEconfig.settings {server.folder}"


def test_settings_may_have_another_name(project_of, start, forked):
    manage = 'import os\nos.environ["DJANGO_SETTINGS_MODULE"] = "site_settings"\n'
    settings = (
        'SECRET_KEY = "x"\nALLOWED_HOSTS = ["*"]\nROOT_URLCONF = "config.urls"\nDATABASES = {}\n'
    )
    folder = project_of("import nope", **{"manage.py": manage, "site_settings.py": settings})
    assert get(start(folder)) == "hello"
