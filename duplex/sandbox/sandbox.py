"""A warm parent in a sandbox: projects are served in it, and nothing of them is left in the end."""

import contextlib
import itertools
import json
import os
import select
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from duplex.deadline import scaled
from duplex.errors import CourseError, KitFault, Tampered
from duplex.expect import Mismatch
from duplex.ground import LOCK
from duplex.nursery import HOST, Child, Nursery, kill_group
from duplex.sandbox import jail
from duplex.sandbox.box import Box
from duplex.sandbox.limits import Limits
from duplex.sandbox.watch import Breach, Watch, look

START = 60.0  # seconds, scaled, in which a warm parent has imported all that it needs
ANSWER = 15.0  # seconds, scaled, in which it answers a question
WIPE = 20.0  # seconds, scaled, in which it has killed all that ran in the sandbox
LOCK_LOST = "The project ended a process of the grader, which held a lock on its database."


class Sandbox(Nursery):
    """A nursery of which nothing gets out: see `duplex.sandbox.jail` and `duplex.sandbox.box`.

    It must be made in a thread that lives as long as it does: the sandbox dies with that thread.
    """

    def __init__(self, limits: Limits | None = None, kind: str = "service"):
        if sentence := jail.missing():
            raise CourseError(sentence)
        self.limits, self.user = limits or Limits(), jail.new_user()
        self.ground = Box(self.user)
        self._questions, self._answers = itertools.count(1), {}
        self._breach: Breach | None = None
        self._looking = threading.Lock()
        try:
            super().__init__(kind)
        except BaseException:
            self.ground.close()
            raise

    def _begin(self) -> None:
        super()._begin()
        if self.ask("ping", START) is None:
            self._end()
            raise CourseError(
                "The sandbox did not start, for the reason given above; `duplex doctor` says which "
                "of its layers hold on this computer."
            )
        self._watch = Watch(self._look)

    def _launch(self, line: int) -> subprocess.Popen:
        box = self.ground
        options = [*jail.python(), *jail.settings(box.root / "etc", self.user),
                   *jail.show(box.inside, how="--bind"), *jail.show(box.root / "shared"),
                   *jail.temporary(box.root / "tmp"), "--chdir", "/"]  # fmt: skip
        words = [sys.executable, "-P", str(HOST), str(line), self.kind,
                 json.dumps(asdict(jail.countable(self.limits)))]  # fmt: skip
        with jail.filtered(box.root / "etc" / "calls") as (filters, passed):
            return subprocess.Popen(
                [*jail.bwrap(*options, *filters, user=self.user), *words],
                pass_fds=[line, *passed], stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    def start(self, order: dict, descriptors: list[int]) -> Child:
        """Fork a child that obeys `order`; a warm parent that does not is ended for good."""
        try:
            return super().start(order, descriptors)
        except KitFault:
            kill_group(self._process.pid)
            raise

    def _orphaned(self, pid: int) -> None:
        """Do nothing: the number is one of the inside, where everything died with the parent."""

    def _note(self, news: dict) -> None:
        if "answer" in news:
            with self._ready:
                self._answers[news["answer"]] = news
                self._ready.notify_all()
        else:
            super()._note(news)

    def ask(self, do: str, seconds: float = ANSWER) -> dict | None:
        """Ask the warm parent to do something; None when it does not answer."""
        number = next(self._questions)
        try:
            self._send({"do": do, "number": number}, [])
        except KitFault:
            return None
        with self._ready:
            done = self._ready.wait_for(lambda: number in self._answers or self._gone,
                                        scaled(seconds))  # fmt: skip
            return self._answers.pop(number, None) if done else None

    def holds(self) -> bool:
        """Tell whether the sandbox still answers."""
        return self._process.poll() is None and self.ask("ping") is not None

    @contextlib.contextmanager
    def locked(self, database: Path) -> Iterator[None]:
        """Lock a database in the sandbox, where its files can do no harm."""
        nothing, told = os.open(os.devnull, os.O_WRONLY), os.pipe()
        order = {"do": "serve", "kind": "lock", "folder": "", "remove": "", "env": {},
                 "migrated": True, "database": str(database), "seconds": scaled(LOCK)}  # fmt: skip
        try:
            child = self.start(order, [nothing, nothing, told[1]])
        finally:
            os.close(nothing)
            os.close(told[1])
        with open(told[0], "rb", buffering=0) as ready:
            if ready.read(1) != b"R":
                raise Mismatch("it stays locked", "a database that others can write to", "SQLite")
            try:
                yield
                ended, _, _ = select.select([ready], [], [], 0)  # its end is closed with its lock
                if ended or not (self.holds() and child.running()):
                    raise Tampered(LOCK_LOST)
            finally:
                child.kill()

    def _look(self) -> None:
        """Stop a project that uses too much, and take away what it wrote."""
        places = [self.ground.inside, self.ground.root / "tmp"]
        with self._looking:
            if breach := look(self._process.pid, places, self.limits):
                self._breach = self._breach or breach
                if self.ask("wipe", WIPE) and breach[0] == "output":
                    self.ground.empty()

    def breach(self) -> Breach | None:
        """Say which limit was exceeded since this was asked last, or is now."""
        self._look()
        with self._looking:
            breach, self._breach = self._breach, None
            return breach

    def wipe(self) -> None:
        """Kill all that runs in the sandbox but its parent, and empty the box; renew it if lost."""
        with self._looking:
            answer = self.ask("wipe", WIPE)
            self.ground.empty()
            self._breach = None
        whole = answer and answer["whole"] and self._process.poll() is None
        if not (whole and self.ground.is_empty()):
            self.renew()

    def renew(self) -> None:
        """Kill the sandbox with all that is in it, and start another one."""
        self._end()
        self.ground.empty()
        self._begin()

    def _end(self) -> None:
        if watch := self.__dict__.pop("_watch", None):
            watch.end()
        kill_group(self._process.pid)  # with its first process, everything inside dies
        super()._end()

    def close(self) -> None:
        """Kill everything, and leave nothing."""
        super().close()
        self.ground.close()
