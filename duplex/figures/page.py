"""Pictures of a page: its queue, its buffer, its attempts to come back."""

from itertools import chain

import matplotlib.pyplot as plt

from duplex.measure.page import Attempt, Wait

MIB = 2**20
GREY, SHADE, TEXT = "#9aa7b5", "#f7d49b", "#666"


def queue(waited: list[Wait], busy: list[tuple[float, float]], title: str):
    """Draw each message from the moment it came to the moment its handler ran."""
    start = min(wait.came for wait in waited)
    figure, axes = plt.subplots(figsize=(8.2, 2.5))
    for began, ended in busy:
        axes.axvspan(began - start, ended - start, color=SHADE, alpha=0.55, lw=0)
    for wait in waited:
        axes.plot([wait.came - start, wait.handled - start], [1, 0], color="C0", lw=0.9, alpha=0.7)
    for height, moments in ((1, [w.came for w in waited]), (0, [w.handled for w in waited])):
        axes.plot([at - start for at in moments], [height] * len(moments), "o", color="C0", ms=4)
    axes.set_yticks([1, 0], ["came", "onmessage ran"])
    axes.set(ylim=(-0.35, 1.35), xlabel="time (ms)")
    axes.set_title(f"{title} (shaded: a script holds the thread)", loc="left", fontsize=11)
    axes.spines[["top", "right", "left"]].set_visible(False)
    return figure


def delays(series: dict[str, list[Wait]], period: float):
    """Draw how long each message waited, handled in different ways."""
    figure, axes = plt.subplots(figsize=(8.2, 3.2))
    start = min(wait.came for wait in chain.from_iterable(series.values()))
    for (name, waited), colour in zip(series.items(), ("C0", "C1"), strict=True):
        moments, heights = [w.came - start for w in waited], [w.time for w in waited]
        axes.vlines(moments, 0, heights, color=colour, alpha=0.35)
        axes.plot(moments, heights, "o", color=colour, label=name, ms=5)
    axes.axhline(period, color="#888", lw=0.8, ls="--")
    axes.annotate("the period", (0, period), xytext=(0, 3), textcoords="offset points",
                  fontsize=9, color=TEXT)  # fmt: skip
    axes.set(xlabel="the message came at (ms)", ylabel="it waited (ms)")
    axes.set_ylim(0, 1.2 * max(period, *(w.time for w in chain.from_iterable(series.values()))))
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.17), ncols=2, frameon=False)
    return figure


def buffered(runs: dict[str, list[list[float]]], limit: float):
    """Draw bufferedAmount over time, of [milliseconds, bytes], for senders of different manners."""
    figure, axes = plt.subplots(figsize=(8.2, 3.2))
    for (name, points), colour in zip(runs.items(), ("C1", "C0"), strict=True):
        times, amounts = zip(*points, strict=True)
        axes.plot(times, [amount / MIB for amount in amounts], ".-", color=colour, label=name, ms=5)
    axes.axhline(limit / MIB, color="#888", lw=0.8, ls="--")
    axes.annotate("the polite sender's limit", (0, limit / MIB), xytext=(0, 3), fontsize=9,
                  textcoords="offset points", color=TEXT)  # fmt: skip
    axes.set(xlabel="time (ms)", ylabel="bufferedAmount (MiB)")
    axes.set_ylim(bottom=0)
    axes.legend(loc="upper left", frameon=False)
    return figure


def comeback(tried: list[Attempt]):
    """Draw the attempts after a loss: crosses that failed, a dot that worked, waits between."""
    figure, axes = plt.subplots(figsize=(8.2, 1.9))
    back = tried[-1].ended
    ends = [0.0, *(attempt.ended for attempt in tried)]
    for attempt, end in zip(tried, ends, strict=False):
        axes.plot([end, attempt.began], [0, 0], color=GREY, lw=1.2, zorder=1)
        wait = attempt.began - end
        if wait > 0.09 * back:  # else there is no room for its figure
            axes.text(end + wait / 2, 0.12, f"{1000 * wait:.0f} ms", ha="center", fontsize=9.5)
    failed = [attempt.began for attempt in tried if not attempt.worked]
    axes.plot([0], [0], "s", color="#b3261e", ms=8, label="the connection is lost")
    axes.plot(
        failed, [0] * len(failed), "x", color="#b3261e", ms=9, mew=2, label="an attempt fails"
    )
    axes.plot([back], [0], "o", color="#177a4b", ms=9, label="connected again")
    axes.set(ylim=(-0.3, 0.4), xlabel="time after the loss (s)")
    axes.set_yticks([])
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 0.9), ncols=3, frameon=False)
    return figure


def herd(crowds: dict[str, list[list[float]]], width: float = 20.0):
    """Draw how many clients try at the same moment, one panel for each way of waiting."""
    figure, panels = plt.subplots(len(crowds), 1, figsize=(8.2, 3.8), sharex=True, sharey=True)
    last = max(chain.from_iterable(chain.from_iterable(crowds.values())))
    edges = [place * width for place in range(int(last // width) + 2)]
    for axes, (name, clients), colour in zip(panels, crowds.items(), ("C1", "C0"), strict=True):
        moments = list(chain.from_iterable(clients))
        axes.hist([moment / 1000 for moment in moments], [edge / 1000 for edge in edges],
                  histtype="stepfilled", color=colour)  # fmt: skip
        axes.set_title(name, loc="left", fontsize=11)
        axes.spines[["top", "right"]].set_visible(False)
    panels[-1].set_xlabel("time after the loss (s)")
    figure.supylabel(f"attempts in {width:g} ms", fontsize=10)
    figure.tight_layout()
    return figure
