"""Put a release where it belongs, so that nothing which was there is lost."""

import contextlib
import hashlib
import io
import json
import zipfile
from pathlib import Path

from duplex import backup, catalog, report
from duplex.errors import CourseError

RECORD = ".release.json"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same in every archive, so that its bytes are, too


def folder(out: Path, files: dict[str, bytes]) -> list[str]:
    """Make a new folder, or renew a release that is there; returns what was kept in a backup.

    Files that a release did not write stay where they are.
    """
    out = out.expanduser().absolute()
    before = _record(out)
    lost = [path for path, content in sorted(files.items())
            if _would_be_lost(out / path, content, before.get(path))]  # fmt: skip
    told = []
    try:
        if lost:
            kept = backup.keep_files(out, lost, "release")
            told = [f"{path} was changed since; it is kept in {kept}." for path in lost]
        _renew(out, files, before)
    except OSError as error:
        raise CourseError(
            f"{error.filename or out} could not be written ({error.strerror}); "
            "free some disk space or mend the permissions, then call this again."
        ) from None
    return told


def _record(out: Path) -> dict[str, str]:
    """Return what the release that is there wrote: {path: digest}; refuse any other folder."""
    _require_apart(out)
    with contextlib.suppress(OSError, ValueError):
        read = json.loads((out / RECORD).read_text("utf-8"))
        if isinstance(read, dict):
            return read
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CourseError(f"{out} is there already and is no release; choose a new folder.")
    return {}


def _require_apart(out: Path) -> None:
    root, out = catalog.ROOT.resolve(), out.resolve()
    inside = out.is_relative_to(root) and len(out.relative_to(root).parts) > 1
    if root.is_relative_to(out) or inside:
        raise CourseError(f"{out} is a part of this course; choose a folder outside of it.")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _would_be_lost(file: Path, content: bytes, digest: str | None) -> bool:
    """Tell whether a file is neither what was released nor what now comes."""
    if not file.is_file() or file.is_symlink():
        return file.is_symlink()
    now = file.read_bytes()
    return now != content and _digest(now) != digest


def _renew(out: Path, files: dict[str, bytes], before: dict[str, str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for path, digest in before.items():
        file = out / path
        if path not in files and file.is_file() and _digest(file.read_bytes()) == digest:
            backup.remove(out, path)
    record = {path: _digest(content) for path, content in files.items()}
    backup.write(out / RECORD, json.dumps(record, indent=1).encode() + b"\n")
    for path, content in files.items():
        if not (out / path).is_file() or (out / path).read_bytes() != content:
            backup.write(out / path, content)


def archive(target: Path, files: dict[str, bytes], top: str = "") -> list[str]:
    """Write a zip file of the files, in a folder `top`; returns where an older one is kept."""
    target, content, told = target.expanduser().absolute(), zipped(files, top), []
    report.require_place(target)
    try:
        if target.exists() and target.read_bytes() != content:
            kept = backup.keep_files(target.parent, [target.name], "release")
            told = [f"The {target.name} that was there is kept in {kept}."]
        backup.write(target, content)
    except OSError as error:
        raise CourseError(
            f"{target} could not be written ({error.strerror}); choose another place."
        ) from None
    return told


def zipped(files: dict[str, bytes], top: str = "") -> bytes:
    """Return a zip file of the files, which are the same bytes for the same files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for path, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{top}/{path}" if top else path, LONG_AGO)
            runs = content.startswith(b"#!")
            entry.external_attr = (0o100755 if runs else 0o100644) << 16
            entry.create_system, entry.compress_type = 3, zipfile.ZIP_DEFLATED
            made.writestr(entry, content)
    return stream.getvalue()
