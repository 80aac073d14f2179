"""Pictures of notebook 06: a scope that grows on its way to the consumer."""

import textwrap

import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

COLOURS = ("#cfe1f5", "#f7d49b", "#c3e3c6", "#e3c9ec", "#f5c6c0")


def stations(found: list[tuple[str, list[str]]]):
    """Draw the stations from the top to the bottom, each with the keys that are new there."""
    texts = [textwrap.wrap("  ".join(keys), 62) for _, keys in found]
    heights = [0.55 + 0.32 * len(lines) for lines in texts]
    total = sum(heights) + 0.45 * (len(found) - 1)
    figure, axes = plt.subplots(figsize=(7.6, 0.75 * total))
    top = total
    for place, ((name, _), lines) in enumerate(zip(found, texts, strict=True)):
        _station(axes, top, heights[place], name, lines, COLOURS[place % len(COLOURS)])
        top -= heights[place]
        if place < len(found) - 1:
            axes.annotate("", (5, top - 0.45), (5, top), arrowprops={"arrowstyle": "-|>"})
        top -= 0.45
    axes.set(xlim=(-0.1, 10.1), ylim=(-0.1, total + 0.1))
    axes.axis("off")
    return figure


def _station(axes, top: float, height: float, name: str, lines: list[str], colour: str) -> None:
    box = FancyBboxPatch((0, top - height), 10, height, boxstyle="round,pad=0,rounding_size=0.12")
    box.set(facecolor=colour, edgecolor="#66727f")
    axes.add_patch(box)
    axes.text(0.25, top - 0.3, name, weight="bold", va="center")
    for number, line in enumerate(lines):
        axes.text(0.25, top - 0.65 - 0.32 * number, line, family="monospace", fontsize=9,
                  va="center")  # fmt: skip
