"""The playground: what its pages load, so that a lab's project runs in the reader's browser.

Python comes from Pyodide's package, Django and Channels from what is installed here, the labs and
their graders from what students get. No file is loaded from elsewhere.
"""

import gzip
import hashlib
import io
import json
import shutil
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from duplex import catalog, modules, verdict
from duplex.site import given, pyodide

HOME = catalog.ROOT / "site" / "playground"
PLACE = "playground"  # of its files, among the site's static ones
LIBRARIES = ("django", "asgiref", "sqlparse", "channels")
TESTING = ("_pytest", "pytest", "py", "pluggy", "iniconfig", "packaging")
LEFT_OUT = {
    "__pycache__", "admin", "admindocs", "flatpages", "gis", "humanize", "jinja2", "postgres",
    "redirects", "sitemaps", "syndication", "test", "testing", "tests",
}  # fmt: skip
KINDS = (".py", ".html", ".txt", ".gz")
GRADING = ("duplex.verdict", "duplex.grader", "duplex.collector", "duplex.diagnosis.telling",
           "duplex.diagnosis.diagnose", "duplex.project", "duplex.log")  # fmt: skip
TYPES = {".wasm": "application/wasm", ".json": "application/json"}
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same files give the same archive


def labs() -> dict[str, dict]:
    """Return how the clients of each lab that is here speak, by the lab's name."""
    told, here = tomllib.loads((HOME / "labs.toml").read_text("utf-8")), catalog.names().values()
    return {name: one for name, one in told.items() if name in here}


def pages() -> dict[str, str]:
    """Return the pages in Markdown, by their path in the site."""
    found = {f"{PLACE}/index.md": (HOME / "index.md").read_text("utf-8")}
    for name, told in labs().items():
        found[f"{PLACE}/{name}.md"] = _page(name, told)
    return found


def _page(name: str, told: dict) -> str:
    lab = catalog.named(name)
    absent = "".join(f"- {one}\n" for one in told["absent"])
    template = (HOME / "lab.md").read_text("utf-8")
    return template.format(title=lab.title, number=lab.number, name=name, notebook=lab.notebook,
                           absent=absent and f"{absent}\n")  # fmt: skip


def put(static: Path, package: Path) -> None:
    """Write everything that the pages load into the site's static files."""
    place = static / PLACE
    place.mkdir(parents=True)
    for path in sorted(HOME.glob("*.js")) + sorted(HOME.glob("*.css")):
        shutil.copy(path, place)
    files = given.files(max(catalog.named(name).number for name in labs()))
    _put_labs(place / "labs", files)
    inside = pyodide.unpack(package)
    loaded = {"packages.zip": _zip(_packages()), "testing.zip": _zip(_files(TESTING)),
              "kit.zip": _zip(_kit(files))}  # fmt: skip
    (place / "pyodide").mkdir()
    for name in ("pyodide.mjs", "pyodide.asm.mjs"):
        (place / "pyodide" / name).write_bytes(inside[name])
    loaded |= {
        f"pyodide/{name}": inside[name] for name in ("pyodide.asm.wasm", "python_stdlib.zip")
    }
    _put_loaded(place, loaded, json.loads(inside["pyodide-lock.json"])["info"])


def _put_labs(place: Path, given: dict[str, bytes]) -> None:
    """Write a file for each lab: its texts, its tasks, and how its clients speak."""
    place.mkdir()
    for name, told in labs().items():
        lab, start = catalog.named(name), f"labs/{name}/"
        files = {path.removeprefix(start): data.decode() for path, data in given.items()
                 if path.startswith(start)}  # fmt: skip
        tasks = [{"id": one.id, "title": one.title, "points": one.points} for one in lab.tasks]
        edits = sorted((one for one in lab.edits if one.endswith(".py")), key=_consumers_first)
        data = {"login": False} | told | {
            "name": name, "number": lab.number, "env": lab.env, "files": files, "edits": edits,
            "tasks": tasks,
        }  # fmt: skip
        (place / f"{name}.json").write_text(json.dumps(data), "utf-8")


def _consumers_first(path: str) -> tuple[bool, str]:
    return path != "chat/consumers.py", path


def _put_loaded(place: Path, loaded: dict[str, bytes], python: dict) -> None:
    """Write what the worker loads, compressed where that helps, and what it must know of it."""
    files, first = {}, 0
    for name, data in loaded.items():
        packed = name.endswith(".wasm")
        stored, data = (f"{name}.packed", gzip.compress(data, mtime=0)) if packed else (name, data)
        (place / stored).write_bytes(data)
        kind = TYPES.get(Path(name).suffix, "application/octet-stream")
        files[name] = {"stored": stored, "size": len(data), "type": kind}
        first += 0 if name in ("testing.zip", "kit.zip") else len(data)
    whole = hashlib.sha256(b"".join(loaded.values())).hexdigest()[:16]
    manifest = {"version": whole, "total": first, "python": python, "files": files}
    (place / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def _packages() -> Iterator[tuple[str, bytes]]:
    yield from _files(LIBRARIES)
    inside = HOME / "python"
    for path in sorted(inside.rglob("*.py")):
        yield path.relative_to(inside).as_posix(), path.read_bytes()


def _files(libraries: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Yield the files of installed libraries that a project or a test needs."""
    for name in libraries:
        origin = Path(find_spec(name).origin)
        if origin.name != "__init__.py":
            yield origin.name, origin.read_bytes()
            continue
        home = origin.parent
        for path in sorted(home.rglob("*")):
            inside = path.relative_to(home)
            if path.is_file() and _wanted(inside):
                yield Path(name, inside).as_posix(), path.read_bytes()


def _wanted(path: Path) -> bool:
    """Tell whether a library's file is wanted: of translations, only Django's own English."""
    folders = path.parts[:-1]
    if LEFT_OUT & set(folders):
        return False
    if "locale" in folders:
        rest = path.parts[path.parts.index("locale") + 1 :]
        return rest[0] == "__init__.py" or (rest[0] == "en" and path.suffix in (".py", ".mo"))
    return path.suffix in KINDS


def _kit(given: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield what judges the labs: graders, the kit's modules that they need, signs of mistakes."""
    graders = [verdict.grader_file(catalog.named(name)) for name in labs()]
    roots = [*GRADING, *(name for file in graders for name in modules.imported(file))]
    needed = {path.relative_to(catalog.ROOT).as_posix()
              for path in modules.needed(roots, modules.KEPT).values()}  # fmt: skip
    needed |= {f"tests/labs/{file.name}" for file in graders} | {"duplex/grader.ini"}
    for path, data in given.items():
        if path in needed or path.startswith("skeletons/"):
            yield path, data


def _zip(files: Iterator[tuple[str, bytes]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, data in files:
            archive.writestr(zipfile.ZipInfo(path, LONG_AGO), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()
