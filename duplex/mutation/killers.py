"""Which test has killed which mutant: who killed its neighbours likely kills a mutant, too."""

from collections import Counter
from collections.abc import Iterable

from duplex.mutation.mutants import Mutant


class Killers:
    """Kills so far, each an id, a task and its test.

    `first` puts tasks in the order worth trying, `ahead` tests.
    """

    def __init__(self, kills: Iterable[tuple[str, str, str]] = ()):
        self._kills, self._tests = Counter(), {}
        for kill in kills:
            self.note(*kill)

    def note(self, mutant_id: str, task: str, test: str = "") -> None:
        """Remember that a test of a task has killed a mutant."""
        found = [task, test] if test else [task]
        self._kills.update((place, one) for place in _places(mutant_id) for one in found)
        self._tests |= {test: None} if test else {}

    def first(self, mutant: Mutant, tasks: Iterable[str]) -> list[str]:
        """Return these tasks: that of the mutant's region, then those that killed more near it."""
        return sorted(tasks, key=lambda task: (task != mutant.task, *self._near(mutant, task)))

    def ahead(self, mutant: Mutant) -> list[str]:
        """Return all tests that have killed something, those first that killed more near it."""
        return sorted(self._tests, key=lambda test: self._near(mutant, test))

    def _near(self, mutant: Mutant, who: str) -> list[int]:
        return [-self._kills[place, who] for place in _places(mutant.id)]


def _places(mutant_id: str) -> list[str]:
    """Return where a mutant is, from near to far: itself, its function, its file, its lab."""
    file, where, _ = mutant_id.split(":", 2)
    return [mutant_id, f"{file}:{where}", file, ""]
