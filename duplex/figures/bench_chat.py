"""The picture of `duplex bench chat`: each measure as a ratio, over the number of clients."""

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

PANELS = {
    "deliveries": "deliveries a second, 20 messages in flight (higher is better)",
    "p99": "p99 of the time from saying to hearing (lower is better)",
    "cpu": "server's CPU for each delivery (lower is better)",
    "memory": "server's memory (lower is better)",
}
MARKS = "os^DvPX*"


def ratios(board, sizes: tuple[int, ...], contestants: list, usual: str) -> Figure:
    """Draw a panel for each measure; the usual chat with as many clients is 1.

    Deliveries are compared with those of the usual chat in the smallest room, so that it shows
    which lines fall as the room grows.
    """
    figure = Figure(figsize=(11.2, 8.4), layout="constrained")
    for axes, (what, title) in zip(figure.subplots(2, 2).flat, PANELS.items(), strict=True):
        smallest = sizes[0] if what == "deliveries" else None
        for number, one in enumerate(contestants):
            values = [board.ratio(what, (one.key, n), (usual, smallest or n)) for n in sizes]
            axes.plot(sizes, values, f"{MARKS[number]}-", color=f"C{number}", label=one.name)
        _dress(axes, title, sizes)
        beside = f" with {smallest} clients" if smallest else ""
        axes.set_ylabel(f"times the usual chat's{beside}")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return figure


def _dress(axes, title: str, sizes: tuple[int, ...]) -> None:
    axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g} ×"))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_title(title, fontsize=10)
    axes.set_xlabel("clients in the room")
    axes.grid(alpha=0.3, axis="y")
    axes.spines[["top", "right"]].set_visible(False)
