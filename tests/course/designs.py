"""The other right designs of the labs, in tests/alternatives."""

from pathlib import Path

import pytest

from duplex import catalog, progression

HOME = catalog.ROOT / "tests" / "alternatives"


def of(lab: catalog.Lab) -> list[Path]:
    """Return the folders of a lab's other designs."""
    return sorted((HOME / lab.name[:5]).glob("[!.]*"))


def params(choose=lambda lab, known: known) -> list:
    """Return each lab with each chosen design of it, as parameters of a test."""
    return [
        pytest.param(lab, one, id=f"{lab.name[:5]}-{one.name}")
        for lab in progression.labs()
        for one in choose(lab, of(lab))
    ]
