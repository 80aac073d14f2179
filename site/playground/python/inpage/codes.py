"""Compile each file of the libraries once: they are imported anew for each project.

What is compiled lies in Python's memory, with which the next visit begins.
"""

import sys
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, SourceFileLoader

_codes = {}  # by path


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str):
        if self.path not in _codes:
            _codes[self.path] = super().get_code(fullname)
        return _codes[self.path]


def keep(folder: str) -> None:
    """Keep the code of what is imported from a folder."""
    find = FileFinder.path_hook((_Loader, SOURCE_SUFFIXES))

    def hook(path: str):
        if not f"{path}/".startswith(folder):
            raise ImportError(f"{path} is not in {folder}")
        return find(path)

    sys.path_hooks.insert(0, hook)
    sys.path_importer_cache.clear()
