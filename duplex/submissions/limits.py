"""How much a submission may hold: bombs are refused, and so is what is merely far too large."""

from pathlib import Path
from typing import BinaryIO

from duplex.submissions.refused import NOT_SUBMITTED, TAMPERED, Refused, shown

MB = 1024 * 1024
ARCHIVE = 100 * MB  # bytes of an archive as it was handed in
TOTAL = 100 * MB  # bytes of the files that are kept of it
UNPACKED = 400 * MB  # bytes that a packed tar file may become, with what is left out
FILES, ENTRIES = 10_000, 50_000  # files that are kept, and members with what is left out
DEPTH, NAME, PATH = 24, 255, 1000  # folders in folders, bytes of a name, bytes of a whole path
RATIO = 100  # beyond it, what is too large is a bomb


def too_large(path: Path, size: int) -> Refused:
    """Return the refusal of what becomes too large: a bomb, or a careless archive."""
    packed = path.stat().st_size if path.is_file() else size
    if size > RATIO * packed:
        sentence = f"packs more than {size // MB} MB into {packed:,} bytes, which is a bomb"
        return Refused(TAMPERED, f"{shown(path.name)} {sentence}; talk with the student.")
    sentence = f"holds more than {TOTAL // MB} MB; ask for the project's own files only"
    return Refused(NOT_SUBMITTED, f"{shown(path.name)} {sentence}.")


def too_many(path: Path) -> Refused:
    """Return the refusal of what holds too many members."""
    sentence = f"holds more than {FILES:,} files; ask for the project's own files only"
    return Refused(TAMPERED, f"{shown(path.name)} {sentence}.")


class Bounded:
    """A stream that refuses to give more than a whole submission may hold."""

    def __init__(self, stream: BinaryIO, path: Path):
        self.stream, self.path, self.given = stream, path, 0

    def read(self, size: int) -> bytes:
        """Return the next bytes."""
        data = self.stream.read(size)
        self.given += len(data)
        if self.given > UNPACKED:
            raise too_large(self.path, self.given)
        return data
