"""The mutants that no client can see, each listed with the reason: tests/mutants/labNN.toml."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from duplex import catalog
from duplex.mutation.mutants import Mutant
from duplex.table import parse


@dataclass(frozen=True)
class Invisible:
    """A mutant that a client cannot see: its id, the change that it is, and why."""

    id: str
    change: str
    why: str


def file_of(lab: catalog.Lab) -> Path:
    """Return the file that lists a lab's invisible mutants; it need not exist."""
    return catalog.ROOT / "tests" / "mutants" / f"lab{lab.number:02d}.toml"


def load(lab: catalog.Lab) -> dict[str, Invisible]:
    """Return a lab's invisible mutants by id; every slip in the list is told by file and key."""
    if not file_of(lab).is_file():
        return {}
    data, found = parse(file_of(lab)), {}
    for entry in data.tables("invisible"):
        one = Invisible(entry.text("id"), entry.text("change"), entry.text("why"))
        entry.close()
        if one.id in found:
            entry.fail("id", f"names {one.id!r} a second time; remove it")
        found[one.id] = one
    data.close()
    return found


def stale(lab: catalog.Lab, known: Iterable[Mutant]) -> list[str]:
    """Return a sentence for each listed mutant that is not among the lab's, or is another now."""
    changes, file = {one.id: one.change for one in known}, file_of(lab).name
    listed = load(lab).values()
    gone = [f"{file}: {one.id} is no mutant of the lab any more; remove it."
            for one in listed if one.id not in changes]  # fmt: skip
    return gone + [
        f"{file}: {one.id} is now the change {changes[one.id]!r}; look whether `why` still holds."
        for one in listed if changes.get(one.id, one.change) != one.change
    ]  # fmt: skip
