"""Another inner design with the same contract passes with full marks; so does the solution."""

import pytest

from duplex import catalog, progression

HOME = catalog.ROOT / "tests" / "alternatives"
DESIGNS = [
    pytest.param(lab, folder, id=f"{lab.name[:5]}-{folder.name}")
    for lab in progression.labs()
    for folder in sorted((HOME / lab.name[:5]).glob("[!.]*"))
]
by_design = pytest.mark.parametrize(("lab", "folder"), DESIGNS)


@pytest.mark.parametrize("lab", [pytest.param(lab, id=lab.name) for lab in progression.labs()])
def test_lab_has_alternative(lab):
    assert list((HOME / lab.name[:5]).glob("*/README.md"))


@by_design
def test_alternative_says_its_difference(lab, folder):
    sentence = (folder / "README.md").read_text(encoding="utf-8").strip()
    assert sentence.endswith(".") and "\n" not in sentence


@by_design
def test_alternative_has_full_marks(lab, folder, design_of, failed):
    target, _ = design_of(lab, folder)
    assert failed(lab, target) == {}
