"""Pictures of notebook 12: costs of a message, a contest, a histogram, and two ends of a server."""

import math

import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

from duplex.measure.ending import Ending
from duplex.measure.fanout import Round

GOOD, BAD, GREY, DARK = "#5b8db8", "#c8402f", "#dfe3e8", "#444"
STEPS = ("#c8402f", "#e8a33d", "#8d7bb8", "#5b8db8")


def ways(clients: int = 6):
    """Draw a message's way to so many clients: through as many channels, and through a hub."""
    figure, row = plt.subplots(1, 2, figsize=(9.2, 3.0), layout="constrained")
    places = [clients / 2 - 0.5 - place for place in range(clients)]
    for axes, title, hub in zip(row, ("the usual chat", "a hub"), (False, True), strict=True):
        axes.set_title(title, loc="left", fontsize=10)
        for place in places:
            start, colour = (1.93, GOOD) if hub else (0.48, BAD)
            _arrow(axes, (start, 0), (2.45, place), colour)
            _box(axes, 2.8, place, "queue" if hub else "consumer", "#cfe1f5" if hub else "#f8d9d6")
            _arrow(axes, (3.17, place), (3.5, place), "#9aa7b5")
            _box(axes, 3.85, place, "client", "#eef1f4")
        if hub:
            _arrow(axes, (0.48, 0), (1.05, 0), BAD)
            _box(axes, 1.5, 0, "hub", "#cfe1f5", 0.8, 1.3)
        _box(axes, 0, 0, "channel\nlayer", "#e4def0", 0.9, 1.3)
        axes.set(xlim=(-0.6, 4.2), ylim=(-clients / 2, clients / 2))
        axes.axis("off")
    return figure


def _box(axes, x, y, text: str, colour: str, wide: float = 0.7, high: float = 0.7) -> None:
    axes.add_patch(FancyBboxPatch(
        (x - wide / 2, y - high / 2), wide, high, boxstyle="round,pad=0,rounding_size=0.06",
        facecolor=colour, edgecolor="none",
    ))  # fmt: skip
    axes.text(x, y, text, ha="center", va="center", fontsize=8.5)


def _arrow(axes, tail: tuple, head: tuple, colour: str) -> None:
    axes.annotate("", head, tail, arrowprops={"arrowstyle": "->", "color": colour, "lw": 1.3})


def costs(found: dict[str, dict[str, float]]):
    """Draw the microseconds of each delivery as a bar for each design, step by step."""
    figure, axes = plt.subplots(figsize=(8.6, 2.2), layout="constrained")
    for row, steps in enumerate(found.values()):
        left = 0.0
        for colour, (name, spent) in zip(STEPS, steps.items(), strict=True):
            axes.barh(row, spent, left=left, height=0.6, color=colour,
                      label=None if row else name)  # fmt: skip
            left += spent
        axes.annotate(f"{left:.1f} µs", (left, row), xytext=(4, 0), textcoords="offset points",
                      va="center", fontsize=9)  # fmt: skip
    axes.set_yticks(range(len(found)), list(found))
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.set_xlabel("for each delivery (µs), without the sockets")
    figure.legend(loc="outside upper center", ncols=4, frameon=False)
    _open(axes)
    return figure


def contest(rounds: list[Round]):
    """Draw deliveries a second as multiples of the first chat's, and the CPU of each delivery."""
    sizes = sorted({one.clients for one in rounds})
    chats = list(dict.fromkeys(one.chat for one in rounds))
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.2, 3.4), layout="constrained")
    width = 0.8 / len(chats)
    for place, chat in enumerate(chats):
        for number, size in enumerate(sizes):
            by = {one.chat: one for one in rounds if one.clients == size}
            x, colour = number + width * (place - 0.5), ("#9aa7b5", GOOD)[place]
            ratio = by[chat].rate / by[chats[0]].rate
            bar = left.bar(x, ratio, 0.9 * width, color=colour, label=None if number else chat)
            left.bar_label(bar, [f"{ratio:.1f} ×"], fontsize=9)
            bar = right.bar(x, by[chat].cpu, 0.9 * width, color=colour)
            right.bar_label(bar, [f"{by[chat].cpu:.0f}"], fontsize=9)
    left.set_ylabel(f"deliveries a second,\ntimes the {chats[0]}'s")
    right.set_ylabel("server's CPU for each delivery (µs)")
    for axes in (left, right):
        axes.set_xticks(range(len(sizes)), [str(size) for size in sizes])
        axes.set_xlabel("clients in the room")
        axes.margins(y=0.12)
        _open(axes)
    left.legend(loc="upper left", frameon=False)
    return figure


def histogram(bounds: dict[float, float]):
    """Draw how many deliveries fell between two bounds; what Prometheus stores is their sum."""
    names = sorted(bounds)
    counts = [bounds[name] - (bounds[names[place - 1]] if place else 0)
              for place, name in enumerate(names)]  # fmt: skip
    figure, axes = plt.subplots(figsize=(8.6, 2.8), layout="constrained")
    bars = axes.bar(range(len(names)), counts, 0.85, color=GOOD)
    axes.bar_label(bars, [f"{count:.0f}" if count else "" for count in counts], fontsize=9)
    labels = ["more" if math.isinf(name) else f"{1000 * name:g}" for name in names]
    axes.set_xticks(range(len(names)), labels)
    axes.set(xlabel="from storing to handing out, up to so many ms", ylabel="messages")
    axes.margins(y=0.15)
    _open(axes)
    return figure


def endings(found: dict[str, Ending]):
    """Draw who said what until when, a row for each client: acknowledged, in doubt, closed."""
    figure, rows = plt.subplots(len(found), 1, figsize=(8.8, 2.3 * len(found)), sharey=True,
                                squeeze=False, layout="constrained")  # fmt: skip
    for axes, (title, ending) in zip(rows[:, 0], found.items(), strict=True):
        _ending(axes, ending)
        axes.set_title(f"{title}: exit status {ending.status}", loc="left", fontsize=10)
    rows[-1, 0].set_xlabel("after the signal (ms)")
    marks = [plt.Line2D([], [], color=colour, marker=mark, ls="", ms=6)
             for colour, mark in ((GOOD, "o"), (BAD, "x"), (DARK, "s"), (BAD, "v"))]  # fmt: skip
    words = "acknowledged", "never acknowledged", "closed with 1001", "cut, no close frame"
    figure.legend(marks, words, loc="outside upper center", ncols=4, frameon=False)
    return figure


def _ending(axes, ending: Ending) -> None:
    zero = ending.start + ending.asked
    ms = lambda moment: 1000 * (moment - zero)  # noqa: E731
    axes.axvspan(0, 1000 * (ending.ended - ending.asked), color="#eef1f4", zorder=0)
    for row, one in enumerate(ending.people):
        told = [ms(at) for at in one.acked.values()]
        vain = [ms(at) for text, at in one.said.items() if text not in one.acked]
        axes.plot(told, [row] * len(told), "o", color=GOOD, ms=3.5)
        axes.plot(vain, [row - 0.22] * len(vain), "x", color=BAD, ms=5)
        mark, colour = ("v", BAD) if one.code is None else ("s", DARK)
        axes.plot([ms(one.closed)], [row + 0.24], mark, color=colour, ms=6)
    axes.axvline(0, color=DARK, lw=1)
    axes.set_yticks(range(len(ending.people)), [one.name for one in ending.people])
    axes.set_ylim(-0.6, len(ending.people) - 0.4)
    axes.set_xlim(left=-120)
    _open(axes)


def _open(axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
