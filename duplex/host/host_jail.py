"""What the warm parent does when it lives in a sandbox: it protects itself, and limits others."""

import contextlib
import ctypes
import json
import os
import resource
import signal

DUMPABLE, DIE_WITH_PARENT = 4, 1  # of prctl: PR_SET_DUMPABLE, PR_SET_PDEATHSIG
NAMES = {"data": "DATA", "cpu": "CPU", "file": "FSIZE", "processes": "NPROC",
         "open_files": "NOFILE"}  # fmt: skip
GRACE = 5  # seconds of computing between the signal that says why, and the end
libc = ctypes.CDLL(None)


class Jail:
    """The sandbox as seen from inside, where this process is the first one, and outlives all."""

    def __init__(self, limits):
        self.limits = json.loads(limits)
        libc.prctl(DUMPABLE, 0)  # no child may trace it, or look at its memory and descriptors
        libc.prctl(DIE_WITH_PARENT, signal.SIGKILL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # what has no handler cannot reach process 1
        self.state = state()

    def confine(self):
        """In a child: be limited, and the first to go when the computer's memory runs out."""
        libc.prctl(DUMPABLE, 1)
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
        for name, constant in NAMES.items():
            which, most = getattr(resource, f"RLIMIT_{constant}"), self.limits[name]
            resource.setrlimit(which, (most, most + GRACE if name == "cpu" else most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def is_unchanged(self):
        """Tell whether this process is as it was, in all that a child could have changed of it."""
        return state() == self.state

    def kill_all(self, ended):
        """Kill every other process of the sandbox; tell `ended` of each with its status."""
        with contextlib.suppress(ChildProcessError):  # an orphan is a child of the first process
            while True:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(-1, signal.SIGKILL)
                ended(*os.waitpid(-1, 0))


def state():
    """Return what a child could change of this process, though it cannot look into it."""
    limits = [resource.getrlimit(getattr(resource, name)) for name in sorted(dir(resource))
              if name.startswith("RLIMIT_")]  # fmt: skip
    rank = os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0)
    return limits, rank, sorted(os.sched_getaffinity(0))
