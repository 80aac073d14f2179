"""The debugging clinic's cases: what is seen, why, how it is found, and how it is cured."""

from dataclasses import dataclass
from pathlib import Path

from duplex import catalog
from duplex.mistakes import Edit, read_edit
from duplex.table import Table, parse

FOLDER = catalog.ROOT / "notebooks" / "clinic"
PROJECT = catalog.ROOT / "notebooks" / "projects" / "clinic"
GROUPS = (
    "Nothing starts", "The handshake is refused", "The connection ends", "Nothing arrives",
    "The wrong one hears", "Everybody waits", "Redis", "The database", "Tests that lie",
)  # fmt: skip
WAYS = ("daphne", "runserver", "command", "tests")  # how a case is set going

Seen = dict[str, str | list[str]]  # what is looked at: what is there, or any of these


@dataclass(frozen=True)
class Change:
    """Edits that belong together."""

    edits: tuple[Edit, ...]
    source: Path


@dataclass(frozen=True)
class Case:
    """One broken project: the edits that break the healthy one, and all that is known about it."""

    id: str
    number: int
    title: str
    group: str
    rows: tuple[int, ...]  # of the mistakes that learners make
    lecture: tuple[str, ...]  # the lecture's slips that are this mistake
    symptoms: tuple[str, ...]
    cause: str
    tool: str
    cure: str
    cited: str
    read: tuple[str, ...]  # notebook#heading
    serve: str
    layer: str
    processes: int
    experiment: str
    options: dict
    broken: Seen
    healthy: Seen
    breaks: Change
    mends: Change | None  # None: take the break back

    @property
    def heading(self) -> str:
        """The heading of its section in the notebook."""
        return f"{self.number} · {self.title}"

    def words(self) -> str:
        """All that a search looks through, in lower case."""
        seen = [text for value in self.broken.values() for text in alternatives(value)]
        silent = "silent" if self.broken.get("the log") == "quiet" else ""
        texts = [self.id, self.title, self.group, *self.symptoms, self.cause, *seen, silent]
        return " ".join(texts).replace("`", "").lower()


def alternatives(value: str | list[str]) -> list[str]:
    """Return the texts that are right for one observation."""
    return [value] if isinstance(value, str) else value


def cases() -> list[Case]:
    """Return every case, by its number."""
    return sorted(map(read, FOLDER.glob("[0-9]*.toml")), key=lambda case: case.number)


def read(file: Path) -> Case:
    """Read one case; every slip in it is told by file and key."""
    data = parse(file)
    number, _, slug = file.stem.partition("_")
    case = Case(
        slug, int(number), data.text("title"), data.choice("group", GROUPS), _numbers(data),
        data.texts("lecture", []), data.texts("symptoms", least=1), data.text("cause"),
        data.text("tool"), data.text("cure"), data.text("source"), data.texts("read", least=1),
        data.take("serve", "daphne"), data.take("layer", "memory"), data.take("processes", 1),
        data.text("experiment"), data.take("options", {}), _seen(data, "broken"),
        _seen(data, "healthy"), _change(data, "edit"), _change(data, "cure_edit", None),
    )  # fmt: skip
    data.close()
    if case.serve not in WAYS:
        data.fail("serve", f"must be one of: {', '.join(WAYS)}")
    return case


def _numbers(data: Table) -> tuple[int, ...]:
    rows = data.take("rows", [])
    if not isinstance(rows, list) or not all(isinstance(row, int) for row in rows):
        data.fail("rows", "must be a list of numbers")
    return tuple(rows)


def _seen(data: Table, key: str) -> Seen:
    seen = data.take(key)
    fine = isinstance(seen, dict) and seen
    if not fine or not all(isinstance(value, str | list) for value in seen.values()):
        data.fail(key, "must be a table of what is seen where")
    return seen


def _change(data: Table, key: str, *default: None) -> Change | None:
    if default and not data.has(key):
        return None
    return Change(tuple(map(read_edit, data.tables(key))), data.file)


def find(text: str, among: list[Case]) -> list[Case]:
    """Return the cases that have every word of `text`; if none has, those with the most words."""
    words = text.replace("`", "").lower().split()
    hits = {case.number: sum(word in case.words() for word in words) for case in among}
    best = max(hits.values(), default=0)
    return [case for case in among if best and hits[case.number] == best]


def case(name: str | int) -> Case:
    """Return one case by its name or its number."""
    found = [one for one in cases() if name in (one.id, one.number)]
    if not found:
        known = ", ".join(one.id for one in cases())
        raise LookupError(f"There is no case {name!r}; there are: {known}.")
    return found[0]


def compare(expected: Seen, seen: dict[str, str]) -> list[str]:
    """Return a sentence for everything that was seen otherwise than expected."""
    return [
        f"{what}: {seen.get(what, 'not looked at')} (expected: {' or '.join(alternatives(value))})"
        for what, value in expected.items()
        if not any(_is(text, seen.get(what, "")) for text in alternatives(value))
    ]


def _is(expected: str, seen: str) -> bool:
    """An observation is as expected, with or without the place where it happened."""
    return seen == expected or seen.startswith(f"{expected} (")


@dataclass(frozen=True)
class Slip:
    """A slip of the lecture, what is true, and where it is run (a case's number, or a heading)."""

    says: str
    true: str
    where: tuple[str, ...]


def slips() -> list[Slip]:
    """Return the lecture's slips, in its own order."""
    data = parse(FOLDER / "index.toml")
    return [
        Slip(one.text("says"), one.text("true"), one.texts("where", least=1))
        for one in data.tables("slip")
    ]


def mistakes() -> dict[int, str]:
    """Return the mistakes that learners make: {number: name}."""
    data = parse(FOLDER / "index.toml")
    return {int(one.positive("number")): one.text("name") for one in data.tables("mistake")}


def anchor(heading: str) -> str:
    """Return the anchor that JupyterLab gives to a heading."""
    return heading.replace("`", "").replace(" ", "-")
