"""Signs of a known mistake: conditions over the evidence of one failed task, all of which hold.

A mistake's file has one `[[sign]]` for each way in which it shows. Its texts are regular
expressions that are searched for: `log`, `saw`, `wanted`, `where`, `message`, `should`; `test` fits
the whole name of the test that failed. `shape` and `unless` are tables of rules (`duplex.diagnosis.
shapes`) that the code must have, or must not have; `at` is a rule that only shows the place.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from duplex.diagnosis import shapes
from duplex.diagnosis.code import Code, Place
from duplex.diagnosis.evidence import Evidence
from duplex.table import Table

TEXTS = {"log": 4, "saw": 2, "message": 2, "where": 2, "wanted": 1, "test": 1}  # what each weighs
SHAPE = 3


@dataclass(frozen=True)
class Rule:
    """A named shape with its parameters."""

    name: str
    parameters: tuple[tuple[str, str], ...]

    def places(self, code: Code) -> list[Place]:
        """Return where a project has the shape."""
        return list(shapes.places(code, self.name, dict(self.parameters)))


@dataclass(frozen=True)
class Sign:
    """One way in which a mistake shows."""

    texts: tuple[tuple[str, re.Pattern], ...]
    shape: tuple[Rule, ...] = ()
    unless: tuple[Rule, ...] = ()
    at: tuple[Rule, ...] = ()
    anywhere: bool = False

    @property
    def weight(self) -> int:
        """How much it takes for the sign to hold."""
        return sum(TEXTS[name] for name, _ in self.texts) + SHAPE * len(self.shape)

    def holds(self, evidence: Evidence, code: Code) -> bool:
        """Tell whether every condition holds."""
        seen = all(_fits(name, wanted, evidence) for name, wanted in self.texts)
        return seen and self.fits(code)

    def fits(self, code: Code) -> bool:
        """Tell whether the conditions on the code hold, whatever was seen."""
        has = all(rule.places(code) for rule in self.shape)
        return has and not any(rule.places(code) for rule in self.unless)

    def place(self, evidence: Evidence, code: Code) -> Place | None:
        """Return the line to look at: the code's, or else the one that the log blames."""
        for rule in (*self.at, *self.shape):
            if found := rule.places(code):
                return found[0]
        logged = [wanted for name, wanted in self.texts if name == "log"]
        return next(filter(None, map(evidence.blamed, logged)), None)


def _fits(name: str, wanted: re.Pattern, evidence: Evidence) -> bool:
    text = getattr(evidence, name)
    return bool(wanted.fullmatch(text) if name == "test" else wanted.search(text))


def read_sign(entry: Table) -> Sign:
    """Read one sign; slips in it are told by file and key."""
    texts = [(name, _regex(entry, name)) for name in TEXTS if entry.has(name)]
    rules = {name: tuple(_rules(entry, name)) for name in ("shape", "unless", "at")}
    anywhere = entry.take("anywhere", False) is True
    entry.close()
    if not texts:
        entry.fail("log", "is missing, and so is every other text; code alone is no sign")
    return Sign(tuple(texts), **rules, anywhere=anywhere)


def _regex(entry: Table, name: str) -> re.Pattern:
    try:
        return re.compile(entry.text(name))
    except re.error as error:
        entry.fail(name, f"is no regular expression ({error})")


def _rules(entry: Table, name: str) -> Iterator[Rule]:
    given = entry.take(name, [])
    for one in given if isinstance(given, list) else [given]:
        if not isinstance(one, dict) or not isinstance(one.get("rule"), str):
            entry.fail(name, 'must be tables such as {rule = "not_awaited", call = "send"}')
        parameters = {key: value for key, value in one.items() if key != "rule"}
        if fault := shapes.fault(one["rule"], parameters):
            entry.fail(name, fault)
        yield Rule(one["rule"], tuple(parameters.items()))
