"""Pictures of polling: late or wasteful, three ways side by side, the worst case, and loops."""

import re
from itertools import groupby

import matplotlib.pyplot as plt
from matplotlib.lines import Line2D
from matplotlib.ticker import StrMethodFormatter

from duplex.figures.wire import Arrow

GREY, PALE = "#666", "#9aa7b5"
MESSAGE = re.compile(r'"text": "([^"]*)"')


def trade(followed: list, seconds: float):
    """Draw, over the polling period, how late messages came and how many requests it took."""
    figure, (late, asked) = plt.subplots(1, 2, figsize=(9.4, 3.5), layout="constrained")
    periods = [one.period for one in followed]
    delays = [[1000 * delay for delay in one.follower.delays] for one in followed]
    longest = max(periods)
    late.plot([0, longest], [0, 1000 * longest], color=PALE, ls=":", label="theory: T")
    late.plot([0, longest], [0, 500 * longest], color=PALE, ls="--", label="theory: T/2")
    late.plot(periods, [max(each) for each in delays], "^", color="C3", label="longest")
    late.plot(periods, [sum(each) / len(each) for each in delays], "o", color="C1", label="mean")
    late.set(xlabel="period T (s)", ylabel="delay of a message (ms)", xlim=0, ylim=0)
    rule = [min(periods) + i * (longest - min(periods)) / 100 for i in range(101)]
    asked.plot(rule, [seconds / period for period in rule], color=PALE, ls="--",
               label=f"theory: {seconds:.1f} s / T")  # fmt: skip
    asked.plot(periods, [one.follower.requests for one in followed], "s", color="C0", label="all")
    asked.plot(periods, [one.follower.empty for one in followed], "v", color="C7",
               label="brought nothing")  # fmt: skip
    asked.set(xlabel="period T (s)", ylabel="requests", xlim=0, ylim=0)
    for axes in (late, asked):
        axes.legend(frameon=False)
        _open(axes)
    return figure


def price(rooms: dict[str, list]):
    """Draw what a message costs in bytes over the polling period, for each room."""
    figure, axes = plt.subplots(figsize=(7.2, 3.4))
    for (name, followed), colour in zip(rooms.items(), ("C0", "C1"), strict=False):
        periods = [one.period for one in followed]
        prices = [one.bytes / len(one.follower.seen) for one in followed]
        axes.plot(periods, prices, "o-", color=colour)
        axes.annotate(name, (periods[-1], prices[-1]), xytext=(8, 0), textcoords="offset points",
                      va="center", color=colour)  # fmt: skip
        for place in (0, -1):
            axes.annotate(f"{prices[place]:,.0f}", (periods[place], prices[place]), xytext=(0, 7),
                          textcoords="offset points", ha="center", color=colour)  # fmt: skip
    axes.set(xlabel="period T (s)", ylabel="bytes for each message", xscale="log", yscale="log")
    axes.set_xticks(periods, [f"{period:g}" for period in periods])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.margins(x=0.06, y=0.2)
    _open(axes)
    return figure


def worst_case(held: list[tuple[float, float]], pushed: list[tuple[float, float]], transit: float):
    """Draw how late a second message is, over the gap to the one before it (both in seconds)."""
    figure, axes = plt.subplots(figsize=(7.4, 3.8))
    unit, most = 1000 * transit, 1000 * max(gap for gap, _ in held)
    axes.plot([0, 2 * unit, most], [3 * unit, unit, unit], color=PALE, ls="--", zorder=0,
              label="theory, long polling")  # fmt: skip
    for points, label, mark, size, colour in (  # the smaller one on top, where they meet
        (held, "long polling, measured", "o", 10, "C1"), (pushed, "events, measured", "s", 5, "C0"),
    ):  # fmt: skip
        axes.plot(*zip(*[(1000 * gap, 1000 * delay) for gap, delay in points], strict=True),
                  mark, ms=size, color=colour, label=label)  # fmt: skip
    for count, name in ((1, "one transit"), (2, "two transits"), (3, "three transits")):
        axes.axhline(count * unit, color="#dde2e7", lw=0.8, zorder=-1)
        axes.annotate(name, (1, count * unit), xycoords=("axes fraction", "data"), xytext=(5, 0),
                      textcoords="offset points", va="center", fontsize=9, color=GREY)  # fmt: skip
    axes.set(xlabel="published after the message before it (ms)", ylabel="delay (ms)",
             ylim=(0, 3.8 * unit))  # fmt: skip
    axes.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1), fontsize=9)
    _open(axes)
    return figure


def side_by_side(followed: list):
    """Draw what crossed each way's line, to scale: time runs down, arrows slant."""
    start = min(passage.at for one in followed for passage in one.line.passages)
    end = max(passage.at for one in followed for passage in one.line.passages)
    figure, row = plt.subplots(1, len(followed), figsize=(3.3 * len(followed), 5.2), sharey=True,
                               layout="constrained")  # fmt: skip
    for axes, one in zip(row, followed, strict=True):
        for x, name in ((0, "client"), (1, "server")):
            axes.axvline(x, color=PALE, lw=1.2, zorder=0)
            axes.annotate(name, (x, 1), xycoords=("data", "axes fraction"), xytext=(0, 3),
                          textcoords="offset points", ha="center", fontsize=9)  # fmt: skip
        for moment in one.published:
            axes.plot(1, 1000 * (moment - start), "D", color="C2", ms=8, zorder=3)
        for arrow in crossings(one.line):
            _slant(axes, arrow, start)
        axes.set_title(one.follower.name, pad=18)
        last = 1000 * (end - start + one.line.delay)
        axes.set(xlim=(-0.12, 1.12), ylim=(last + 20, -20), xticks=[])
        axes.spines[["top", "right", "bottom", "left"]].set_visible(False)
        axes.tick_params(left=False)
    row[0].set_ylabel("time (ms)")
    figure.legend([Line2D([], [], marker="D", color="C2", ls="", ms=7)], ["a message is published"],
                  loc="outside lower center", frameon=False, fontsize=9)  # fmt: skip
    return figure


def crossings(line) -> list[Arrow]:
    """Return what crossed a line as arrows; pieces that left together are one."""
    arrows, taken = [], 0.0

    def part(passage) -> tuple[bool, int]:
        nonlocal taken, number
        number += passage.at - taken > 0.01
        taken = passage.at
        return passage.up, number

    number = 0
    for (up, _), pieces in groupby(sorted(line.passages, key=lambda one: one.at), part):
        run = list(pieces)
        text = b"".join(passage.data for passage in run).decode()
        arrows.append(Arrow(run[0].at, run[0].at + line.delay, up, _label(text, up)))
    return arrows


def _label(text: str, up: bool) -> str:
    if up:
        return "GET"
    first, *others = MESSAGE.findall(text) or [""]
    said = ", ".join([first, *(other.removeprefix("message ") for other in others)])
    return said or ("nothing" if '"messages": []' in text else "200 …")


def _slant(axes, arrow: Arrow, start: float) -> None:
    left, arrived = 1000 * (arrow.left - start), 1000 * (arrow.arrived - start)
    tail = 0 if arrow.up else 1
    colour = "C1" if arrow.up else ("C7" if arrow.label in ("nothing", "200 …") else "C0")
    style = {"arrowstyle": "-|>", "color": colour, "lw": 1.5, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (1 - tail, arrived), (tail, left), arrowprops=style)
    axes.text(0.3 if arrow.up else 0.7, left + 0.3 * (arrived - left), arrow.label, fontsize=9,
              ha="center", va="center", color=colour,
              bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip


def spans(loops: dict[str, list[tuple[float, float]]]):
    """Draw, for each loop, every question as a bar: from when it was asked to its answer."""
    figure, column = plt.subplots(len(loops), 1, figsize=(7.8, 4.6), sharex=True,
                                  layout="constrained")  # fmt: skip
    for axes, (name, asked), colour in zip(column, loops.items(), ("C3", "C0"), strict=True):
        for number, (begin, end) in enumerate(asked, 1):
            axes.barh(number, end - begin, left=begin, height=0.72, color=colour, alpha=0.75)
        axes.set_title(name, loc="left", fontsize=10)
        axes.set(ylabel="question", yticks=[1, len(asked)])
        axes.invert_yaxis()
        _open(axes)
    column[-1].set(xlabel="time (s)", xlim=0)
    return figure


def crowds(asked: dict[str, list[int]], away: float):
    """Draw the requests of a crowd in each second, for each way to wait."""
    figure, column = plt.subplots(len(asked), 1, figsize=(7.8, 5), sharex=True, sharey=True,
                                  layout="constrained")  # fmt: skip
    for number, (axes, (name, counts)) in enumerate(zip(column, asked.items(), strict=True)):
        axes.axvspan(0, away, color="#f1f3f5", zorder=-1)
        axes.stairs(counts, fill=True, color=("C3", "C1", "C0")[number])
        axes.set_title(name, loc="left", fontsize=10)
        _open(axes)
    column[0].annotate("the server is away", (away / 2, 1), xycoords=("data", "axes fraction"),
                       ha="center", xytext=(0, 4), textcoords="offset points",
                       fontsize=9, color=GREY)  # fmt: skip
    column[1].set_ylabel("requests in a second")
    column[-1].set(xlabel="time (s)", xlim=(0, len(counts)), ylim=0)
    return figure


def _open(axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
