"""Pictures of one chat over several processes: its plan, a restart, who is here, its speed."""

import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

from duplex.measure.crowd import Load
from duplex.measure.outage import Story
from duplex.measure.spread import BOOKS
from duplex.measure.spread import Story as Presence

GREY, DARK, PALE = "#9aa7b5", "#444", "#eef1f4"
COLOURS = ("C0", "C1", "C2", "C3")


def plan(processes: int = 3):
    """Draw who speaks to whom: browsers, a proxy, several Daphnes, Redis and the database."""
    figure, axes = plt.subplots(figsize=(8.6, 3.4))
    rows = [1 - place for place in range(processes)]
    for row in rows:
        _box(axes, 0, row, "browsers")
        _box(axes, 4.1, row, f"Daphne {rows.index(row) + 1}", "#cfe1f5")
        _join(axes, (0.5, row), (1.45, 0.4 * row))
        _join(axes, (2.65, 0.4 * row), (3.55, row))
        _join(axes, (4.65, row), (5.8, 0.6 + 0.15 * row), "C3")
        _join(axes, (4.65, row), (5.8, -0.6 + 0.15 * row), "C2")
    _box(axes, 2.05, 0, "proxy\none address", wide=1.2, tall=True)
    _box(axes, 6.7, 0.6, "Redis\nhints, who is here", "#f8d9d6", wide=1.8)
    _box(axes, 6.7, -0.6, "database\nwhat was said", "#d5ecd4", wide=1.8)
    axes.set(xlim=(-0.6, 7.7), ylim=(-1.45, 1.45))
    axes.axis("off")
    return figure


def _box(axes, x, y, text: str, colour: str = PALE, wide: float = 1.0, tall: bool = False) -> None:
    height = 1.5 if tall else 0.62
    axes.add_patch(FancyBboxPatch(
        (x - wide / 2, y - height / 2), wide, height, boxstyle="round,pad=0,rounding_size=0.06",
        facecolor=colour, edgecolor="none", zorder=2,
    ))  # fmt: skip
    axes.text(x, y, text, ha="center", va="center", fontsize=9.5, linespacing=1.4, zorder=3)


def _join(axes, tail: tuple, head: tuple, colour: str = GREY) -> None:
    axes.plot([tail[0], head[0]], [tail[1], head[1]], color=colour, lw=1.4, zorder=1)


def restarts(stories: dict[str, Story]):
    """Draw what was said and heard, one row for each design, while Redis was away (grey)."""
    figure, axes = plt.subplots(figsize=(8.6, 1.0 + 0.78 * len(stories)))
    for row, story in enumerate(stories.values()):
        _draw_restart(axes, story, -row)
    empty = [plt.Line2D([], [], color=colour, marker=mark, ls="", ms=size) for colour, mark, size in
             (("C0", "|", 9), ("C3", "x", 6), ("C1", "1", 7), ("black", "v", 6))]  # fmt: skip
    words = "heard", "sent, never heard", "could not be sent", "listener closed"
    axes.legend(empty, words, loc="upper center", bbox_to_anchor=(0.5, 1.22), ncol=4, frameon=False)
    axes.set_yticks([-row for row in range(len(stories))], list(stories))
    last = max(at for story in stories.values() for _, at in story.heard)
    axes.set(xlabel="seconds", xlim=(0, last + 0.1), ylim=(0.5 - len(stories), 0.5))
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)
    return figure


def _draw_restart(axes, story: Story, row: float) -> None:
    start, end = story.away
    axes.barh(row, end - start, left=start, height=0.8, color="#dfe3e8", zorder=0)
    heard = [at for _, at in story.heard]
    axes.plot(heard, [row + 0.12] * len(heard), "|", color="C0", ms=11)
    lost = [story.said[number] for number in story.lost]
    axes.plot(lost, [row - 0.16] * len(lost), "x", color="C3", ms=5, mew=1.4)
    axes.plot(list(story.unsaid.values()), [row - 0.16] * len(story.unsaid), "1", color="C1", ms=7)
    axes.plot([at for _, at in story.closed], [row + 0.34] * len(story.closed), "v", color="black",
              ms=6)  # fmt: skip


def presence(story: Presence):
    """Draw who was here, and when each book said so."""
    names = list(story.here)
    figure, axes = plt.subplots(figsize=(8.4, 0.9 + 0.85 * len(names)))
    for row, name in enumerate(names):
        came, gone = story.here[name]
        _span(axes, -row + 0.25, [(came, gone)], "#555", "is here")
        for place, (book, words) in enumerate(BOOKS.items()):
            spans = story.books[book].spans(name)
            _span(axes, -row - 0.25 * place, spans, COLOURS[place], words)
    killed = story.here["ada"][1]
    axes.axvline(killed, color=GREY, lw=1, ls=":")
    axes.text(killed + 0.02, 0.62, "SIGKILL for Ada's process", fontsize=9, color="#666")
    axes.set_yticks([-row for row in range(len(names))], [name.title() for name in names])
    axes.set(xlabel="seconds", ylim=(-len(names) + 0.4, 0.6))
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)
    handles, labels = axes.get_legend_handles_labels()
    found = dict(zip(labels, handles, strict=True))
    where = {"loc": "upper left", "bbox_to_anchor": (1, 1)}
    axes.legend(found.values(), found.keys(), frameon=False, **where)
    return figure


def _span(axes, height: float, spans: list, colour: str, label: str) -> None:
    for start, end in spans:
        axes.barh(height, end - start, left=start, height=0.2, color=colour, label=label)


def speed(loads: list[Load]):
    """Draw delays and deliveries over the number of clients, a line for each count of processes."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.4, 3.6))
    for place, count in enumerate(sorted({one.processes for one in loads})):
        mine = [one for one in loads if one.processes == count]
        clients, colour = [one.clients for one in mine], COLOURS[place]
        name = f"{count} process" + "es" * (count > 1)
        for percent, style in ((50, "-"), (95, "--"), (99, ":")):
            left.plot(clients, [one.after(percent) for one in mine], style, color=colour,
                      marker="o", ms=3, label=None if place else f"p{percent}")  # fmt: skip
        right.plot(clients, [one.rate for one in mine], "-o", ms=4, color=colour, label=name)
    left.set(xlabel="clients in the room", ylabel="from a word to an ear (ms)", yscale="log")
    right.set(xlabel="clients in the room", ylabel="deliveries in a second", ylim=(0, None))
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
    for handle in left.get_legend().legend_handles:
        handle.set_color("#555")
    figure.tight_layout(w_pad=2)
    return figure
