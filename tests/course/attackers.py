"""The class of hostile submissions: each file of tests/hostile becomes one, beside honest ones."""

import io
import os
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tests.duplex.conftest import GOOD, PROJECT, Course, view_of, write_tiny

HOME = Path(__file__).parents[1] / "hostile"
LAB, FRAMES = "lab01_polling", "lab02_frames"
FORMULA, BYTES = "=cmd|' _C calc'!A0, \"x\"", b"zo\xeb"  # names of students who did nothing wrong
ASGI = """async def application(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": "hello"})
    while (await receive())["type"] != "websocket.disconnect":
        pass
"""
GRADER = '''"""What a client of the frames project must see."""

import pytest

from duplex import wire
from duplex.expect import expect


@pytest.mark.task("2.1")
def test_greets(ws):
    """The first frame is `hello`."""
    expect(ws("/").receive(), wire.text("hello"), "the first frame")
'''


@dataclass(frozen=True)
class Attack:
    """What a submission tries, and the verdicts of its tasks in their order."""

    name: str
    tries: str
    verdicts: list[str]
    lab: int = 1
    archive: str = ""
    settings: str = ""
    view: str = GOOD
    file: tuple[dict, ...] = ()


def attacks() -> list[Attack]:
    """Return every attack."""
    return [Attack(path.stem, **tomllib.loads(path.read_text("utf-8")))
            for path in sorted(HOME.glob("*.toml"))]  # fmt: skip


def honest() -> list[str | bytes]:
    """Return the names of those who hand in a good project."""
    return ["ana", "zoe", FORMULA, BYTES]


def write_course(root: Path) -> Path:
    """Write a course of two tiny labs: of pages, and of frames."""
    write_tiny(root)
    course = Course(root)
    for tree in ("solutions", "labs"):
        course.toml(tree, FRAMES, ["2.1"], ["config/asgi.py"])
        toml = root / tree / FRAMES / "lab.toml"
        toml.write_text(toml.read_text("utf-8").replace('"runserver"', '"daphne"'), "utf-8")
    course.write(f"tests/labs/test_{FRAMES}.py", GRADER)
    return root


def hand_in(top: Path, known: dict[str, str]) -> None:
    """Hand everything in; `known` tells attackers where what they look for would be."""
    for name in honest():
        _project(os.path.join(os.fsencode(top), os.fsencode(name)), Attack("", "", []), {})
    for attack in attacks():
        if attack.archive:
            ARCHIVES[attack.archive](top, attack.name)
        else:
            _project(os.fsencode(top / attack.name), attack, known)


def _project(folder: bytes, attack: Attack, known: dict[str, str]) -> None:
    lab = {1: LAB, 2: FRAMES}[attack.lab]
    files = PROJECT | {"config/urls.py": view_of(attack.view), "config/asgi.py": ASGI}
    files["config/settings.py"] += attack.settings
    files |= {one["path"]: one["content"].lstrip("\n") for one in attack.file}
    for path, text in files.items():
        for word, value in known.items():
            text = text.replace(f"@{word}@", value)
        file = Path(os.fsdecode(folder)) / lab / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(LATIN if text.strip() == "@latin@" else text.encode())


LATIN = 'NAME = "caffè"\n'.encode("latin-1")


def _zip(top: Path, name: str, write) -> None:
    with zipfile.ZipFile(top / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{LAB}/manage.py", PROJECT["manage.py"])
        write(archive)


def _bomb(archive: zipfile.ZipFile) -> None:
    with archive.open(f"{LAB}/zeros", "w", force_zip64=True) as member:
        for _ in range(500):
            member.write(bytes(2**20))


def _path_out(archive: zipfile.ZipFile) -> None:
    archive.writestr("../../../evil.py", "")


def _tar(top: Path, name: str, kind: bytes) -> None:
    with tarfile.open(top / f"{name}.tar.gz", "w:gz") as archive:
        content = PROJECT["manage.py"].encode()
        manage = tarfile.TarInfo(f"{LAB}/manage.py")
        manage.size = len(content)
        archive.addfile(manage, io.BytesIO(content))
        evil = tarfile.TarInfo(f"{LAB}/evil")
        evil.type, evil.linkname = kind, "/etc/passwd"
        archive.addfile(evil)


def _folder(top: Path, name: str) -> None:
    (top / name / LAB).mkdir(parents=True)
    (top / name / LAB / "manage.py").write_text(PROJECT["manage.py"], "utf-8")
    (top / name / LAB / "passwords").symlink_to("/etc/passwd")


ARCHIVES = {
    "zip_bomb": lambda top, name: _zip(top, name, _bomb),
    "zip_path_out": lambda top, name: _zip(top, name, _path_out),
    "tar_link_out": lambda top, name: _tar(top, name, tarfile.SYMTYPE),
    "tar_device": lambda top, name: _tar(top, name, tarfile.CHRTYPE),
    "folder_link_out": _folder,
    "broken_zip": lambda top, name: (top / f"{name}.zip").write_text("no archive", "utf-8"),
    "empty_folder": lambda top, name: (top / name).mkdir(),
}
