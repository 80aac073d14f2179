"""Another inner design with the same contract passes with full marks; so does the solution.

Of the designs one is judged for each lab. DUPLEX_EVERY_DESIGN names the labs of which all are.
"""

import pytest

from duplex import catalog, progression
from tests.course.thorough import due

HOME = catalog.ROOT / "tests" / "alternatives"


def designs(every: bool = True) -> list:
    """Return each lab with its designs, or with those that are due."""
    found = []
    for lab in progression.labs():
        known = sorted((HOME / lab.name[:5]).glob("[!.]*"))
        chosen = known if every else due("DUPLEX_EVERY_DESIGN", lab, known, known[:1])
        found += [pytest.param(lab, one, id=f"{lab.name[:5]}-{one.name}") for one in chosen]
    return found


@pytest.mark.parametrize("lab", [pytest.param(lab, id=lab.name) for lab in progression.labs()])
def test_lab_has_alternative(lab):
    assert list((HOME / lab.name[:5]).glob("*/README.md"))


@pytest.mark.parametrize(("lab", "folder"), designs())
def test_alternative_says_its_difference(lab, folder):
    sentence = (folder / "README.md").read_text(encoding="utf-8").strip()
    assert sentence.endswith(".") and "\n" not in sentence


@pytest.mark.parametrize(("lab", "folder"), designs(every=False))
def test_alternative_has_full_marks(lab, folder, design_of, failed):
    target, _ = design_of(lab, folder)
    assert failed(lab, target) == {}
