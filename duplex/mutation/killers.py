"""Which task has killed which mutant: who killed its neighbours likely kills a mutant, too."""

from collections import Counter
from collections.abc import Iterable

from duplex.mutation.mutants import Mutant


class Killers:
    """Kills so far, each an id and a task; `first` puts tasks in the order worth trying."""

    def __init__(self, kills: Iterable[tuple[str, str]] = ()):
        self._kills = Counter()
        for mutant_id, task in kills:
            self.note(mutant_id, task)

    def note(self, mutant_id: str, task: str) -> None:
        """Remember that a task has killed a mutant."""
        self._kills.update((place, task) for place in _places(mutant_id))

    def first(self, mutant: Mutant, tasks: Iterable[str]) -> list[str]:
        """Return these tasks: that of the mutant's region, then those that killed more near it."""
        places = _places(mutant.id)
        return sorted(tasks, key=lambda task: (
            task != mutant.task, *(-self._kills[place, task] for place in places)))  # fmt: skip


def _places(mutant_id: str) -> list[str]:
    """Return where a mutant is, from near to far: itself, its function, its file, its lab."""
    file, where, _ = mutant_id.split(":", 2)
    return [mutant_id, f"{file}:{where}", file, ""]
