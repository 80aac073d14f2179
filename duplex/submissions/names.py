"""What the name of a file or folder tells of who handed it in: Moodle's, Canvas's, or any."""

import re
from dataclasses import dataclass, field

MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+?)(?:_(?P<file>.*))?"
)
CANVAS = re.compile(
    r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<user>\d+)_(?P<attempt>\d+)_(?P<file>.+)"
)  # fmt: skip
SUFFIX = re.compile(
    r"\.(?:zip|tar|tar\.(?:gz|bz2|xz|zst)|tgz|tbz2?|txz|gz|rar|7z|pdf|txt|html?|docx?|py)$",
    re.IGNORECASE,
)  # of what is handed in, also of what cannot be judged
COPY = re.compile(r" ?\(\d+\)$")  # what a browser adds when it saves a second file of one name


@dataclass(frozen=True)
class Told:
    """A student's key and name, the ids of other systems, and the name that the file had there."""

    student: str
    name: str
    file: str
    ids: dict[str, str] = field(default_factory=dict)
    attempt: int = 0
    notes: tuple[str, ...] = ()


def told(name: str) -> Told:
    """Read the name of a file or folder."""
    if found := MOODLE.fullmatch(name):
        key = f"{found['name']}_{found['id']}"
        return Told(key, found["name"], found["file"] or "", {"moodle": found["id"]})
    if found := CANVAS.fullmatch(name):
        late = ("Canvas calls it late.",) if found["late"] else ()
        ids = {"canvas": found["user"], "canvas_attempt": found["attempt"]}
        key = f"{found['name']}_{found['user']}"
        return Told(key, found["name"], found["file"], ids, int(found["attempt"]), late)
    stem = COPY.sub("", SUFFIX.sub("", name)) or name
    return Told(stem, stem, name)


def readable(name: str) -> str:
    """Return a file's name as text: bytes that are no UTF-8 are read as Windows wrote them."""
    raw = name.encode("utf-8", "surrogateescape")
    for encoding in ("utf-8", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")
