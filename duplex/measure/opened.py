"""A case of the clinic that was opened: its project in a folder of its own, and what is done."""

import re
import shutil
import threading
from concurrent.futures import Executor
from pathlib import Path

from duplex import clinic
from duplex.deadline import wait_until
from duplex.measure.clinic import EXPERIMENTS
from duplex.measure.daphne import Daphne
from duplex.measure.visit import Visit
from duplex.measure.ward import QUIET_FOR, Ward
from duplex.mistakes import apply

RECORDER = clinic.PROJECT.parent / "lives" / "lives" / "recorder.py"
RECORDED = """
import recorder  # noqa: E402

recorder.note = lambda number, way, event: print("EVENT", way, number, event, flush=True)
application = recorder.Recorder(application)
"""
_WARNING = re.compile(r"\w+Warning: .+")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "db.sqlite3*")


def folder_of(case: clinic.Case, ward: Ward) -> Path:
    """Where a case's project lies once it was opened."""
    return ward.home / f"{case.number:02d}_{case.id}"


class Opened:
    """A broken project that can be run, repaired and checked."""

    def __init__(self, case: clinic.Case, ward: Ward):
        self.case, self.ward = case, ward
        self.folder, self._ahead = folder_of(case, ward), None
        self._renew(clinic.PROJECT, case.breaks)
        self._as_opened = self.texts()

    def _renew(self, source: Path, *changes: clinic.Change) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(source, self.folder, ignore=LEFT_OUT)
        shutil.copy(self.ward.database, self.folder)
        for change in changes:
            apply(change, self.folder)

    def texts(self) -> dict[str, str]:
        """Return the project's files: {path: text}."""
        return texts(self.folder)

    def run(self) -> dict[str, str]:
        """Visit the project; as long as nobody has edited it, it must fail as its case says."""
        edited, ahead = self.texts() != self._as_opened, self._ahead
        self._ahead = None
        return ahead.result() if ahead and not edited else self._look(edited)

    def run_ahead(self, pool: Executor) -> None:
        """Begin the visit in the background; the first `run` waits for what it sees."""
        self._ahead = pool.submit(self._look, False)

    def _look(self, edited: bool) -> dict[str, str]:
        patience = QUIET_FOR if edited else 5
        seen = self.ward.look(self.case, self.folder, self.case.broken, patience)
        wrong = clinic.compare(self.case.broken, seen)
        if wrong and not edited:
            raise AssertionError(f"Case {self.case.number} does not fail as listed. {wrong}")
        return seen

    def repair(self) -> None:
        """Cure the project (what the reader edited by hand is replaced)."""
        cures = (self.case.breaks, self.case.mends) if self.case.mends else ()
        self._renew(clinic.PROJECT, *cures)

    def check(self) -> tuple[dict[str, str], list[str]]:
        """Visit the project; return what was seen, and what of it is not as it must be."""
        seen = self.ward.look(self.case, self.folder, self.case.healthy)
        return seen, clinic.compare(self.case.healthy, seen)

    def warnings(self, line: str) -> list[str]:
        """Type `daphne …` or `python … -m daphne …`, visit it, and return its warnings."""
        python, _, options = line.partition("daphne")
        words = [word for word in python.split() if word not in ("python", "-m")]
        with Daphne(self.folder, *options.split(), python=tuple(words)).wait_ready() as daphne:
            self._visit([daphne], QUIET_FOR)
        found = _WARNING.findall(daphne.log.text())
        return list(dict.fromkeys(found))

    def manage(self, *words: str) -> str:
        """Run a command of the project's manage.py, and return what it printed."""
        return self.ward.manage(self.folder, *words)

    def log(self, **env: str) -> str:
        """Visit the project with environment variables set, and return what it printed."""
        with self.ward.serve(self.case, self.folder, **env) as server:
            self._visit([server], QUIET_FOR)
            return server.log.text()

    def events(self) -> list[tuple[str, str]]:
        """Visit the project with a recorder around it; return the events of the first client."""
        shutil.copy(RECORDER, self.folder)
        asgi = self.folder / "config" / "asgi.py"
        before = asgi.read_bytes()
        asgi.write_bytes(before + RECORDED.encode())
        try:
            return self._recorded()
        finally:
            asgi.write_bytes(before)
            (self.folder / RECORDER.name).unlink()

    def _recorded(self) -> list[tuple[str, str]]:
        with self.ward.serve(self.case, self.folder) as server:
            self._visit([server], QUIET_FOR)
            wait_until(lambda: "EVENT end" in server.log.text())
            lines = [line.split(" ", 3) for line in server.log.text().splitlines()]
        events = [line for line in lines if line[0] == "EVENT"]
        return [(way, event) for _, way, number, event in events if number == "1"]

    def monitor(self) -> list[str]:
        """Visit the project; return the commands about sorted sets that Redis got meanwhile."""
        told = []
        with self.ward.redis.client() as redis, redis.monitor() as monitor:
            listening = threading.Thread(target=_listen, args=(monitor, told), daemon=True)
            listening.start()
            self.ward.look(self.case, self.folder, self.case.broken)
            with self.ward.redis.client() as other:
                other.echo("done")
            listening.join(10)
        return [word for word in told if word in ("ZADD", "ZREM")]

    def _visit(self, servers: list, patience: float) -> None:
        EXPERIMENTS[self.case.experiment](Visit(servers, patience, self.case.options))


def _listen(monitor, told: list[str]) -> None:
    """Note each command's name, until the one that says that all is done."""
    for command in monitor.listen():
        if command["command"] == "ECHO done":
            return
        told.append(command["command"].split()[0].upper())


def texts(folder: Path) -> dict[str, str]:
    """Return a project's Python files: {path: text}."""
    files = sorted(folder.rglob("*.py"))
    return {file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in files}
