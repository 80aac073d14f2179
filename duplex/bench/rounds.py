"""Measure several things in turn, round by round, so that they share a busy computer's moods."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from duplex.errors import CourseError
from duplex.sockets import WireError


@dataclass(frozen=True)
class Workload:
    """One thing to measure: its name, and a function that does it once.

    The function may return the seconds that count; otherwise the whole call counts.
    """

    name: str
    run: Callable[[], float | None]


@dataclass
class Measured:
    """The seconds that a workload took, one for each round."""

    name: str
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.seconds)


@dataclass(frozen=True)
class Ratio:
    """How many times as long one workload takes as another, and how many it may take."""

    name: str
    over: str
    under: str
    bound: float


@dataclass(frozen=True)
class Found:
    """A measured ratio: its value in each round, their median, and whether that is in bounds."""

    ratio: Ratio
    values: list[float]

    @property
    def median(self) -> float:
        """The middle one of the rounds' ratios."""
        return statistics.median(self.values)

    @property
    def holds(self) -> bool:
        """Tell whether the median is within the bound."""
        return self.median <= self.ratio.bound


def measure(
    workloads: list[Workload],
    rounds: int,
    tell: Callable[[Workload, int], None] = lambda workload, number: None,
) -> dict[str, Measured]:
    """Run each workload once in each round; round 0 warms the caches and does not count.

    `tell` hears of each run before it begins.
    """
    measured = {one.name: Measured(one.name) for one in workloads}
    for number in range(rounds + 1):
        for one in workloads:
            tell(one, number)
            seconds = _timed(one)
            if number:
                measured[one.name].seconds.append(seconds)
    return measured


def _timed(workload: Workload) -> float:
    start = time.perf_counter()
    try:
        told = workload.run()
    except (CourseError, WireError, OSError) as error:
        raise CourseError(
            f"Measuring stopped at {workload.name!r} ({str(error).rstrip('.')}): see that it "
            "works by itself, then measure again."
        ) from error
    return time.perf_counter() - start if told is None else told


def compare(ratio: Ratio, measured: dict[str, Measured]) -> Found:
    """Divide round by round, so that a slow moment of the computer weighs on both sides."""
    pairs = zip(measured[ratio.over].seconds, measured[ratio.under].seconds, strict=True)
    return Found(ratio, [over / under for over, under in pairs])
