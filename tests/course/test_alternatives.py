"""Another inner design with the same contract passes with full marks; so does the solution.

Of the designs one is judged for each of the labs 1 to 5. DUPLEX_EVERY_DESIGN names the labs, such
as "7" or "all", of which all are.
"""

import pytest

from duplex import progression
from tests.course import designs
from tests.course.thorough import due, is_quick


def first(lab, known: list) -> list:
    """Return the designs of a lab that are due: the first of a quick lab, or all."""
    return due("DUPLEX_EVERY_DESIGN", lab, known, known[:1] if is_quick(lab) else [])


@pytest.mark.parametrize("lab", [pytest.param(lab, id=lab.name) for lab in progression.labs()])
def test_lab_has_alternative(lab):
    assert any((one / "README.md").is_file() for one in designs.of(lab))


@pytest.mark.parametrize(("lab", "folder"), designs.params())
def test_alternative_says_its_difference(lab, folder):
    sentence = (folder / "README.md").read_text(encoding="utf-8").strip()
    assert sentence.endswith(".") and "\n" not in sentence


@pytest.mark.parametrize(("lab", "folder"), designs.params(first))
def test_alternative_has_full_marks(lab, folder, design_of, failed):
    target, _ = design_of(lab, folder)
    assert failed(lab, target) == {}
