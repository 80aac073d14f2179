"""Archives are unpacked with care: nothing outside, no links, no bombs, each refusal a sentence."""

import io
import os
import shutil
import stat
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from duplex.batch.record import Submission
from duplex.submissions import Refused, limits, unpacked


def submission(path: Path) -> Submission:
    """A submission of this file or folder."""
    return Submission("smith", "Smith", path)


def one_sentence(text):
    """Demand that a text is a line for people, which steers no terminal."""
    assert text.endswith(".") and "\n" not in text and "\x1b" not in text
    return text


@pytest.fixture
def tries(tmp_path):
    """Unpack a file: tries(path) returns the files it became, or its refusal."""

    def unpack(path):
        place = tmp_path / "outer" / "place"
        try:
            top = unpacked(submission(path), place)
            return {one.relative_to(top).as_posix() for one in top.rglob("*") if one.is_file()}
        except Refused as refusal:
            return refusal.verdict, one_sentence(str(refusal))
        finally:
            assert os.listdir(tmp_path / "outer") == ["place"]
            shutil.rmtree(tmp_path / "outer")

    return unpack


@pytest.fixture
def zipped(tmp_path):
    """Write a zip: zipped(("name", "content", mode), …)."""

    def write(*members):
        with zipfile.ZipFile(tmp_path / "smith.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content, *mode in members:
                entry = zipfile.ZipInfo(name)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = (mode[0] if mode else 0) << 16
                archive.writestr(entry, content)
        return tmp_path / "smith.zip"

    return write


@pytest.fixture
def tarred(tmp_path):
    """Write a tar file: tarred((name, content, type), …)."""

    def write(*members, mode="w:gz"):
        with tarfile.open(tmp_path / "smith.tar", mode) as archive:
            for name, content, *kind in members:
                entry = tarfile.TarInfo(name)
                entry.type = kind[0] if kind else tarfile.REGTYPE
                entry.linkname = content if kind else ""
                entry.size = 0 if kind else len(content)
                archive.addfile(entry, None if kind else io.BytesIO(content.encode()))
        return tmp_path / "smith.tar"

    return write


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_is_unpacked(tries, tarred, mode):
    path = tarred(
        ("./a/manage.py", "x"), ("a/chat", "", tarfile.DIRTYPE), ("a/è.py", ""), mode=mode
    )
    assert tries(path) == {"a/manage.py", "a/è.py"}


def test_zip_is_unpacked(tries, zipped):
    path = zipped(("a/", ""), ("a/manage.py", "x"), ("a/.git/config", "x"), ("__MACOSX/a/._m", "x"),
                  ("a\\chat\\views.py", "x"), ("a/b/db.sqlite3", "x"))  # fmt: skip
    assert tries(path) == {"a/manage.py", "a/chat/views.py"}


def test_folder_is_copied(tries, tmp_path):
    for name in ("smith/manage.py", "smith/venv/bin/python", "smith/chat/a.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert tries(tmp_path / "smith") == {"manage.py", "chat/a.py"}


OUT = ("../x", "a/../../x", "/etc/x", "\\\\server\\x", "C:\\x", "a/..\\..\\x")


@pytest.mark.parametrize("name", OUT)
def test_zip_stays_inside(tries, zipped, name):
    verdict, told = tries(zipped(("manage.py", "x"), (name, "evil")))
    assert verdict == "tampered" and "leads out" in told


@pytest.mark.parametrize("name", OUT)
def test_tar_stays_inside(tries, tarred, name):
    assert tries(tarred((name, "evil")))[0] == "tampered"


LINKS = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE]


@pytest.mark.parametrize("kind", LINKS)
def test_tar_without_links_and_devices(tries, tarred, kind):
    verdict, told = tries(tarred(("a", "/etc/passwd", kind)))
    assert verdict == "tampered" and "'a'" in told


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_zip_without_links_and_devices(tries, zipped, mode):
    assert tries(zipped(("a/b", "/etc/passwd", mode | 0o777)))[0] == "tampered"


def test_folder_without_links_and_pipes(tries, tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "settings.py").symlink_to("/etc/passwd")
    assert tries(tmp_path / "one")[0] == "tampered"
    (tmp_path / "two").mkdir()
    os.mkfifo(tmp_path / "two" / "pipe")
    assert tries(tmp_path / "two")[0] == "tampered"


def test_links_of_an_environment_left_out(tries, zipped):
    link = ("mine/bin/python", "/usr/bin/python", stat.S_IFLNK | 0o777)
    assert tries(zipped(link, ("mine/pyvenv.cfg", ""), ("manage.py", ""))) == {
        "manage.py", "mine/pyvenv.cfg"}  # fmt: skip


@pytest.mark.parametrize("names", [("a.py", "A.PY"), ("caf\u00e9", "cafe\u0301"), ("a", "a/b"),
                                   ("a/b", "a"), ("Chat/a", "chat/b")])  # fmt: skip
def test_doubles_are_refused(tries, zipped, names):
    verdict, told = tries(zipped(*((name, "x") for name in names)))
    assert verdict == "tampered" and "by case alone" in told


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_same_name_twice_is_refused(tries, zipped):
    assert tries(zipped(("a", "1"), ("a", "2")))[0] == "tampered"


def test_folder_named_twice_is_fine(tries, tarred):
    folder = ("a", "", tarfile.DIRTYPE)
    assert tries(tarred(folder, ("a/b", "x"), folder)) == {"a/b"}


def test_zip_bomb_is_tampered(tries, zipped, monkeypatch):
    monkeypatch.setattr(limits, "TOTAL", 3 * limits.MB)
    bomb = zipped(("a", "0" * 4 * limits.MB))
    verdict, told = tries(bomb)
    assert verdict == "tampered" and "bomb" in told


def test_zip_that_lies_about_sizes(tries, zipped, monkeypatch):
    monkeypatch.setattr(limits, "TOTAL", 3 * limits.MB)
    path = zipped(("a", "0" * 4 * limits.MB))
    size = struct.pack("<L", 4 * limits.MB)
    path.write_bytes(path.read_bytes().replace(size, struct.pack("<L", 5)))
    assert tries(path)[0] in ("tampered", "not submitted")


def test_tar_bomb_is_tampered(tries, tarred, monkeypatch):
    monkeypatch.setattr(limits, "UNPACKED", 3 * limits.MB)
    assert tries(tarred((".git/a", "0" * 4 * limits.MB)))[0] == "tampered"


def test_large_is_not_tampered(tries, tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "TOTAL", 1000)
    (tmp_path / "smith").mkdir()
    (tmp_path / "smith" / "film").write_bytes(os.urandom(2000))
    verdict, told = tries(tmp_path / "smith")
    assert verdict == "not submitted" and "own files only" in told


@pytest.mark.parametrize("limit", ["FILES", "ENTRIES"])
def test_too_many_files(tries, zipped, tarred, monkeypatch, limit):
    monkeypatch.setattr(limits, limit, 3)
    many = [(str(number), "x") for number in range(6)]
    assert tries(zipped(*many))[0] == tries(tarred(*many))[0] == "tampered"


LONG = ["a/" * 30 + "b", "n" * 256, "è" * 128, "a" * 250 + ("/" + "b" * 250) * 4]


@pytest.mark.parametrize("name", LONG)
def test_names_beyond_measure(tries, tarred, name):
    assert tries(tarred((name, "x")))[0] == "tampered"


def test_password_is_told(tries, zipped):
    path = zipped(("manage.py", "x"))
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    verdict, told = tries(path)
    assert verdict == "not submitted" and "password" in told


@pytest.mark.parametrize("cut", [30, 60, 0.5, 0.95])
@pytest.mark.parametrize("form", ["zip", "gz", "xz", "bz2"])
def test_broken_archive_is_told(tries, zipped, tarred, form, cut):
    noise = os.urandom(3000).hex()
    path = zipped(("a", noise)) if form == "zip" else tarred(("a", noise), mode=f"w:{form}")
    data = path.read_bytes()
    path.write_bytes(data[: int(cut * len(data)) if cut < 1 else cut])
    verdict, told = tries(path)
    assert verdict == "not submitted" and "cannot be unpacked" in told


def test_damaged_content_is_told(tries, zipped):
    path = zipped(("manage.py", os.urandom(3000).hex()))
    data = bytearray(path.read_bytes())
    data[200:300] = bytes(100)
    path.write_bytes(data)
    assert tries(path)[0] == "not submitted"


def test_names_in_other_encodings(tries, zipped, tarred):
    path = zipped(("manage.py", ""), ("caf?.py", ""), ("caf??x.py", ""))
    data = path.read_bytes().replace(b"caf?.py", b"caf\x82.py").replace(b"caf??x", "cafèx".encode())
    path.write_bytes(data)
    assert tries(path) == {"manage.py", "café.py", "cafèx.py"}
    path = tarred(("caf\udce9.py", ""))
    assert tries(path) == {"café.py"}


def test_name_that_steers_is_shown_plainly(tries, zipped):
    verdict, told = tries(zipped(("\x1b[31m/../x\n", "x")))
    assert verdict == "tampered" and "x1b" in told


def test_problem_is_passed_on(tmp_path):
    one = Submission("s", "S", tmp_path, problem="It is empty.", refused="not submitted")
    with pytest.raises(Refused, match="It is empty"):
        unpacked(one, tmp_path / "place")
