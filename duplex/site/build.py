"""Build the site with Sphinx; a warning is an error, and nothing is asked of a network."""

import io
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from duplex import catalog
from duplex.errors import CourseError

OUT = catalog.ROOT / "site" / "build"
MADE = ".buildinfo"  # Sphinx leaves it: what holds it may be replaced


def build(out: Path = OUT, tell: Callable[[str], None] = print) -> Path:
    """Build every page into `out`, all or nothing; return the first page.

    `tell` hears, in one sentence, why the playground is missing.
    """
    from duplex.site.sources import gather

    _refuse_foreign(out)
    package = _pyodide(tell)
    with tempfile.TemporaryDirectory(prefix="duplex-site-") as place:
        source, made = Path(place, "source"), Path(place, "html")
        source.mkdir()
        gather(source, package)
        _run_sphinx(source, made)
        shutil.rmtree(made / ".doctrees", ignore_errors=True)
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


def _run_sphinx(source: Path, made: Path) -> None:
    """Run Sphinx; CourseError names its warnings by file and line."""
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    said, warned = io.StringIO(), io.StringIO()
    with patch_docutils(), docutils_namespace():
        app = Sphinx(source, source, made, made / ".doctrees", "html", status=said, warning=warned,
                     freshenv=True, parallel=os.cpu_count() or 1)  # fmt: skip
        app.build(force_all=True)
    told = warned.getvalue().replace(f"{source}{os.sep}", "").strip()
    if told or app.statuscode:
        raise CourseError(f"The site was not built; mend this first:\n{told or said.getvalue()}")


def _replace(made: Path, out: Path) -> None:
    """Put a new site where the old one was."""
    old = out.with_name(f"{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.exists():
        out.rename(old)
    shutil.move(made, out)
    shutil.rmtree(old, ignore_errors=True)
