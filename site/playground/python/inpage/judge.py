"""Run a lab's own grader, as `duplex check` does, against a project in this very interpreter."""

import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

from inpage import absent, served


def install() -> None:
    """Let the kit find its clients, its server and its folders here."""
    absent.install()
    import duplex
    from inpage import wire

    sys.modules["duplex.wire"] = duplex.wire = wire
    import duplex.ground
    import duplex.server
    from duplex.diagnosis import telling

    duplex.server.Server, duplex.server.serve = Server, serve
    _keep_to_one_process()
    duplex.ground.Ground.kept = lambda ground: (Path(tempfile.mkdtemp()), lambda: None)
    telling._line = lambda lines, label, text: lines.append([label, text])


def _keep_to_one_process() -> None:
    """Leave out of lab 06 what kills a server, or has two of them."""
    from duplex import memory

    begin = memory.Chat.server

    def server(chat, name=memory.FIRST):
        return begin(chat, name) if name == memory.FIRST else _elsewhere("a second server")

    memory.Chat.server = server
    memory.Chat.kill = lambda *_: _elsewhere("a server that is killed")


def _elsewhere(needed: str):
    """Do not judge what cannot be here."""
    import pytest

    pytest.skip(f"This needs {needed}, so it is judged on your own computer.")


class Nursery:
    """There are no processes here, and none of a sandbox's limits."""

    def __init__(self):
        from duplex.ground import HERE

        self.ground = HERE

    def breach(self) -> None:
        """Nothing is limited but time, by the page."""

    def locked(self, database):
        """Nobody else can lock a database: there is one process."""
        _elsewhere("somebody else who locks the database")


class Browsers:
    """There is no second browser here."""

    def get(self):
        """Say so."""
        from duplex.errors import CourseError

        raise CourseError("This is judged in a browser that the kit starts, on your own computer.")


def _log(folder: str):
    """Return a log as the kit's, but one that is written to."""
    from duplex.log import Log

    class Written(Log):
        def __init__(self):
            self.total, self.flooded = 0, threading.Event()
            self._head, self._tail, self._folder = bytearray(), bytearray(), folder
            self._lock, self._pipe = threading.Lock(), None

        def write(self, words: str) -> int:
            self._keep(words.encode("utf-8", "replace"))
            return len(words)

        def flush(self) -> None:
            """Nothing waits."""

        def finish(self, seconds: float = 1) -> None:
            """Nothing is to come."""

    return Written()


class Server:
    """The project as a grader wants it: where it is reached, whether it lives, what it printed."""

    def __init__(self, folder, kind, nursery=None, env=None, options=(), database=None):
        from duplex import project

        if kind != "daphne":
            _elsewhere("`manage.py runserver`")
        self.kind, self.folder = kind, project.copy(folder)
        self.log = _log(str(self.folder))
        self.address = self._started(env or {})

    def _started(self, env: dict[str, str]) -> served.Served:
        from duplex.server import StartFailed

        try:
            served.prepare()
            return served.Served(str(self.folder), env, self.log)
        except BaseException as error:
            traceback.print_exc(file=self.log)
            cause = (self.log.last_error() or repr(error)).rstrip(".:")
            message = f"The project did not start: {cause}."
            raise StartFailed("crashed", message, self.log.text()) from None

    def alive(self) -> bool:
        """The project cannot end: it runs in the page's own process."""
        return True

    def wait_ready(self, seconds: float = 0) -> "Server":
        """It is ready when it is made."""
        return self

    def stop(self) -> None:
        """End what still runs."""
        if not self.address.loop.is_closed():
            self.address.close()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_) -> None:
        self.stop()


def serve(folder, kind="runserver", *, nursery=None, env=None, options=(), database=None) -> Server:
    """Serve a copy of a project here; Daphne's options have no meaning."""
    return Server(folder, kind, nursery, env, options, database)


def check(number: int, folder: str, tasks: list[str] | None, tell: Callable) -> None:
    """Judge tasks (None: all) and tell of each: its beginning, then its verdict, as JSON data."""
    from duplex import catalog, verdict
    from duplex.diagnosis.diagnose import Doctor
    from duplex.diagnosis.telling import say_diagnosis
    from inpage.loop import outside

    lab = catalog.lab(number)
    doctor, known = Doctor(lab, Path(folder)), {}

    def begin(task) -> None:
        tell({"said": "judging", "task": task.id, "deadline": task.deadline})

    def judged(found) -> None:
        lines = []
        say_diagnosis(lines, doctor.try_diagnosis(found), known)
        tell({"said": "verdict", "task": found.task_id, "title": found.title, "lines": lines,
              "verdict": found.verdict, "points": found.points, "max": found.max_points,
              "message": found.message, "should": found.should, "cause": found.cause})  # fmt: skip

    verdict._served.clear()  # nothing is started ahead: there is no time to gain here
    with outside():
        verdict.grade_here(lab, Path(folder), tasks, nursery=Nursery(), browsers=Browsers(),
                           begin=begin, tell=judged)  # fmt: skip
