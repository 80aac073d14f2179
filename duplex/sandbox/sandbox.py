"""A warm parent in a sandbox: projects are served in it, and nothing of them is left in the end."""

import itertools
import json
import subprocess
import sys
from dataclasses import asdict

from duplex.deadline import scaled
from duplex.errors import CourseError, KitFault
from duplex.nursery import HOST, Nursery
from duplex.sandbox import jail
from duplex.sandbox.box import Box
from duplex.sandbox.limits import Limits

ANSWER = 5.0  # seconds, scaled, in which a warm parent answers a question
WIPE = 20.0  # seconds, scaled, in which it has killed all that ran in the sandbox


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
        try:
            super().__init__(kind)
        except BaseException:
            self.ground.close()
            raise

    def _launch(self, line: int) -> subprocess.Popen:
        box = self.ground
        options = [*jail.python(), *jail.settings(box.root / "etc", self.user),
                   *jail.show(box.inside, how="--bind"), *jail.show(box.root / "shared"),
                   "--bind", str(box.root / "tmp"), "/tmp", "--chdir", "/"]  # fmt: skip
        words = [sys.executable, "-P", str(HOST), str(line), self.kind,
                 json.dumps(asdict(self.limits))]  # fmt: skip
        return subprocess.Popen(
            [*jail.bwrap(*options, user=self.user), *words], pass_fds=[line],
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

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
        return self.ask("ping") is not None

    def wipe(self) -> None:
        """Kill all that runs in the sandbox but its parent, and empty the box; renew it if lost."""
        answer = self.ask("wipe", WIPE)
        if answer is None:
            self.renew()
            return
        self.ground.empty()
        if not self.ground.is_empty():
            self.renew()

    def renew(self) -> None:
        """Kill the sandbox with all that is in it, and start another one."""
        self._end()
        self.ground.empty()
        self._begin()

    def _end(self) -> None:
        self._process.kill()  # bubblewrap, with which everything inside dies
        super()._end()

    def close(self) -> None:
        """Kill everything, and leave nothing."""
        super().close()
        self.ground.close()


__all__ = ["Limits", "Sandbox"]
