"""What the playground's pages load, and no more: libraries without what no page can use."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

LIBRARIES = ("django", "asgiref", "sqlparse", "channels")
TESTING = ("_pytest", "pytest", "py", "pluggy", "iniconfig", "packaging")
LEFT_OUT = {
    "__pycache__", "admin", "admindocs", "flatpages", "gis", "humanize", "jinja2",
    "mysql", "oracle", "postgres", "postgresql", "redirects", "sitemaps", "syndication",
    "test", "testing", "tests",
}  # fmt: skip
ALONE = {"admin.py", "test.py", "testing.py"}  # what is for those
KINDS = (".py", ".html", ".txt", ".gz")
NOT_IN_PAGES = {  # of Python's own: processes, terminals, what C does, other services than HTTP
    "__phello__", "_aix_support", "_android_support", "_apple_support", "_ios_support",
    "_osx_support", "_pydatetime", "_pydecimal", "_pyio", "ensurepip", "ftplib",
    "idlelib", "imaplib", "mailbox", "modulefinder", "netrc", "nturl2path",
    "optparse", "pickletools", "plistlib", "poplib", "pydoc", "pydoc_data", "rlcompleter", "smtpd",
    "tkinter", "trace", "turtle", "venv", "wave", "xmlrpc", "zipapp",
}  # fmt: skip
FEW = {  # of these packages, only some modules
    "_pyrepl": {"__init__", "trace", "types", "utils"},  # pytest has a debugger, which wants them
    "encodings": {
        "__init__", "aliases", "ascii", "base64_codec", "charmap", "cp1252", "cp437", "hex_codec",
        "idna", "iso8859_1", "iso8859_15", "latin_1", "punycode", "raw_unicode_escape", "rot_13",
        "undefined", "unicode_escape", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be",
        "utf_32_le", "utf_7", "utf_8", "utf_8_sig",
    },
    "multiprocessing": {"__init__", "context", "process", "reduction"},  # Django asks how it forks
}  # fmt: skip
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same files give the same archive
Files = Iterable[tuple[str, bytes]]


def libraries(names: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Yield the files of installed libraries that a project or a test needs."""
    for name in names:
        origin = Path(find_spec(name).origin)
        if origin.name != "__init__.py":
            yield origin.name, origin.read_bytes()
            continue
        home = origin.parent
        for path in sorted(home.rglob("*")):
            inside = path.relative_to(home)
            if path.is_file() and _wanted(inside):
                yield Path(name, inside).as_posix(), path.read_bytes()


def _wanted(path: Path) -> bool:
    """Tell whether a library's file is wanted: of translations, only Django's own English."""
    folders = path.parts[:-1]
    if LEFT_OUT & set(folders) or path.name in ALONE:
        return False
    if "locale" in folders:
        rest = path.parts[path.parts.index("locale") + 1 :]
        return rest[0] == "__init__.py" or (rest[0] == "en" and path.suffix in (".py", ".mo"))
    return path.suffix in KINDS


def standard(archive: bytes) -> bytes:
    """Return Pyodide's archive of Python's own modules, uncompressed, with those of use here."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as whole, zipfile.ZipFile(made, "w") as few:
        for name in whole.namelist():
            if _used(name):
                few.writestr(zipfile.ZipInfo(name, LONG_AGO), whole.read(name))
    return made.getvalue()


def _used(name: str) -> bool:
    top, _, rest = name.removesuffix(".py").partition("/")
    return top not in NOT_IN_PAGES and (not rest or top not in FEW or rest in FEW[top])


def tar(files: Files) -> bytes:
    """Return the files as an archive: the same files give the same bytes."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, data in files:
            one = tarfile.TarInfo(path)
            one.size = len(data)
            archive.addfile(one, io.BytesIO(data))
    return made.getvalue()


def packed(data: bytes) -> bytes:
    """Return what a page unpacks itself, since not every server compresses what it sends."""
    return gzip.compress(data, mtime=0)
