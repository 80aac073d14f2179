"""The picture of a benchmark: a bar for each median, a dot for each round, a line at the bound."""

import statistics

from matplotlib.figure import Figure


def comparison(measured: dict, found: list) -> Figure:
    """Draw each workload's seconds on the left, and on the right each ratio over its bound."""
    rows = max(len(measured), len(found))
    figure = Figure(figsize=(11.2, 1.2 + 0.7 * rows), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1, 1))
    _rows(left, {f"{one.name}\n{one.median:.2f} s": one.seconds for one in measured.values()})
    left.set_xlabel("time (s)")
    shares = {
        f"{one.ratio.name}\n{one.median:.2f}, at most {one.ratio.bound:.2f}":
            [value / one.ratio.bound for value in one.values]
        for one in found
    }  # fmt: skip
    _rows(right, shares)
    right.axvline(1, color="C3", lw=2)
    right.set_xlim(right=max(1.15, right.get_xlim()[1]))
    right.set_xlabel("ratio over its bound (red line: the bound)")
    return figure


def _rows(axes, rows: dict[str, list[float]]) -> None:
    """Draw a bar as long as the median, and a dot for each round."""
    for row, values in enumerate(rows.values()):
        axes.barh(row, statistics.median(values), height=0.5, color="#cfe1f5")
        axes.plot(values, [row] * len(values), "o", color="C0", ms=5, alpha=0.6)
    axes.set_yticks(range(len(rows)), rows)
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.spines[["top", "right"]].set_visible(False)
