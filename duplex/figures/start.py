"""Pictures of the course itself: the labs as steps, and how far one has come."""

from textwrap import fill

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

DONE, OPEN = "#2a6fb0", "#d5e3f2"


def steps(labs: list[dict]):
    """Draw the labs as steps: each stands on the one before."""
    figure, axes = plt.subplots(figsize=(max(4.5, 1.5 * len(labs)), 1.6 + 0.32 * len(labs)))
    for place, lab in enumerate(labs):
        height = place + 1
        axes.add_patch(Rectangle((place, 0), 0.96, height, facecolor=OPEN))
        axes.add_patch(Rectangle((place, height - 0.12), 0.96, 0.12, facecolor=DONE))
        label = f"{lab['lab']}\n{fill(lab['title'], 12)}"
        axes.text(place + 0.48, height + 0.12, label, ha="center", va="bottom", fontsize=10)
    axes.set(xlim=(-0.1, len(labs) + 0.1), ylim=(0, len(labs) + 1.6))
    axes.axis("off")
    return figure


def progress(labs: list[dict]):
    """Draw each lab's points, and how many of them are passed."""
    figure, axes = plt.subplots(figsize=(7.6, 0.9 + 0.5 * len(labs)))
    names = [f"{lab['lab']} {lab['title']}" for lab in labs]
    axes.barh(names, [lab["of"] for lab in labs], color=OPEN, height=0.6, label="to win")
    axes.barh(names, [lab["points"] for lab in labs], color=DONE, height=0.6, label="won")
    for place, lab in enumerate(labs):
        told = f"  {lab['points']} of {lab['of']} points, {lab['passed']} of {lab['tasks']} tasks"
        axes.text(lab["of"], place, told, va="center", fontsize=9, color="#444")
    axes.invert_yaxis()
    axes.set(xlabel="points", xlim=(0, 1.6 * max(lab["of"] for lab in labs)))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1), ncols=2, frameon=False, fontsize=9)
    return figure
