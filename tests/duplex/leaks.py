"""Search a released tree for code of the solutions, wherever it may hide."""

import base64
import binascii
import contextlib
import gzip
import io
import json
import pickletools
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

from duplex import catalog, skeleton
from duplex.sources import sources, text_of

SHORT = 25  # letters: a shorter line says nothing
PACKED = re.compile(rb"[A-Za-z0-9+/\n]{400,}={0,2}")
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
DEPTH = 3


def line_of(text: str) -> str:
    """Return a line as it is compared: without its indent, with single blanks."""
    return " ".join(text.split())


def distinctive() -> dict[int, set[str]]:
    """Return the lines of each lab's regions that no skeleton up to it and no notebook has."""
    given, result = set(taught()), {}
    for lab in catalog.labs():
        solved = set()
        for path, file in sources(lab.name).items():
            if file.suffix in skeleton.MARKS:
                text = text_of(file)
                given |= set(map(line_of, skeleton.stub(text, file.suffix).split("\n")))
                for region in skeleton.regions(text, file.suffix, path):
                    solved |= set(map(line_of, region.body.split("\n")))
        result[lab.number] = {line for line in solved - given if len(line) >= SHORT}
    return result


def taught() -> Iterator[str]:
    """Yield the lines of the kit, and of the notebooks' projects and cells, not their outputs."""
    home = catalog.ROOT / "notebooks"
    for file in [*(home / "projects").rglob("*.py"), *(catalog.ROOT / "duplex").glob("*.py")]:
        yield from map(line_of, file.read_text("utf-8").split("\n"))
    for file in home.glob("*.ipynb"):
        for cell in json.loads(file.read_text("utf-8"))["cells"]:
            yield from (line_of(line) for line in cell["source"])


def found(content: bytes, wanted: set[str]) -> set[str]:
    """Return the wanted lines that stand in a file's bytes, packed or plain."""
    return {line for text in texts(content) for line in wanted & set(map(line_of, lines(text)))}


def lines(text: str) -> Iterator[str]:
    """Yield a text's lines, also those of texts inside quotes, as in JSON or a repr."""
    yield from text.split("\n")
    while "\\n" in text or "\\\\" in text:
        text = ESCAPED.sub(lambda one: "\n" if one[1] == "n" else one[1], text)
        yield from (line.strip().strip("',\"") for line in text.split("\n"))


def texts(content: bytes, depth: int = DEPTH) -> Iterator[str]:
    """Yield all texts in a file: its own, and those in archives, base64, pickles and streams."""
    yield content.decode("utf-8", "replace")
    for inner in unpacked(content) if depth else ():
        yield from texts(inner, depth - 1)


def unpacked(content: bytes) -> Iterator[bytes]:
    """Yield what is packed in some bytes."""
    for unpack in (_zip, _tar, _gzip, _streams, _base64, _pickle):
        with contextlib.suppress(Exception):  # it is packed another way, or not at all
            yield from unpack(content)


def _zip(content: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        yield from map(archive.read, archive.namelist())


def _tar(content: bytes) -> Iterator[bytes]:
    if content[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            yield from (archive.extractfile(one).read() for one in archive if one.isfile())


def _gzip(content: bytes) -> Iterator[bytes]:
    if content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content)


def _streams(content: bytes) -> Iterator[bytes]:
    """zlib streams that begin anywhere, as in a PNG's texts."""
    for start in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", content):
        with contextlib.suppress(zlib.error):
            yield zlib.decompressobj().decompress(content[start.start() :], 200_000)


def _base64(content: bytes) -> Iterator[bytes]:
    for match in PACKED.finditer(content.replace(b"\\n", b"\n")):
        with contextlib.suppress(binascii.Error):
            yield base64.b64decode(match[0])


def _pickle(content: bytes) -> Iterator[bytes]:
    """The strings of a pickle, which is read and never loaded."""
    if content[:1] == b"\x80":
        for _, value, _ in pickletools.genops(content):
            if isinstance(value, str | bytes):
                yield value.encode() if isinstance(value, str) else value
