"""Where the clinic's projects are served: each case's own, and the healthy one, once for all."""

import contextlib
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from functools import partial
from pathlib import Path

from duplex import server as servers
from duplex.clinic import PROJECT, Case, Seen, alternatives
from duplex.deadline import wait_until
from duplex.measure.clinic import EXPERIMENTS
from duplex.measure.command import command
from duplex.measure.daphne import Daphne
from duplex.measure.visit import Visit
from duplex.nursery import HOST, Nursery
from duplex.redis import Redis
from duplex.server import Server, StartFailed

LOG, QUIET = "the log", "quiet"
REDIS_LAYER = "channels_redis.core.RedisChannelLayer"
QUIET_FOR = 0.2  # seconds after which "nothing" has come (scaled by DUPLEX_TIMEOUT_FACTOR)
_PLACE = re.compile(r" (\([\w/]+\.py, line \d+\))$")
_RESULT = re.compile(r"^(OK|FAILED \(.*\))$", re.MULTILINE)


class Ward:
    """One warm parent, one Redis and one healthy chat for all cases; it closes like a file."""

    def __init__(self):
        self._stack = contextlib.ExitStack()
        self._nursery = self._stack.enter_context(Nursery()) if servers.CAN_FORK else None
        self._redis, self._healthy, self._database = None, {}, None
        self._lock = threading.RLock()  # one case may be visited ahead while another is looked at
        self.home = self._stack.enter_context(kept_folder("duplex-clinic-"))

    @property
    def redis(self) -> Redis:
        """The Redis of all cases, started when the first needs it."""
        with self._lock:
            if self._redis is None:
                self._redis = self._stack.enter_context(Redis())
            return self._redis

    @property
    def database(self) -> Path:
        """A migrated database without content: to migrate takes longer than to start a server."""
        with self._lock:
            if self._database is None:
                server = servers.serve(PROJECT, "daphne", nursery=self._nursery)
                self._healthy["daphne", "memory"] = self._stack.enter_context(server)
                self._database = Path(shutil.copy(server.folder / "db.sqlite3", self.home))
            return self._database

    def look(self, case: Case, folder: Path, expected: Seen, patience: float = 5) -> dict[str, str]:
        """Serve a folder as its case wants it, visit it, and return what is seen.

        `expected` tells what to wait for; without `patience` not for long, as it may not come.
        """
        if case.serve == "tests":
            return self._test(folder, case.options.get("answers", ""), expected)
        with contextlib.ExitStack() as stack:
            try:
                served = [self._serve(case, folder, stack) for _ in range(case.processes)]
            except (StartFailed, ChildProcessError) as failure:
                return {"the server": "does not start", LOG: _phrase(str(failure), expected)}
            return self._visit(case, served, expected, patience)

    def _visit(self, case: Case, served: list, expected: Seen, patience: float) -> dict[str, str]:
        before = [server.log.total for server in served]
        redis = self.redis if case.layer == "redis" else None
        quiet = QUIET_FOR if _in_vain(expected) else 10
        typed = partial(self._manage, case, served[0].folder)
        seen = EXPERIMENTS[case.experiment](Visit(served, quiet, case.options, redis, typed))
        if LOG not in expected:
            return seen
        return seen | {LOG: _said(served, before, expected, patience)}

    def serve(self, case: Case, folder: Path, **env: str) -> Server:
        """Serve a folder as its case wants it."""
        kind = "runserver" if case.serve == "runserver" else "daphne"
        options, env = case.options.get("daphne", []), self._layer(case) | env
        return servers.serve(folder, kind, nursery=self._nursery, env=env, options=options,
                             database=self.database)  # fmt: skip

    def _layer(self, case: Case) -> dict[str, str]:
        """Return the environment that chooses the case's channel layer."""
        if case.layer != "redis":
            return {}
        return {"LAYER": REDIS_LAYER, "REDIS_URL": self.redis.url}

    def _manage(self, case: Case, folder: Path, *words: str) -> str:
        return command(folder, *words, nursery=self._nursery, env=self._layer(case))

    def manage(self, folder: Path, *words: str, answers: str = "") -> str:
        """Type `python manage.py WORDS` in a folder; return what it printed."""
        return command(folder, *words, nursery=self._nursery, answers=answers)

    def _test(self, folder: Path, answers: str, expected: Seen) -> dict[str, str]:
        """Run the project's own tests, as `python manage.py test` does."""
        printed = self.manage(folder, "test", answers=answers)
        result = _RESULT.search(printed)
        seen = {"the tests": result[1] if result else "none ran"}
        if "the database" in expected:  # what the tests must leave alone
            seen["the database"] = "is there" if (folder / "db.sqlite3").is_file() else "is gone"
        phrases = alternatives(expected.get(LOG, QUIET))
        return seen | {LOG: next((phrase for phrase in phrases if phrase in printed), QUIET)}

    def _serve(self, case: Case, folder: Path, stack: contextlib.ExitStack):
        healthy = digest(folder) == digest(PROJECT)
        if case.serve == "command" and not healthy:
            options = case.options.get("daphne", [])
            return stack.enter_context(Daphne(folder, *options).wait_ready())
        if not healthy or case.processes > 1 or case.options.keys() & {"daphne"}:
            return stack.enter_context(self.serve(case, folder))
        kind = (case.serve.replace("command", "daphne"), case.layer)
        with self._lock:
            if kind not in self._healthy:
                self._healthy[kind] = self._stack.enter_context(self.serve(case, folder))
            return self._healthy[kind]

    def close(self) -> None:
        """End everything that was started."""
        self._stack.close()

    def __enter__(self) -> "Ward":
        return self

    def __exit__(self, *_) -> None:
        self.close()


@contextlib.contextmanager
def kept_folder(prefix: str, inside: str | None = None):
    """Make a temporary folder, which is removed afterwards, also when this process is killed."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=inside)).resolve()
    guard = subprocess.Popen(
        [sys.executable, "-P", str(HOST / "guard.py"), str(folder)],
        stdin=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        yield folder
    finally:
        guard.stdin.close()
        guard.wait()


def digest(folder: Path) -> str:
    """Return a mark that two folders share only when their Python files are the same."""
    mark = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        mark.update(f"{file.relative_to(folder).as_posix()}\0".encode() + file.read_bytes())
    return mark.hexdigest()


def _in_vain(expected: Seen) -> bool:
    """Tell whether something is awaited that is not expected to come."""
    return "nothing" in expected.values() or expected.get("after Ada has gone") == "2"


def _said(served: list, before: list[int], expected: Seen, patience: float) -> str:
    """Return what the logs say since `before`: the phrase that is expected, if it comes."""
    pairs = list(zip(served, before, strict=True))

    def text() -> str:
        return "\n".join(server.log.text(since) for server, since in pairs)

    wanted = alternatives(expected[LOG])
    if wanted != [QUIET]:
        wait_until(lambda: any(phrase in text() for phrase in wanted), patience)
    errors = [error for server, since in pairs if (error := server.log.last_error(since))]
    return _phrase(errors[-1] if errors else QUIET, expected, text())


def _phrase(error: str, expected: Seen, text: str = "") -> str:
    """Return the expected phrase, with the place in the project, or else what is said instead."""
    place = _PLACE.search(error.removesuffix("."))
    for phrase in alternatives(expected.get(LOG, QUIET)):
        if phrase in error:
            return f"{phrase} {place[1]}" if place else phrase
        if phrase != QUIET and phrase in text:
            return phrase
    return error
