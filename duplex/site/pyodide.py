"""Pyodide, which runs Python in a browser: fetched once by npm, verified, and kept beside the site.

Nothing of it is in the course's own files; without npm the site is built without the playground.
"""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from duplex import catalog
from duplex.errors import CourseError

VERSION = "314.0.7"
SHA512 = (  # of the package, in base64, as npm tells it
    "0YvXxEhfEdpLfb/XkM2BFAeMROq0iMUX2bzzH9pOttyMcWkwq+HbE5uyuGD82LN7y2q+SNvi/6V5JEsOlD2R1A=="
)
NEEDED = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip",
          "pyodide-lock.json")  # fmt: skip
KEPT = catalog.ROOT / "site" / "vendor"
SECONDS = 180  # that npm may take


class NoPyodide(CourseError):
    """The package is not here, and cannot be fetched."""


def archive() -> Path:
    """Return the verified package, fetched when it is not here yet; or NoPyodide."""
    kept = KEPT / f"pyodide-{VERSION}.tgz"
    if not kept.is_file():
        _fetch(kept)
    _verify(kept)
    return kept


def _fetch(kept: Path) -> None:
    """Let npm fetch the package, from wherever this computer's npm fetches."""
    npm = shutil.which("npm")
    if npm is None:
        raise NoPyodide("there is no npm here to fetch Pyodide; install Node.js")
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="duplex-", dir=KEPT) as folder:
        words = [npm, "pack", f"pyodide@{VERSION}", "--silent", "--pack-destination", folder]
        try:
            subprocess.run(words, cwd=folder, check=True, capture_output=True, timeout=SECONDS)
            Path(folder, kept.name).replace(kept)
        except (OSError, subprocess.SubprocessError) as error:
            said = f"npm could not fetch Pyodide {VERSION} ({_words(error)}); look at the network"
            raise NoPyodide(said) from None


def _words(error: Exception) -> str:
    said = (getattr(error, "stderr", b"") or b"").decode("utf-8", "replace").strip()
    return said.splitlines()[-1] if said else str(error)


def _verify(kept: Path) -> None:
    found = base64.b64encode(hashlib.sha512(kept.read_bytes()).digest()).decode("ascii")
    if found != SHA512:
        kept.unlink()
        raise CourseError(
            f"{kept} was not the package that the course knows, so it was removed; build again."
        )


def unpack(kept: Path) -> dict[str, bytes]:
    """Return the files that a page needs, by name."""
    with tarfile.open(kept) as package:
        return {name: package.extractfile(f"package/{name}").read() for name in NEEDED}
