"""Mutation of a sample: which mutants it holds, what its score is worth, and who judges first."""

import pytest

from duplex import catalog
from duplex.mutation.kept import Kept, Verdict
from duplex.mutation.killers import Killers
from duplex.mutation.mutants import Mutant
from duplex.mutation.sample import sample, wilson

TASKS = ["1.1", "1.2", "1.3", "1.4", "1.5"]


def mutant(number: int, where: str = "view", task: str | None = None) -> Mutant:
    """Return a mutant of one place."""
    return Mutant(1, "chat/views.py", where, "constant", number, task, 1, "a → b", f"b{number}")


MANY = [mutant(number) for number in range(50)]


def test_larger_sample_holds_the_smaller():
    parts = [sample(MANY, size) for size in (0, 7, 20, 50, 99)]
    assert [len(part) for part in parts] == [0, 7, 20, 50, 50]
    for smaller, larger in zip(parts, parts[1:], strict=False):
        assert set(smaller) <= set(larger)


def test_sample_stays_when_others_come():
    more = [*MANY, *(mutant(number, "other") for number in range(9))]
    drawn = [one for one in sample(more, 20) if one in MANY]
    assert set(drawn) <= set(sample(MANY, 20))


def test_sample_is_in_order_and_no_beginning():
    drawn = sample(MANY, 20)
    assert drawn == [one for one in MANY if one in drawn] != MANY[:20]
    assert sample(MANY, None) == MANY


@pytest.mark.parametrize(("hits", "tries", "between"), [
    (50, 100, (0.404, 0.596)), (19, 20, (0.764, 0.991)), (10, 10, (0.722, 1.0)),
    (0, 10, (0.0, 0.278)), (0, 0, (0.0, 1.0)),
])  # fmt: skip
def test_interval_is_wilsons(hits, tries, between):
    assert wilson(hits, tries) == pytest.approx(between, abs=0.0006)


def test_likeliest_killer_comes_first():
    near, file = mutant(1), mutant(1, "other")
    kills = (near.id, "1.4", "test_a"), (file.id, "1.5", "test_b"), (file.id, "1.5", "test_b")
    killers = Killers(kills)
    killers.note("chat/models.py:Message:constant:1", "1.3", "test_c")
    killers.note("chat/models.py:Message:constant:2", "1.3")  # there was no test, or it is unknown
    assert killers.first(mutant(2), TASKS) == ["1.4", "1.5", "1.3", "1.1", "1.2"]
    assert killers.first(mutant(2, task="1.2"), TASKS)[:2] == ["1.2", "1.4"]
    assert killers.first(mutant(2, "third"), TASKS)[:2] == ["1.5", "1.4"]
    assert killers.ahead(mutant(2)) == ["test_a", "test_b", "test_c"]


def test_kept_kills_are_known(lab_one):
    lab_one.write("tests/labs/test_lab01_polling.py", "")
    kept = Kept(catalog.lab(1))
    kept.add(mutant(1), Verdict("killed", "1.4", "test_a"))
    kept.add(mutant(2), Verdict("lives"))
    assert list(Kept(catalog.lab(1)).kills()) == [(mutant(1).id, "1.4", "test_a")]
