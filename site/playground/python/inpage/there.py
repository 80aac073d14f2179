"""Which of the projects that are served here is there: its modules are those that are imported.

Each has imported everything for itself, libraries too, and has an id, as processes have.
"""

import itertools
import os
import sys

FRESH = ("django", "channels", "asgiref", "daphne")  # libraries that know a project's settings
_PROCESSES = itertools.count(1001)

_there = None  # the project that may run
_folder = None  # where its modules are searched for
_getpid = os.getpid
new_process = _PROCESSES.__next__


def other(served=None):
    """Return the project that is there, if it runs and is not this one."""
    return None if _there in (None, served) or _there.gone else _there


def process() -> int:
    """Stand in for `os.getpid`."""
    return _there.process if _there else _getpid()


def is_own(file: str) -> bool:
    """Tell whether code is the project's."""
    return _folder is not None and file.startswith(_folder)


def leave() -> None:
    """Put away what the project that is there has imported, its libraries with it."""
    global _there
    kept = {}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), "")
        if name.partition(".")[0] in FRESH or is_own(file):
            kept[name] = sys.modules.pop(name)
    if _there and not _there.gone:
        _there.modules = kept
    _there = None


def begin(served) -> None:
    """Let a project be there, with the libraries that are imported."""
    global _there, _folder
    sys.path[:] = [served.folder, *(one for one in sys.path if one != _folder)]
    _there, _folder = served, served.folder
    os.chdir(served.folder)


def come(served) -> None:
    """Let a project be there, with what it has imported."""
    if served is not _there:
        leave()
        sys.modules.update(served.modules)
        begin(served)


os.getpid = process
