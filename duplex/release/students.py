"""What students get: labs, notebooks, visible graders, the site, and of the kit what those need.

Lab 5's skeleton begins with lab 4's solution, as each lab's does. Whoever does not want to give
that away early releases the labs one after another (`until`).
"""

import json
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from duplex import backup, catalog, hidden, mistakes, modules, skeleton, tree, verdict
from duplex.release import prose
from duplex.sources import shown, sources, text_of

TOP = ("LICENSE", "README.md", "course.py", "environment.yml", "pyproject.toml",
       "requirements.txt", ".gitattributes", ".gitignore")  # fmt: skip
COMMANDS = ("__main__", "bootstrap", "grader", "maintain", "serving", "worker")
DATA = ("duplex/bench/projects/usual",)  # served by notebooks, imported by nobody
MADE = ("build/", "vendor/")  # in site/: what is built and what is fetched there
CLINIC = 13  # the notebook that belongs to no lab
ABOUT = b"""`duplex reset` makes a lab anew from these files. A diagnosis knows a mistake again by
what `signsNN.json` says. Change nothing here.
"""


def contents(until: int | None = None) -> dict[str, bytes]:
    """Return the files of a copy for students, by path; the same course gives the same bytes."""
    labs = chosen(until)
    files = dict(_top()) | dict(_kit(labs)) | dict(_labs(labs)) | dict(_notebooks(labs))
    files |= dict(_site())
    return dict(sorted(prose.fitting(files).items()))


def chosen(until: int | None) -> list[catalog.Lab]:
    """Return the labs up to one of them, or all."""
    last = catalog.lab(until).number if until is not None else max(catalog.names())
    labs = [lab for lab in catalog.labs() if lab.number <= last]
    for lab in labs:
        lab.solution()  # says what is missing in a copy for students
    return labs


def described(until: int | None) -> str:
    """Say in words what a release holds, and what gives a solution away."""
    labs = chosen(until)
    if len(labs) == 1:
        return f"lab {labs[0].number}, and no solution"
    first, last = labs[0].number, labs[-1].number
    return (f"labs {first} to {last}. No solution is in it, but each lab begins where the one "
            f"before ended, so lab {last} shows how lab {last - 1} is done")  # fmt: skip


def _top() -> Iterator[tuple[str, bytes]]:
    for name in TOP:
        if (catalog.ROOT / name).is_file():
            yield name, (catalog.ROOT / name).read_bytes()


def _kit(labs: list[catalog.Lab]) -> Iterator[tuple[str, bytes]]:
    """Yield the kit's modules that the commands, the graders and the notebooks need."""
    graders = [verdict.grader_file(lab) for lab in labs]
    graders.append(catalog.ROOT / "tests" / "labs" / "conftest.py")
    roots = [f"duplex.{name}" for name in COMMANDS]
    roots += [*modules.all_in("duplex.host"), *modules.all_in("duplex.notebook")]
    roots += [name for file in graders for name in modules.imported(file)]
    kit = modules.needed(roots, modules.KEPT)
    data = [catalog.ROOT / folder for folder in DATA]
    more = [file for folder in data for file in backup.files(folder).values()]
    for file in (*kit.values(), *modules.data_beside(kit), *more, *graders):
        yield shown(file), file.read_bytes()


def _labs(labs: list[catalog.Lab]) -> Iterator[tuple[str, bytes]]:
    """Yield the labs as students edit them, and what they can be made of again."""
    yield "skeletons/README.md", ABOUT
    for lab in labs:
        for path, content in tree.render(lab.name).items():
            yield f"labs/{lab.name}/{path}", content
        for path, file in sources(lab.name).items():
            yield f"skeletons/{lab.name}/{path}", _emptied(file)
        signs = json.dumps(mistakes.signs(lab), indent=1, ensure_ascii=False)
        yield shown(mistakes.signs_file(lab)), f"{signs}\n".encode()


def _emptied(file: Path) -> bytes:
    if file.name == "lab.toml":
        return hidden.cut(text_of(file), shown(file)).encode()
    if file.suffix in skeleton.MARKS:
        return skeleton.emptied(text_of(file), file.suffix, shown(file)).encode()
    return file.read_bytes()


def _notebooks(labs: list[catalog.Lab]) -> Iterator[tuple[str, bytes]]:
    """Yield the notebooks up to the last lab's, with their projects and quizzes."""
    last = int(labs[-1].notebook[:2])
    if labs[-1].number == max(catalog.names()):
        last = CLINIC
    for path, file in backup.files(catalog.ROOT / "notebooks").items():
        number = re.match(r"(?:quizzes/)?(\d\d)[_.]", path)
        if number and not (int(number[1]) <= last or int(number[1]) == CLINIC):
            continue
        if _of_course(shown(file)):
            yield f"notebooks/{path}", file.read_bytes()


def _site() -> Iterator[tuple[str, bytes]]:
    """Yield what is the site's alone; its pages are made of what else is in the copy."""
    for path, file in backup.files(catalog.ROOT / "site").items():
        if not path.startswith(MADE) and _of_course(shown(file)):
            yield f"site/{path}", file.read_bytes()


def _of_course(path: str) -> bool:
    """Tell whether a file belongs to the course; without git, whatever lies there does."""
    known = _tracked(catalog.ROOT)
    return known is None or path in known


@cache
def _tracked(root: Path) -> frozenset[str] | None:
    """Return the files that git knows; None where the course is no checkout."""
    if not (root / ".git").exists():
        return None
    words = ["git", "-C", str(root), "ls-files", "-z"]
    try:
        listed = subprocess.run(words, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return frozenset(listed.decode("utf-8", "surrogateescape").split("\0"))
