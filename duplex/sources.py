"""The files that the labs are made from: the solutions, or skeletons/ in a copy for students."""

from pathlib import Path

from duplex import backup, catalog
from duplex.errors import CourseError


def solutions() -> list[str]:
    """Return the names of the labs that have a solution, in order."""
    tops = (catalog.ROOT / "solutions").glob("lab[0-9][0-9]_*")
    found = sorted(path.name for path in tops if path.is_dir())
    if not found:
        raise CourseError(f"{catalog.ROOT / 'solutions'} holds no lab; get a complete copy.")
    return found


def sources(lab_name: str) -> dict[str, Path]:
    """Return the files that a lab is made from, by their relative path."""
    folder = catalog.source(lab_name)
    if not folder.is_dir():
        raise CourseError(f"{folder} is missing, so lab files cannot be generated; restore it.")
    return backup.files(folder)


def text_of(path: Path) -> str:
    """Return a file's text; one that is not UTF-8 is told in one sentence."""
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise CourseError(f"{path} is not UTF-8 ({error}); save it as UTF-8.") from None


def shown(file: Path) -> str:
    """Return how a sentence names a file of the course, such as solutions/lab02_handshake/…"""
    return file.relative_to(catalog.ROOT).as_posix()
