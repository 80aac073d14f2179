"""Where the time of a batch goes: processor time of kit, graders and projects, and memory."""

import contextlib
import subprocess
import threading
from dataclasses import dataclass, field

import psutil

EVERY = 0.5  # seconds between two looks
KIT, GRADERS, PROJECTS = "the kit", "the graders", "the projects and their servers"
NAMES = KIT, GRADERS, PROJECTS


@dataclass
class Account:
    """What a command and all that it started used, by NAMES.

    `spent` is processor time in seconds by process (a warm parent counts whom it has started),
    `memory` the most bytes at one moment.
    """

    spent: dict[str, dict[int, float]] = field(default_factory=lambda: {one: {} for one in NAMES})
    memory: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NAMES, 0))

    def cpu(self) -> dict[str, float]:
        """Return the seconds of processor time."""
        return {name: sum(seconds.values()) for name, seconds in self.spent.items()}

    def look(self, command: psutil.Process) -> None:
        """Note what the command and its processes have used so far."""
        below = _families()
        workers = below.get(command.pid, [])
        parents = [one for worker in workers for one in below.get(worker.pid, [])]
        for name, processes in zip(NAMES, ([command], workers, parents), strict=True):
            deep = below if name == PROJECTS else {}
            used = [(one.pid, _used(one, deep)) for one in processes]
            for pid, (seconds, _) in used:
                self.spent[name][pid] = max(seconds, self.spent[name].get(pid, 0))
            self.memory[name] = max(self.memory[name], sum(size for _, (_, size) in used))


Families = dict[int, list[psutil.Process]]  # whom each process has started, by its number


def _families() -> Families:
    """Look through this computer's processes, once: to ask each for its own takes much longer."""
    below: Families = {}
    for process in psutil.process_iter(["ppid"]):
        below.setdefault(process.info["ppid"], []).append(process)
    return below


def _used(process: psutil.Process, deep: Families) -> tuple[float, int]:
    """Return seconds and bytes of a process; with `deep`, also of all that are or were below."""
    seconds, size, family = 0.0, 0, [process]
    for one in family:  # which grows meanwhile
        family += deep.get(one.pid, [])
        with contextlib.suppress(psutil.Error):
            times = one.cpu_times()
            ended = times.children_user + times.children_system if deep else 0
            seconds += times.user + times.system + ended
            size += one.memory_info().rss
    return seconds, size


def watched(words: list[str], **options) -> tuple[int, Account]:
    """Run a command, and return its exit code and account."""
    account, ended = Account(), threading.Event()
    with subprocess.Popen(words, **options) as command:
        process = psutil.Process(command.pid)

        def look() -> None:
            while not ended.wait(EVERY):
                with contextlib.suppress(psutil.Error):
                    account.look(process)

        thread = threading.Thread(target=look)
        thread.start()
        try:
            return command.wait(), account
        finally:
            ended.set()
            thread.join()
