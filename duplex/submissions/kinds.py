"""What a file is by its first bytes: an archive that the kit can read, or something else."""

import bz2
import gzip
import lzma
from pathlib import Path
from typing import BinaryIO

from duplex.submissions.refused import NOT_SUBMITTED, Refused, shown

PACKED = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\x00", lzma.open))
FOREIGN = ((b"Rar!", "a RAR archive"), (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
           (b"%PDF", "a PDF file"), (b"\x28\xb5\x2f\xfd", "a zstd archive"))  # fmt: skip
WANTED = "ask for a folder, a zip, or a tar file"


def begin_of(path: Path, size: int = 512) -> bytes:
    """Return the first bytes of a file."""
    try:
        with open(path, "rb") as file:
            return file.read(size)
    except OSError as error:
        sentence = f"{shown(path.name)} cannot be read ({error.strerror}); mend its permissions."
        raise Refused(NOT_SUBMITTED, sentence) from None


def is_zip(path: Path) -> bool:
    """Tell whether a file begins as a zip does."""
    return begin_of(path)[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def is_archive(path: Path) -> bool:
    """Tell whether a file seems to be an archive that can be unpacked."""
    begin = begin_of(path)
    packed = any(begin.startswith(magic) for magic, _ in PACKED)
    return is_zip(path) or packed or begin[257:262] == b"ustar" or path.suffix == ".tar"


def what_else(path: Path) -> str:
    """Say what a file is that is no archive, in one sentence."""
    begin = begin_of(path)
    what = next((name for magic, name in FOREIGN if begin.startswith(magic)), "no archive")
    what = what if begin else "an empty file"
    return f"{shown(path.name)} is {what}, and so holds no project that can be judged; {WANTED}."


def opened(path: Path) -> BinaryIO:
    """Open a tar file, unpacking on the fly."""
    begin = begin_of(path)
    unpack = next((opener for magic, opener in PACKED if begin.startswith(magic)), open)
    return unpack(path, "rb")
