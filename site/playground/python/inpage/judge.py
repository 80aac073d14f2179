"""Run a lab's own grader, as `duplex check` does, against a project in this very interpreter."""

import math
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

from inpage import absent, patience, served, there
from inpage.loop import elsewhere
from inpage.patience import HeldUp

_judged = None  # the lab


def install() -> None:
    """Let the kit find its clients, its server and its folders here."""
    absent.install()
    import duplex
    from inpage import wire

    sys.modules["duplex.wire"] = duplex.wire = wire
    patience.watch(there.is_own)
    import duplex.ground
    import duplex.server
    from duplex import memory
    from duplex.diagnosis import telling

    duplex.server.Server, duplex.server.serve = Server, serve
    memory.Chat.kill = lambda chat, name=memory.FIRST: chat.stand.servers.pop(name).kill()
    duplex.ground.Ground.kept = lambda ground: (Path(tempfile.mkdtemp()), lambda: None)
    telling._line = lambda lines, label, text: lines.append([label, text])


class Nursery:
    """There are no processes here, and none of a sandbox's limits."""

    def __init__(self):
        from duplex.ground import HERE

        self.ground = HERE

    def breach(self) -> None:
        """Nothing is limited but time, by the page."""

    def locked(self, database):
        """Nobody can wait for a lock and let others go on: there is one thread."""
        elsewhere("a second thread, which waits for a locked database")


class Browsers:
    """There is no second browser here."""

    def get(self):
        """Say so."""
        from duplex.errors import CourseError

        raise CourseError("This is judged in a browser that the kit starts, on your own computer.")


def _log(server: "Server"):
    """Return a log as the kit's, but one that is written to."""
    from duplex.log import FLOOD, Log

    class Written(Log):
        def __init__(self):
            self.total, self.flooded = 0, threading.Event()
            self._head, self._tail = bytearray(), bytearray()
            self._folder = str(server.folder)
            self._lock, self._pipe = threading.Lock(), None

        def write(self, words: str) -> int:
            self._keep(words.encode("utf-8", "replace"))
            if self.total > FLOOD:
                self.flooded.set()
                raise HeldUp(math.inf)
            return len(words)

        def text(self, since: int = 0) -> str:
            server.settle()  # what was sent to it has been read, as on the wire
            return super().text(since)

        def flush(self) -> None:
            """Nothing waits."""

        def finish(self, seconds: float = 1) -> None:
            """Nothing is to come."""

    return Written()


class Server:
    """The project as a grader wants it: where it is reached, whether it lives, what it printed."""

    def __init__(self, folder, kind, nursery=None, env=None, options=(), database=None):
        from duplex import project

        if kind != "daphne" and _judged.number == 2:  # else it is one more server
            elsewhere("`manage.py runserver`")
        self.kind, self.folder = kind, project.copy(folder)
        self.log, self.address = _log(self), None
        self.address = self._started(env or {})

    def _started(self, env: dict[str, str]) -> served.Served:
        from duplex.deadline import Deadline
        from duplex.server import START, StartFailed

        limit = Deadline(START)
        try:
            served.settle_other()
            served.prepare()
            with patience.until(limit.end):
                return served.Served(str(self.folder), env, self.log)
        except HeldUp:
            message = f"The project did not start within {START:g} seconds."
            raise StartFailed("timeout", message, self.log.text()) from None
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

    def settle(self) -> None:
        """Let the project do what it can do at once."""
        if self.address and not self.address.gone:
            self.address.settle()

    def stop(self) -> None:
        """End what still runs."""
        if not self.address.gone:
            self.address.close()

    def kill(self) -> None:
        """End at once."""
        self.address.kill()

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

    global _judged
    _judged = lab = catalog.lab(number)
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
    served.bury()
