"""Pictures of notebook 10: kills, views, seams, ids that come late, and crowds that come back."""

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle

from duplex.figures.identity import sequence
from duplex.measure.delivery import Killed
from duplex.measure.herd import Herd
from duplex.measure.seam import Joined, Resent
from duplex.measure.trouble import View
from duplex.measure.writers import Followed

__all__ = ["herds", "kills", "late", "resent", "seams", "views"]

GREY, GOOD, BAD, TWICE = "#9aa7b5", "#5b8db8", "#c8402f", "#e8a33d"
STEP = 0.05  # seconds, the width of a bar


def kills(stories: dict[str, Killed]):
    """Draw when each note was acknowledged, by writer; a cross: it is not there afterwards."""
    figure, rows = plt.subplots(len(stories), 1, figsize=(8.4, 2.2 * len(stories)), sharex=True,
                                sharey=True, layout="constrained")  # fmt: skip
    for axes, (title, story) in zip(rows, stories.items(), strict=True):
        writers = list(dict.fromkeys(fate.writer for fate in story.fates))
        for kept, mark, colour in ((True, "o", GOOD), (False, "X", BAD)):
            shown = [one for one in story.fates if one.acked is not None and one.stored == kept]
            axes.plot([1000 * one.acked for one in shown],
                      [writers.index(one.writer) + 1 for one in shown], mark, color=colour,
                      ms=4 if kept else 10, label="stored" if kept else "lost")  # fmt: skip
        axes.axvline(1000 * story.at, color="#444", lw=1.2)
        axes.annotate("SIGKILL", (1000 * story.at, 1), xycoords=("data", "axes fraction"),
                      xytext=(4, -12), textcoords="offset points", fontsize=9)  # fmt: skip
        axes.set_title(title, loc="left", fontsize=10)
        axes.set(
            ylabel="writer", yticks=range(2, len(writers) + 1, 2), ylim=(0.3, len(writers) + 0.9)
        )
        axes.margins(x=0.08)
        _open(axes)
    rows[-1].set_xlabel("acknowledged (ms after the first connection)")
    rows[0].legend(loc="upper left", ncols=2, frameon=False, title="acknowledged, and then:",
                   fontsize=9, title_fontsize=9)  # fmt: skip
    return figure


def resent(story: Resent):
    """Draw who said what to whom, from the recorded frames; a cross: cut on the way."""
    figure = sequence(story.lanes, story.steps)
    axes = figure.axes[0]
    for y, (_, _, words) in enumerate(story.steps):
        if "cut" in words:
            axes.plot([0.06], [y], "X", color=BAD, ms=12, mec="white", mew=1.5, zorder=3)
    return figure


def views(found: dict[str, View]):
    """Draw each note as a square, a line for each writer; its colour: how often it was seen."""
    figure, column = plt.subplots(len(found), 1, figsize=(8.6, 1.15 * len(found) + 0.5),
                                  squeeze=False, layout="constrained")  # fmt: skip
    rows = column[:, 0]
    for axes, (title, view) in zip(rows, found.items(), strict=True):
        writers = list(dict.fromkeys(text.partition(",")[0] for text in view.said))
        each = len(view.said) // len(writers)
        for place, times in enumerate(view.times):
            line, column = divmod(place, each)
            colour = (BAD, "#cfe1f5")[times] if times < 2 else TWICE
            axes.add_patch(Rectangle((column + 0.5, line), 0.86, 0.86, color=colour, lw=0))
        axes.set(xlim=(0, each + 1), ylim=(len(writers), -0.2), yticks=[])
        axes.set_title(title, loc="left", fontsize=10)
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0, labelbottom=axes is rows[-1])
    rows[-1].set_xlabel("each writer's notes, one line a writer")
    patches = [Rectangle((0, 0), 1, 1, color=colour) for colour in (BAD, "#cfe1f5", TWICE)]
    figure.legend(patches, ["never seen", "seen once", "seen twice"], ncols=3, frameon=False,
                  loc="outside lower center", fontsize=9)  # fmt: skip
    return figure


def seams(found: dict[str, Joined]):
    """Draw what a server did while a client came, in order, and what the client was sent."""
    figure, axes = plt.subplots(figsize=(9.2, 1.1 + 1.05 * len(found)))
    for line, (title, joined) in enumerate(found.items()):
        y = 1.5 * line
        axes.text(-0.1, y, title, ha="right", va="center", fontsize=10, weight="bold")
        for place, step in enumerate(joined.steps):
            colour = "#fde3c8" if "said" in step else "#eef1f4"
            _box(axes, 1.42 * place + 0.62, y, 1.3, step, colour)
        _sent(axes, joined.ids, y)
    axes.annotate("the server, in this order →", (0, -0.85), fontsize=9, color="#666")
    axes.annotate("the client was sent", (6.1, -0.85), fontsize=9, color="#666")
    axes.set(xlim=(-2.4, 9.2), ylim=(1.5 * len(found) - 0.7, -1.2))
    axes.axis("off")
    return figure


def _sent(axes, ids: list[int], y: float) -> None:
    """Draw the ids that came, with a gap where one is missing."""
    shown = sorted([*ids, *(set(range(1, 6)) - set(ids))])
    for place, number in enumerate(shown):
        twice = number in shown[:place]
        colour = "#ffffff" if number not in ids else TWICE if twice else "#cfe1f5"
        _box(axes, 6.3 + 0.5 * place, y, 0.44, str(number), colour, missing=number not in ids)


def _box(axes, x: float, y: float, width: float, text: str, colour: str, missing=False) -> None:
    axes.add_patch(Rectangle((x - width / 2, y - 0.36), width, 0.72, facecolor=colour,
                             edgecolor=BAD if missing else "none", ls="--"))  # fmt: skip
    axes.text(x, y, text, ha="center", va="center", fontsize=8.5, color=BAD if missing else "black")


def late(found: dict[str, Followed]):
    """Draw ids over the order of their commits; red: a reader with a cursor has missed it."""
    figure, row = plt.subplots(1, len(found), figsize=(9.2, 3.5), sharey=True,
                               layout="constrained")  # fmt: skip
    for axes, (title, followed) in zip(row, found.items(), strict=True):
        missed = set(followed.missed)
        points = list(enumerate(followed.committed, 1))
        axes.plot(*zip(*[one for one in points if one[1] not in missed], strict=True), ".",
                  color=GOOD, ms=4, label="seen")  # fmt: skip
        gone = [one for one in points if one[1] in missed]
        if gone:
            axes.plot(*zip(*gone, strict=True), "X", color=BAD, ms=7, label="never seen")
        axes.set_title(title, loc="left", fontsize=10)
        axes.set_xlabel("order of the commits")
        axes.legend(loc="upper left", frameon=False)
        _open(axes)
    row[0].set_ylabel("id")
    return figure


def herds(found: dict[str, Herd]):
    """Draw a crowd's attempts in time; those that found nobody are pale."""
    figure, rows = plt.subplots(len(found), 1, figsize=(8.4, 4.4), sharex=True, sharey=True,
                                layout="constrained")  # fmt: skip
    end = max(one.at for herd in found.values() for one in herd.attempts)
    edges = [STEP * number for number in range(int(end / STEP) + 2)]
    for axes, (title, herd) in zip(rows, found.items(), strict=True):
        vain = [one.at for one in herd.attempts if one.took is None]
        good = [one.at for one in herd.attempts if one.took is not None]
        axes.hist([vain, good], edges, stacked=True, color=["#d5dbe1", GOOD],
                  label=["nobody there", "let in"])  # fmt: skip
        axes.axvline(herd.back, color="#444", lw=1, ls="--")
        axes.annotate("a server is back", (herd.back, 1), xycoords=("data", "axes fraction"),
                      xytext=(4, -9), textcoords="offset points", fontsize=9)  # fmt: skip
        slowest = f"{title}: the slowest is let in after {1000 * herd.slowest:.0f} ms"
        axes.set_title(slowest, loc="left", fontsize=10)
        axes.set_ylabel(f"attempts in {1000 * STEP:.0f} ms")
        _open(axes)
    rows[-1].set_xlabel("after the kill (s)")
    rows[-1].legend(loc="upper right", frameon=False)
    return figure


def _open(axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
