"""The playground: what its pages load, so that a lab's project runs in the reader's browser.

Python comes from Pyodide's package, Django and Channels from what is installed here, the labs and
their graders from what students get. No file is loaded from elsewhere.
"""

import hashlib
import json
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

from duplex import catalog, modules, verdict
from duplex.site import given, loaded, pyodide

HOME = catalog.ROOT / "site" / "playground"
PLACE = "playground"  # of its files, among the site's static ones
GRADING = ("duplex.verdict", "duplex.grader", "duplex.collector", "duplex.diagnosis.telling",
           "duplex.diagnosis.diagnose", "duplex.project", "duplex.log")  # fmt: skip
PYODIDE = ("pyodide.asm.mjs", "pyodide.asm.wasm")
LATER = ("testing.tar", "kit.tar")  # when somebody checks the project


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
    archives = {"packages.tar": loaded.tar(packages()), "kit.tar": loaded.tar(kit(files)),
                "testing.tar": loaded.tar(loaded.libraries(loaded.TESTING))}  # fmt: skip
    archives |= {f"pyodide/{name}": inside[name] for name in PYODIDE}
    archives["pyodide/python_stdlib.zip"] = loaded.standard(inside["python_stdlib.zip"])
    (place / "pyodide").mkdir()
    (place / "pyodide" / "pyodide.mjs").write_bytes(inside["pyodide.mjs"])
    _put_loaded(place, archives, json.loads(inside["pyodide-lock.json"])["info"])


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


def _put_loaded(place: Path, archives: dict[str, bytes], python: dict) -> None:
    """Write what the worker loads, compressed, and what it must know of it."""
    total, content = 0, hashlib.sha256(json.dumps(python).encode())
    for script in sorted(place.glob("*.js")):  # what is kept in a browser is theirs, too
        content.update(script.read_bytes())
    for name, data in archives.items():
        packed = loaded.packed(data)
        (place / f"{name}.packed").write_bytes(packed)
        content.update(data)
        total += 0 if name in LATER else len(packed)
    manifest = {"version": content.hexdigest()[:16], "total": total, "python": python}
    (place / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def packages() -> Iterator[tuple[str, bytes]]:
    """Yield the libraries' files, and those of what serves a project in a page."""
    yield from loaded.libraries(loaded.LIBRARIES)
    inside = HOME / "python"
    for path in sorted(inside.rglob("*.py")):
        yield path.relative_to(inside).as_posix(), path.read_bytes()


def kit(given: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield what judges the labs: graders, the kit's modules that they need, signs of mistakes."""
    graders = [verdict.grader_file(catalog.named(name)) for name in labs()]
    roots = [*GRADING, *(name for file in graders for name in modules.imported(file))]
    needed = {path.relative_to(catalog.ROOT).as_posix()
              for path in modules.needed(roots, modules.KEPT).values()}  # fmt: skip
    needed |= {f"tests/labs/{file.name}" for file in graders} | {"duplex/grader.ini"}
    for path, data in given.items():
        if path in needed or path.startswith("skeletons/"):
            yield path, data
