"""What a submission holds, member by member: of a zip, of a tar file, of a folder."""

import contextlib
import os
import re
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from duplex.backup import foreign
from duplex.project import LEFT_OUT
from duplex.submissions import limits
from duplex.submissions.kinds import is_zip, opened
from duplex.submissions.names import readable
from duplex.submissions.refused import NOT_SUBMITTED, Refused, shown

NEEDLESS = (*LEFT_OUT, "__MACOSX", "._*", "Thumbs.db", "desktop.ini")
ENTRY = b"PK\x01\x02"  # begins each entry of a zip's directory


@dataclass(frozen=True)
class Member:
    """One member: its name as it stands there, its kind, and how to read it.

    The kind is file, folder, link, or other. Members are read in turn, while the next is awaited.
    """

    name: str
    kind: str
    open: Callable[[], BinaryIO]


def members(path: Path) -> Iterator[Member]:
    """Yield what a folder or an archive holds."""
    if path.is_dir():
        return in_folder(path)
    return in_zip(path) if is_zip(path) else in_tar(path)


def in_folder(top: Path) -> Iterator[Member]:
    """Yield what lies below a folder, without what tools put there."""
    for place, folders, names in os.walk(top, onerror=_unreadable):
        folders[:] = sorted(name for name in folders if not foreign(name, NEEDLESS))
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        for name in sorted(names) + links:
            path = Path(place, name)
            inside = readable(str(path.relative_to(top)))
            yield Member(inside, kind_of(path.lstat().st_mode), partial(_plain, path))


def _unreadable(error: OSError) -> None:
    raise error


def _plain(path: Path) -> BinaryIO:
    """Open a regular file, also when somebody puts a link in its place."""
    return os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb")


def kind_of(mode: int) -> str:
    """Name the kind of a file by its mode; without any it is a plain file."""
    kinds = {0: "file", stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link"}
    return kinds.get(stat.S_IFMT(mode), "other")


def in_zip(path: Path) -> Iterator[Member]:
    """Yield what a zip holds."""
    _count_entries(path)
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if entry.flag_bits & 1:
                sentence = "is protected by a password; ask for one that is not"
                raise Refused(NOT_SUBMITTED, f"{shown(path.name)} {sentence}.")
            kind = "folder" if entry.is_dir() else kind_of(entry.external_attr >> 16)
            yield Member(_zip_name(entry), kind, partial(archive.open, entry))


def _count_entries(path: Path) -> None:
    """Refuse a directory that would fill the memory before the first entry is looked at."""
    count, before = 0, b""
    with open(path, "rb") as file:
        while part := file.read(1024 * 1024):
            count += (before + part).count(ENTRY)
            before = part[-3:]
    if count > limits.ENTRIES:
        raise limits.too_many(path)


def _zip_name(entry: zipfile.ZipInfo) -> str:
    """Return a name as it was meant: some programs write UTF-8, and do not say so."""
    name = entry.orig_filename
    with contextlib.suppress(UnicodeError):
        return name if entry.flag_bits & 0x800 else name.encode("cp437").decode("utf-8")
    return name


def in_tar(path: Path) -> Iterator[Member]:
    """Yield what a tar file holds, read once from its begin to its end."""
    with opened(path) as stream, tarfile.open(
        fileobj=limits.Bounded(stream, path), mode="r|", errors="surrogateescape"
    ) as archive:  # fmt: skip
        for count, entry in enumerate(archive):
            if count > limits.ENTRIES:
                raise limits.too_many(path)
            read = partial(archive.extractfile, entry)
            yield Member(readable(entry.name), _tar_kind(entry), read)


def _tar_kind(entry: tarfile.TarInfo) -> str:
    if entry.issym() or entry.islnk():
        return "link"
    return "folder" if entry.isdir() else "file" if entry.isreg() else "other"


def parts_of(name: str) -> list[str]:
    """Return the parts of a member's name; a zip of Windows may divide them by backslashes."""
    return [part for part in re.split(r"[/\\]", name) if part not in ("", ".")]


def needless(parts: list[str]) -> bool:
    """Tell whether a member is a tool's, such as a compiled module."""
    return any(foreign(part, NEEDLESS) for part in parts)
