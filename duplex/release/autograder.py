"""The zip that grades one lab on Gradescope: two scripts, the pins, the kit, and the lab's tests.

It holds no solution: what a lab's diagnosis needs is in `skeletons/`, as in a copy for students.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from duplex import catalog, mistakes, modules, skeleton, tree
from duplex.sources import shown, sources, text_of
from duplex.verdict import grader_files

BUNDLE = Path(__file__).with_name("bundle")
ROOTS = ("duplex.release.harness", "duplex.release", "duplex.grader")
WITHOUT = ("duplex.release.commands",)


def contents(lab: catalog.Lab) -> dict[str, bytes]:
    """Return the files of the zip, by path; `lab` has its hidden tasks."""
    lab.solution()  # says what is missing in a copy for students
    files = {file.name: file.read_bytes() for file in sorted(BUNDLE.iterdir())}
    files["requirements.txt"] = (catalog.ROOT / "requirements.txt").read_bytes()
    return dict(sorted((files | dict(_kit(lab)) | dict(_lab(lab))).items()))


def _kit(lab: catalog.Lab) -> Iterator[tuple[str, bytes]]:
    graders = grader_files(lab)
    roots = [*ROOTS, *modules.all_in("duplex.host")]
    roots += [name for file in graders for name in modules.imported(file)]
    kit = modules.needed(roots, WITHOUT)
    for file in (*kit.values(), *modules.data_beside(kit), *graders):
        yield shown(file), file.read_bytes()
    yield "duplex/release/__init__.py", b""


def _lab(lab: catalog.Lab) -> Iterator[tuple[str, bytes]]:
    """Yield the lab as it is given out, and what is known of it and of the labs before it."""
    for path, content in tree.render(lab.name).items():
        yield f"labs/{lab.name}/{path}", content
    for path, file in sources(lab.name).items():
        yield f"skeletons/{lab.name}/{path}", _emptied(file)
    for one in catalog.labs():
        if one.number < lab.number:
            declared = catalog.source(one.name) / "lab.toml"
            yield f"skeletons/{one.name}/lab.toml", declared.read_bytes()
        if one.number <= lab.number:
            signs = json.dumps(mistakes.signs(one), indent=1, ensure_ascii=False)
            yield shown(mistakes.signs_file(one)), f"{signs}\n".encode()


def _emptied(file: Path) -> bytes:
    """Return a file without the code of its regions; hidden tasks stay in its lab.toml."""
    if file.suffix not in skeleton.MARKS:
        return file.read_bytes()
    return skeleton.emptied(text_of(file), file.suffix, shown(file)).encode()
