"""What a contest of chat servers measures, and the ratios that it is about."""

import statistics
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Contestant:
    """A way to serve a chat: `words` for Python, in a copy of a project of bench/projects.

    Without a `project` it is lab 08's solution, with its log-in.
    """

    key: str
    name: str
    words: tuple[str, ...]
    project: str | None


@dataclass(frozen=True)
class Run:
    """What one run of a server with one crowd measured; times in seconds, memory in bytes."""

    deliveries: float  # a second, with many messages in flight
    p99: float  # of the time from saying to hearing, meanwhile
    cpu: float  # the server's, for each delivery
    alone: float  # deliveries a second, one message at a time
    alone_p99: float
    memory: float  # the server's resident set, at the end
    per_client: float
    busy: float  # the share of a core that the crowd itself took

    @classmethod
    def of(cls, told: dict) -> "Run":
        """Return what a crowd told."""
        full, alone = told["full"], told["alone"]
        return cls(
            full["deliveries"] / full["seconds"], full["p99"], full["cpu"] / full["deliveries"],
            alone["deliveries"] / alone["seconds"], alone["p99"],
            told["memory"], told["per_client"], full["busy"],
        )  # fmt: skip


@dataclass
class Board:
    """All runs: for each contestant and size one a round."""

    runs: dict[tuple[str, int], list[Run]] = field(default_factory=dict)

    def add(self, key: str, clients: int, run: Run) -> None:
        """Note a run of the next round."""
        self.runs.setdefault((key, clients), []).append(run)

    def median(self, key: str, clients: int, what: str) -> float:
        """Return the middle one of the rounds."""
        return statistics.median(getattr(run, what) for run in self.runs[key, clients])

    def ratios(self, what: str, over: tuple[str, int], under: tuple[str, int]) -> list[float]:
        """Divide round by round, so that a slow moment of the computer weighs on both sides."""
        pairs = zip(self.runs[over], self.runs[under], strict=True)
        return [getattr(one, what) / getattr(other, what) for one, other in pairs]

    def ratio(self, what: str, over: tuple[str, int], under: tuple[str, int]) -> float:
        """Return the middle one of the rounds' ratios."""
        return statistics.median(self.ratios(what, over, under))


@dataclass(frozen=True)
class Goal:
    """How many times the deliveries a second of one run another must reach, at least."""

    name: str
    over: tuple[str, int]
    under: tuple[str, int]
    least: float

    def measured_on(self, board: Board) -> bool:
        """Tell whether both sides were measured."""
        return self.over in board.runs and self.under in board.runs

    def values(self, board: Board) -> list[float]:
        """Return the ratio in each round."""
        return board.ratios("deliveries", self.over, self.under)

    def by_cpu(self, board: Board) -> float:
        """Return the ratio in deliveries for each second of the server's CPU.

        Other work on the computer does not change it much, as it does the deliveries a second.
        """
        return board.ratio("cpu", self.under, self.over)

    def reached(self, board: Board) -> bool:
        """Tell whether the median reaches it."""
        return statistics.median(self.values(board)) >= self.least
