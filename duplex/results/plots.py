"""The overview's pictures: SVG inside the page, readable on light and dark, and on paper."""

import io
import re
from collections import Counter

from markupsafe import Markup, escape

INK = "#010203"  # stands for the page's own colour of text until the picture is written
COLOURS = {"good": "#2f9e73", "bad": "#d9663a", "open": "#8467c9", "none": "#9aa1a8"}
LABELS = {"good": "passed", "bad": "failed", "open": "could not be judged", "none": "not handed in"}
STYLE = {"svg.fonttype": "none", "svg.hashsalt": "duplex", "text.color": INK, "font.size": 10,
         "axes.edgecolor": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK,
         "axes.spines.top": False, "axes.spines.right": False,
         "font.family": ["sans-serif"], "font.sans-serif": ["DejaVu Sans"]}  # fmt: skip


def _figure(width: float, height: float, top: float = 0.1):
    """Return an empty figure and its axes; without pyplot, which would keep it.

    Margins are in inches: to let matplotlib find them would draw each picture twice.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    size = 1 - 0.75 / width, 1 - (0.5 + top) / height
    axes = figure.add_axes((0.6 / width, 0.5 / height, *size))
    return figure, axes


def _svg(figure, name: str, told: str) -> Markup:
    """Return a figure as SVG with its alternative text; `name` keeps its ids its own."""
    written = io.BytesIO()
    nothing = {"Date": None, "Creator": None}  # the same picture has the same bytes
    figure.savefig(written, format="svg", transparent=True, metadata=nothing)
    text = written.getvalue().decode()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r'(id="|href="#|url\(#)', rf"\g<1>{name}-", text).replace(INK, "currentColor")
    text = text.replace("DejaVu Sans", "inherit").replace("'inherit'", "inherit")
    about = f'<svg role="img" aria-label="{escape(told)}" '
    return Markup(text.replace("<svg ", about, 1).strip())


def drawn(name: str, told: str, draw, *data) -> Markup:
    """Draw with the page's style, and return the SVG."""
    from matplotlib import rc_context

    with rc_context(STYLE):
        return _svg(draw(*data), name, told)


def verdicts(tasks: list[dict]) -> Markup:
    """Draw how each task ended, in shares of all submissions."""
    told = "; ".join(f"task {one['id']}: {_counts(one)}" for one in tasks)
    return drawn("verdicts", f"How each task ended. {told}.", _verdicts, tasks)


def _counts(task: dict) -> str:
    return ", ".join(f"{task[tone]} {label}" for tone, label in LABELS.items() if task[tone])


def _verdicts(tasks: list[dict]):
    """Draw a bar for each task, with a gap between labs and a figure in what is wide enough."""
    labs = sorted({one["lab"] for one in tasks})
    places = [at + 0.5 * labs.index(one["lab"]) for at, one in enumerate(tasks)]
    figure, axes = _figure(9.4, 1.0 + 0.27 * (places[-1] + 1), top=0.4)
    left, most = [0.0] * len(tasks), max(sum(one[tone] for tone in LABELS) for one in tasks)
    for tone, label in LABELS.items():
        counts = [one[tone] for one in tasks]
        if any(counts):
            bars = axes.barh(places, counts, 0.78, left, color=COLOURS[tone], label=label)
            shown = [count if count > most / 25 else "" for count in counts]
            axes.bar_label(bars, shown, label_type="center", color="white", fontsize=8.5)
        left = [start + count for start, count in zip(left, counts, strict=True)]
    axes.set_yticks(places, [one["id"] for one in tasks])
    axes.tick_params(axis="y", length=0)
    axes.set(xlabel="submissions", ylabel="task", ylim=(places[-1] + 0.6, -0.6), xlim=(0, most))
    axes.xaxis.get_major_locator().set_params(integer=True)
    figure.legend(loc="upper left", ncols=4, frameon=False, handlelength=1)
    return figure


def points(lab: int, values: list[float], most: float) -> Markup:
    """Draw how many submissions of a lab reached how many points, late penalties included."""
    bins = Counter(min(int(value), int(most)) for value in values)
    told = ", ".join(f"{count} with {place}" for place, count in sorted(bins.items()))
    return drawn(f"points{lab}", f"Points in lab {lab}, of {most:g}. Submissions: {told}.",
                 _points, bins, most)  # fmt: skip


def _points(bins: Counter, most: float):
    figure, axes = _figure(4.9, 2.2)
    places = range(int(most) + 1)
    axes.bar(places, [bins[place] for place in places], color="#4b83c3", width=0.86)
    axes.set(xlabel=f"points of {most:g}", ylabel="submissions", xlim=(-0.7, int(most) + 0.7))
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.xaxis.get_major_locator().set_params(integer=True)
    return figure


def seconds(values: list[float]) -> Markup:
    """Draw how long the grading of one project took."""
    ordered = sorted(values)
    middle, last = ordered[len(ordered) // 2], ordered[-1]
    told = f"Seconds for one project: half took up to {middle:.1f}, the longest {last:.1f}."
    return drawn("seconds", told, _seconds, values)


def _seconds(values: list[float]):
    figure, axes = _figure(4.9, 2.2)
    axes.hist(values, bins=min(24, max(6, len(values) // 4)), color="#7d8790", rwidth=0.92)
    axes.set(xlabel="seconds for one project", ylabel="projects")
    axes.set_xlim(left=0)
    axes.yaxis.get_major_locator().set_params(integer=True)
    return figure
