"""What the package's tests share: a small course, small projects to serve, and a raw peer."""

import contextlib
import socket
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from rich.console import Console

from duplex import catalog, cli, terminal, verdict
from duplex.nursery import Nursery
from duplex.server import CAN_FORK
from duplex.worker import Worker

TASK = '[[task]]\nid = "{id}"\ntitle = "T{id}"\npoints = 2\nhints = ["ask", "point", "tell"]\n'
HEAD = 'title = "A"\ngoal = "G."\nserver = "runserver"\nnotebook = "02_polling"\n'
VIEWS = '''"""Views."""


def index():
    # task 1.1: answer
    #   with the text `hello`
    return "hello"
    # end 1.1
'''


class Course:
    """Writes and reads the files of a course whose root is `root`."""

    def __init__(self, root: Path):
        self.root = root

    def write(self, path: str, text: str) -> Path:
        """Write a file below the root."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        return file

    def read(self, path: str) -> str:
        """Return the text of a file below the root."""
        return (self.root / path).read_bytes().decode()

    def files(self, path: str) -> set[str]:
        """Return the files below a folder, by their paths in it."""
        top = self.root / path
        return {one.relative_to(top).as_posix() for one in top.rglob("*") if one.is_file()}

    def toml(self, tree: str, name: str, tasks=(), edits=(), changes=(), text=None) -> Path:
        """Write a lab's lab.toml."""
        lists = f"edits = {list(edits)!r}\nchanges = {list(changes)!r}\n"
        made = HEAD + lists + "".join(TASK.format(id=task) for task in tasks)
        return self.write(f"{tree}/{name}/lab.toml", made if text is None else text)


@pytest.fixture
def course(tmp_path, monkeypatch) -> Course:
    """A course without any lab, whose root the package takes for its own."""
    root = tmp_path / "a course è"
    root.mkdir()
    monkeypatch.setattr(catalog, "ROOT", root)
    return Course(root)


@pytest.fixture
def lab_one(course) -> Course:
    """A course whose solutions hold one lab with one task."""
    files = ("chat/views.py", "lab.toml", "logo.png")
    course.toml("solutions", "lab01_polling", ["1.1"], ["chat/views.py"], files)
    course.write("solutions/lab01_polling/chat/views.py", VIEWS)
    (course.root / "solutions/lab01_polling/logo.png").write_bytes(b"\x89PNG\r\n\xff")
    return course


PROJECT = {
    "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")\n',
    "config/__init__.py": "",
    "config/settings.py": 'SECRET_KEY = "test"\nALLOWED_HOSTS = ["*"]\nDATABASES = {}\n'
    'ROOT_URLCONF = "config.urls"\nINSTALLED_APPS = []\n',
    "config/urls.py": "urlpatterns = []\n",
}
VIEW = """from django.http import HttpResponse
from django.urls import path


def view(request):
    {}


urlpatterns = [path("", view)]
"""


@pytest.fixture
def project_of(tmp_path):
    """Write a small Django project: project_of(settings=more lines, view=its body, **files)."""

    def write(settings="", view="return HttpResponse('hello')", name="a project è", **files):
        more = {"config/urls.py": view_of(view)} | files
        for path, text in (PROJECT | more).items():
            file = tmp_path / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text + (settings if path == "config/settings.py" else ""), "utf-8")
        return tmp_path / name

    return write


@pytest.fixture(scope="session")
def nursery():
    """One warm parent for all tests of the package (None on Windows)."""
    with Nursery() if CAN_FORK else contextlib.nullcontext() as nursery:
        yield nursery


@pytest.fixture
def temporary(tmp_path, monkeypatch) -> Path:
    """A folder of its own for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def peer():
    """A server of one connection: peer(talk) is its address; talk(connection, request) answers."""
    with contextlib.ExitStack() as stack:

        def listen(talk):
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            thread = threading.Thread(target=_answer, args=(listener, talk), daemon=True)
            thread.start()
            stack.callback(thread.join, 10)
            return listener.getsockname()

        yield listen


def _answer(listener, talk):
    with contextlib.suppress(OSError):
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(10)
            request = b""
            while b"\r\n\r\n" not in request:
                request += connection.recv(65536) or b"\r\n\r\n"
            talk(connection, request)


GRADER = Path(__file__).parent / "tiny" / "grader.py"
GOOD = """words = {"bye": "bye", "number": "7"}
return HttpResponse(words.get(request.GET.get("say"), "hello"))"""


def write_tiny(root: Path) -> Path:
    """Write a course of one lab with three tasks, and its grader; labs/ holds a good project."""
    course = Course(root)
    for tree in ("solutions", "labs"):
        course.toml(tree, "lab01_polling", ["1.1", "1.2", "1.3"], ["config/urls.py"])
    course.write("tests/labs/test_lab01_polling.py", GRADER.read_text("utf-8"))
    for path, text in PROJECT.items():
        course.write(f"labs/lab01_polling/{path}", text)
    course.write("labs/lab01_polling/config/urls.py", view_of(GOOD))
    return root


def view_of(body: str) -> str:
    """Return the urls.py of a project with one view, whose body is given."""
    return VIEW.format(body.replace("\n", "\n    "))


@pytest.fixture
def tiny(course) -> Course:
    """A course of one lab with three tasks that are judged within moments."""
    write_tiny(course.root)
    return course


@pytest.fixture
def duplex(tiny, monkeypatch, capsys):
    """Call a command in this process: duplex("list") returns its exit code and all it said."""
    monkeypatch.setattr(terminal, "plain_letters", lambda: None)
    monkeypatch.setattr(terminal, "stop_like_ctrl_c", lambda: None)
    monkeypatch.delenv("DUPLEX_COMMAND", raising=False)

    def call(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["duplex", *words])
        monkeypatch.setattr(cli, "console", Console(file=sys.stdout, width=200, highlight=False))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return ended.value.code or 0, " ".join((said.out + said.err).split())

    return call


@pytest.fixture(scope="session")
def good_view() -> str:
    """The body of a view that passes every task of the tiny course."""
    return GOOD


@contextlib.contextmanager
def _judging(root: Path, factor: str):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalog, "ROOT", write_tiny(root))
        patch.setenv("DUPLEX_TIMEOUT_FACTOR", factor)
        worker = Worker()

    def judge(folder, tasks=None, first=False) -> dict[str, verdict.TaskVerdict]:
        answer = worker.ask({"lab": 1, "folder": str(folder), "tasks": tasks, "first": first})
        return {one["task_id"]: verdict.TaskVerdict(**one) for one in answer}

    yield judge
    worker.close()


@pytest.fixture(scope="session")
def judge(tmp_path_factory):
    """Grade a project by the tiny course: judge(folder, tasks) is its verdict for each task."""
    with _judging(tmp_path_factory.mktemp("a tiny course è"), "1") as judge:
        yield judge


@pytest.fixture(scope="session")
def hasty_judge(tmp_path_factory):
    """The same with a tenth of the patience, for projects that never answer."""
    with _judging(tmp_path_factory.mktemp("a hasty course è"), "0.1") as judge:
        yield judge
