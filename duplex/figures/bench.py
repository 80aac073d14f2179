"""The picture of a benchmark: each round's times and ratios as dots, with median and bound."""

from matplotlib.figure import Figure


def comparison(measured: dict, found: list) -> Figure:
    """Draw each workload's seconds on the left, and each ratio with its bound on the right."""
    figure = Figure(figsize=(10.4, 0.9 + 0.62 * max(len(measured), len(found))), layout="tight")
    left, right = figure.subplots(1, 2, width_ratios=(5, 4))
    _rows(left, {one.name: one.seconds for one in measured.values()}, "{:.2f} s")
    left.set_xlabel("time (s)")
    _rows(right, {one.ratio.name: one.values for one in found}, "{:.2f}")
    right.set_xlabel("ratio within one round (the red line: at most)")
    for row, one in enumerate(found):
        right.plot([one.ratio.bound] * 2, [row - 0.35, row + 0.35], color="C3", lw=2)
    right.set_xlim(right=1.15 * max(max(one.ratio.bound, *one.values) for one in found))
    return figure


def _rows(axes, rows: dict[str, list[float]], form: str) -> None:
    """Draw a bar as long as the median, and a dot for each round."""
    for row, values in enumerate(rows.values()):
        median = sorted(values)[len(values) // 2]
        axes.barh(row, median, height=0.5, color="#cfe1f5")
        axes.plot(values, [row] * len(values), "o", color="C0", ms=4, alpha=0.6)
        axes.annotate(form.format(median), (0, row), (6, 0), textcoords="offset points",
                      va="center", fontsize=9)  # fmt: skip
    axes.set_yticks(range(len(rows)), rows)
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.spines[["top", "right"]].set_visible(False)
