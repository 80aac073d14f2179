"""Libraries that are not needed here: every name in them can be imported, and stands for nothing.

They make a terminal pretty, or drive what a page does not have: another browser, processes.
"""

import importlib.abc
import importlib.machinery
import sys
import types

NEEDLESS = ("playwright", "psutil", "pygments", "rich")


class _Nothing(types.ModuleType):
    __path__ = []

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Exception,), {})


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in NEEDLESS:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return _Nothing(spec.name)

    def exec_module(self, module) -> None:
        """There is nothing in it."""


def install() -> None:
    """Let the imports of these libraries succeed."""
    sys.meta_path.insert(0, _Finder())
