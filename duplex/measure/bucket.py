"""Two ways to limit a rate, tried on clocks that are not real: no waiting, no chance."""

from dataclasses import dataclass, field

SIZE, RATE = 20, 10.0  # tokens in a full bucket, tokens a second
LIMIT, WINDOW = 10, 1.0  # messages in each window, seconds

Times = list[float]  # when frames come, in seconds, in order


class TokenBucket:
    """A bucket that fills by `rate` tokens a second up to `size`; each message takes one."""

    def __init__(self, size: int = SIZE, rate: float = RATE):
        self.size, self.rate = size, rate
        self.tokens, self.at = float(size), 0.0

    def level(self, now: float) -> float:
        """Return how many tokens there are."""
        return min(self.size, self.tokens + (now - self.at) * self.rate)

    def take(self, now: float) -> bool:
        """Take a token, if there is one."""
        level = self.level(now)
        allowed = level >= 1
        self.tokens, self.at = level - allowed, now
        return allowed


class Windows:
    """Counts the messages of each second, from one full second to the next."""

    def __init__(self, limit: int = LIMIT, seconds: float = WINDOW):
        self.limit, self.seconds = limit, seconds
        self.window, self.count = 0, 0

    def level(self, now: float) -> float:
        """Return how many messages the window that `now` is in has left."""
        return self.limit - (self.count if int(now / self.seconds) == self.window else 0)

    def take(self, now: float) -> bool:
        """Count a message, if the window has room for it."""
        if int(now / self.seconds) != self.window:
            self.window, self.count = int(now / self.seconds), 0
        allowed = self.count < self.limit
        self.count += allowed
        return allowed


@dataclass
class Tried:
    """What a limit did to frames: when each was allowed or refused, and what was left."""

    allowed: Times = field(default_factory=list)
    refused: Times = field(default_factory=list)
    levels: list[tuple[float, float]] = field(default_factory=list)  # time, what is left

    def most_within(self, seconds: float) -> int:
        """Return how many were allowed, at most, in any stretch of so many seconds."""
        return max((sum(start <= at < start + seconds for at in self.allowed)
                    for start in self.allowed), default=0)  # fmt: skip


def attempt(limit: TokenBucket | Windows, times: Times) -> Tried:
    """Let frames come at these times."""
    tried, step = Tried(), 0.01
    for at in times:
        before = tried.levels[-1][0] if tried.levels else 0.0
        ticks = [before + step * number for number in range(int((at - before) / step) + 1)]
        tried.levels += [(tick, limit.level(tick)) for tick in ticks]
        (tried.allowed if limit.take(at) else tried.refused).append(at)
        tried.levels.append((at, limit.level(at)))
    return tried


def every(start: float, end: float, seconds: float) -> Times:
    """Return moments from `start` to `end`, `seconds` apart."""
    return [start + seconds * number for number in range(round((end - start) / seconds))]


def typing() -> Times:
    """Somebody who writes three times a second, then pastes 15 lines, then goes on."""
    return every(0, 3, 1 / 3) + every(3, 3.15, 0.01) + every(3.5, 6, 0.5)


def flooding() -> Times:
    """A script that sends 50 frames a second."""
    return every(0, 6, 1 / 50)


def edges() -> Times:
    """A script that knows the windows: ten frames before a full second, ten after it."""
    return every(0.9, 1.0, 0.01) + every(1.0, 1.1, 0.01)
