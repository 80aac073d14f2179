"""Pictures of limits: bytes that pile up for one reader, and frames that come too fast."""

import matplotlib.pyplot as plt

from duplex.measure.bucket import Tried
from duplex.measure.memory import MEGA, Piled

ALLOWED, REFUSED = "C2", "C3"


def piled(stories: dict[str, Piled]):
    """Draw how a server's memory grows while a reader asks for more, and reads nothing."""
    figure, axes = plt.subplots(figsize=(7.2, 3.4))
    for (name, story), colour in zip(stories.items(), ("C3", "C0"), strict=True):
        asked, grown = ([value / MEGA for value in line] for line in (story.asked, story.grown))
        axes.plot(asked, grown, "-o", ms=4, color=colour, label=name)
    axes.set(xlabel="asked for by one client that reads nothing (MB)",
             ylabel="the server's memory\nhas grown by (MB)")  # fmt: skip
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper left", frameon=False)
    return figure


def limits(tried: dict[str, dict[str, Tried]]):
    """Draw {who: {limit: what it did}}: what was left, and which frames were refused."""
    rows, columns = list(next(iter(tried.values()))), list(tried)
    figure, grid = plt.subplots(len(rows), len(columns), figsize=(9.4, 4.6), sharex="col",
                                sharey="row", squeeze=False)  # fmt: skip
    for column, who in enumerate(columns):
        for row, limit in enumerate(rows):
            _draw_limit(grid[row][column], tried[who][limit])
        grid[0][column].set_title(who, fontsize=10.5)
        grid[-1][column].set_xlabel("seconds")
    for row, limit in enumerate(rows):
        grid[row][0].set_ylabel(f"{limit}\nleft (messages)")
    figure.tight_layout()
    return figure


def _draw_limit(axes, tried: Tried) -> None:
    axes.plot(*zip(*tried.levels, strict=True), color="#777", lw=1)
    top = max(level for _, level in tried.levels)
    for times, colour, place in ((tried.allowed, ALLOWED, 1.16), (tried.refused, REFUSED, 1.34)):
        axes.plot(times, [place * top] * len(times), "|", color=colour, ms=8)
    last = max(at for at, _ in tried.levels)
    axes.text(last * 1.02, 1.16 * top, f"{len(tried.allowed)} pass", color=ALLOWED, va="center",
              fontsize=9)  # fmt: skip
    axes.text(last * 1.02, 1.34 * top, f"{len(tried.refused)} refused", color=REFUSED, va="center",
              fontsize=9)  # fmt: skip
    axes.set(ylim=(-0.05 * top, 1.5 * top), xlim=(0, None))
    axes.spines[["top", "right"]].set_visible(False)
