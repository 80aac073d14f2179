"""The mutants that are listed as invisible are mutants of their lab, each with a reason."""

import pytest

from duplex import catalog, progression
from duplex.mutation import invisible
from duplex.mutation.mutants import mutants

LABS = [lab for lab in progression.labs() if invisible.file_of(lab).is_file()]


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)
def test_listed_mutants_exist(lab):
    assert invisible.stale(lab, mutants(lab)) == []


def test_each_list_belongs_to_a_lab():
    files = {path.name for path in (catalog.ROOT / "tests" / "mutants").iterdir()}
    assert files == {invisible.file_of(lab).name for lab in LABS}
