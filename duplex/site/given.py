"""The files that students get, from which the playground is made.

The whole course makes them as for a release. In a copy for students they are there; only a lab is
made anew, because what lies in labs/ is what its reader wrote.
"""

from collections.abc import Iterator

from duplex import backup, catalog, tree

THERE = ("duplex", "skeletons", "tests/labs")


def files(last: int) -> dict[str, bytes]:
    """Return the files by path, with the labs up to one of them."""
    if catalog.complete():
        from duplex.release.students import contents

        return contents(last)
    return dict(_own(last))


def _own(last: int) -> Iterator[tuple[str, bytes]]:
    for lab in catalog.labs():
        if lab.number <= last:
            for path, content in tree.render(lab.name).items():
                yield f"labs/{lab.name}/{path}", content
    for top in THERE:
        for path, file in backup.files(catalog.ROOT / top).items():
            yield f"{top}/{path}", file.read_bytes()
