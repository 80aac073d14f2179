"""Build the site with Sphinx; a warning is an error, and nothing is asked of a network."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from duplex import catalog
from duplex.errors import CourseError

OUT = catalog.ROOT / "site" / "build"
MADE = ".buildinfo"  # Sphinx leaves it: what holds it may be replaced


def build(
    out: Path = OUT,
    tell: Callable[[str], None] = print,
    step: Callable[[str], None] = lambda step: None,
) -> Path:
    """Build every page into `out`, all or nothing; return the first page.

    `tell` hears, in one sentence, why the playground is missing; `step`, how far it is.
    """
    from duplex.site import pages
    from duplex.site.sources import gather

    _refuse_foreign(out)
    package = _pyodide(tell)
    with tempfile.TemporaryDirectory(prefix="duplex-site-") as place:
        source, made = Path(place, "source"), Path(place, "html")
        source.mkdir()
        step("gathering")
        gather(source, package)
        pages.make(source, made, step)
        _replace(made, out)
    return out / "index.html"


def _pyodide(tell: Callable[[str], None]) -> Path | None:
    """Return what the playground needs, or say why there is none."""
    from duplex.site.pyodide import NoPyodide, archive

    try:
        return archive()
    except NoPyodide as error:
        tell(f"The site is built without the playground: {error}, and build it again.")
        return None


def _refuse_foreign(out: Path) -> None:
    if out.exists() and not (out / MADE).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise CourseError(f"{out} holds something else than a site; choose another folder.")


def _replace(made: Path, out: Path) -> None:
    """Put a new site where the old one was; when this is stopped, one of them is there, whole."""
    new, old = (out.with_name(f"{out.name}.{age}") for age in ("new", "old"))
    shutil.rmtree(new, ignore_errors=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.move(made, new)
        shutil.rmtree(old, ignore_errors=True)
        if out.exists():
            out.rename(old)
        new.rename(out)
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
