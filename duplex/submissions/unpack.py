"""Unpack a submission into a folder, with nothing that could reach out of it."""

import lzma
import os
import re
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from pathlib import Path

from duplex.batch.record import Submission
from duplex.errors import KitFault
from duplex.submissions import limits
from duplex.submissions.members import Member, members, needless, parts_of
from duplex.submissions.refused import NOT_SUBMITTED, TAMPERED, Refused, shown

BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError,
          ValueError, NotImplementedError, RuntimeError, struct.error, KeyError,
          OverflowError, MemoryError)  # fmt: skip
OUTSIDE = re.compile(r"[/\\]|[A-Za-z]:")
ENVIRONMENT = "pyvenv.cfg"  # marks a virtual environment, whatever its folder is called


def unpacked(submission: Submission, place: Path) -> Path:
    """Unpack a submission into the new folder `place`, or copy it there; return the folder.

    Only plain files are made, none of them outside. Refused says why it cannot be judged; what
    was made until then is the caller's to remove.
    """
    if submission.problem:
        raise Refused(submission.refused or NOT_SUBMITTED, submission.problem)
    place.mkdir(parents=True)
    source = submission.source
    try:
        if source.is_file() and source.stat().st_size > limits.ARCHIVE:
            raise limits.too_large(source, limits.ARCHIVE)
        Unpacking(source, place).run()
    except Refused:
        raise
    except BROKEN as error:
        if getattr(error, "errno", None):  # the computer's own trouble, such as a full disk
            sentence = f"{source} could not be unpacked to {place} ({error.strerror})"
            raise KitFault(f"{sentence}; mend that, and start again.") from error
        why = shown(str(error).rstrip(".") or type(error).__name__)
        sentence = f"{shown(source.name)} cannot be unpacked ({why}); ask for it again."
        raise Refused(NOT_SUBMITTED, sentence) from error
    return place


class Unpacking:
    """One submission on its way into a folder: what was made so far, and how much."""

    def __init__(self, source: Path, place: Path):
        self.source, self.place = source, place
        self.known: dict[str, str] = {}  # each path, and its kind, by how it looks without case
        self.links: list[list[str]] = []
        self.files = self.bytes = 0

    def run(self) -> None:
        """Take member by member."""
        for member in members(self.source):
            parts = self.checked(member)
            if not parts or needless(parts):
                continue
            if member.kind == "link":
                self.links.append(parts)
            elif member.kind == "other":
                self.refuse(member, "which is neither a file nor a folder")
            else:
                self.make(member, parts)
        self.refuse_links()

    def refuse(self, member: Member | str, what: str) -> None:
        """Refuse it all for one member."""
        name = shown(member if isinstance(member, str) else member.name)
        sentence = f"{shown(self.source.name)} holds {name!r}, {what}; talk with the student."
        raise Refused(TAMPERED, sentence)

    def checked(self, member: Member) -> list[str]:
        """Return the parts of a member's path, which leads nowhere but inside."""
        parts = parts_of(member.name)
        if OUTSIDE.match(member.name) or ".." in parts or "\0" in member.name:
            self.refuse(member, "a path that leads out of the submission")
        encoded = [len(part.encode("utf-8", "surrogateescape")) for part in parts]
        if len(parts) > limits.DEPTH or sum(encoded) > limits.PATH:
            self.refuse(member, "folders in folders beyond all measure")
        if max(encoded, default=0) > limits.NAME:
            self.refuse(member, "a name that is longer than a file's may be")
        return parts

    def make(self, member: Member, parts: list[str]) -> None:
        """Make a folder, or write a file."""
        for depth in range(1, len(parts)):
            self.note(parts[:depth], "folder")
        self.note(parts, member.kind)
        target = self.place.joinpath(*parts)
        if member.kind == "folder":
            target.mkdir(parents=True, exist_ok=True)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        self.files += 1
        if self.files > limits.FILES:
            raise limits.too_many(self.source)
        self.write(member, target)

    def note(self, parts: list[str], kind: str) -> None:
        """Note a path; refuse one that another system could not tell from one before."""
        path = "/".join(parts)
        folded = unicodedata.normalize("NFC", path).casefold()
        before = self.known.setdefault(folded, f"{kind} {path}")
        if before != f"{kind} {path}":
            self.refuse(path, "which is there already, or differs from another name by case alone")
        if kind == "file":
            self.known[folded] = f"written {path}"

    def write(self, member: Member, target: Path) -> None:
        """Write a file, counting what really comes."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        with member.open() as source, os.fdopen(os.open(target, flags, 0o644), "wb") as file:
            while part := source.read(64 * 1024):
                self.bytes += len(part)
                if self.bytes > limits.TOTAL:
                    raise limits.too_large(self.source, self.bytes)
                file.write(part)

    def refuse_links(self) -> None:
        """Refuse links, but for those of a virtual environment, which are left out."""
        for parts in self.links:
            above = (self.place.joinpath(*parts[:depth]) for depth in range(len(parts)))
            if not any((folder / ENVIRONMENT).is_file() for folder in above):
                self.refuse("/".join(parts), "a link, where only plain files can be judged")
