"""Pictures of HTTP: what an exchange weighs, what polls add up to, what a round trip costs."""

import matplotlib.pyplot as plt
from matplotlib.ticker import StrMethodFormatter

from duplex.figures.wire import crossing

__all__ = ["crossing", "growth", "round_trips", "shares"]

PARTS = {
    "request headers": "#f2a65a", "request body": "#b8560b",
    "response headers": "#8fb8e0", "response body": "#1f5f9e",
}  # fmt: skip


def shares(rows: list[dict]):
    """Draw the bytes of each exchange as one bar: headers and bodies, both ways."""
    figure, axes = plt.subplots(figsize=(8, 1.1 + 0.55 * len(rows)))
    names = [row["exchange"] for row in rows]
    left = [0] * len(rows)
    for part, colour in PARTS.items():
        width = [row[part] for row in rows]
        axes.barh(names, width, left=left, color=colour, label=part, height=0.62)
        left = [start + size for start, size in zip(left, width, strict=True)]
    for place, total in enumerate(left):
        axes.text(total, place, f" {total:,}", va="center", fontsize=9, color="#444")
    axes.invert_yaxis()
    axes.set(xlabel="bytes on the wire", xlim=(0, 1.1 * max(left)))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.legend(loc="lower center", bbox_to_anchor=(0.45, 1), ncols=4, frameon=False, fontsize=9)
    _open(axes)
    return figure


def growth(rows: list[dict[str, int]]):
    """Draw the bytes on the wire, and the bytes of news in them, as polls add up."""
    figure, axes = plt.subplots(figsize=(7.4, 3.2))
    polls = range(1, len(rows) + 1)
    for key, label, colour in (("wire", "on the wire", "C1"), ("news", "of news", "C0")):
        values = [row[key] for row in rows]
        axes.step(polls, values, where="post", color=colour, lw=2)
        axes.annotate(f"{values[-1]:,} bytes {label}", (polls[-1], values[-1]), xytext=(-6, 6),
                      textcoords="offset points", ha="right", color=colour)  # fmt: skip
    axes.set(xlabel="polls", ylabel="bytes so far", ylim=(0, 1.15 * rows[-1]["wire"]))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    _open(axes)
    return figure


def round_trips(new: list[float], kept: list[float], round_trip: float):
    """Draw how long each answer took, on new connections and on a kept one (seconds)."""
    figure, axes = plt.subplots(figsize=(7.4, 3.2))
    for seconds, label, colour, mark, aside in (
        (new, "a new connection for each request", "C1", "o", -0.09),
        (kept, "one connection, kept", "C0", "s", 0.09),
    ):
        places = [number + aside for number in range(1, len(seconds) + 1)]
        times = [1000 * one for one in seconds]
        axes.plot(places, times, mark, color=colour, label=label, ms=6)
    for count in (1, 2):
        height = 1000 * count * round_trip
        axes.axhline(height, color="#9aa7b5", lw=0.8, ls="--", zorder=0)
        axes.annotate(f"{count} round trip{'s' if count > 1 else ''}", (len(new) + 0.4, height),
                      xytext=(0, -3), textcoords="offset points", ha="right", va="top",
                      fontsize=9, color="#666")  # fmt: skip
    top = max(2400 * round_trip, *(1100 * one for one in new + kept))
    axes.set(xlabel="request", ylabel="until the answer was read (ms)",
             xlim=(0.6, len(new) + 0.4), ylim=(0, top))  # fmt: skip
    axes.set_xticks(range(1, len(new) + 1))
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)
    _open(axes)
    return figure


def _open(axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
