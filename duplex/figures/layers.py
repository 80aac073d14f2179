"""Pictures of groups: one publication on its way, who is in a group, how much a layer drops."""

import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

from duplex.measure.rooms import Heard, Moment

GREY, DARK = "#9aa7b5", "#444"
COLOURS = {"in memory": "C0", "Redis core": "C3", "Redis pub/sub": "C2"}
STYLES = {"in memory": "-", "Redis core": "--", "Redis pub/sub": "-"}  # two may coincide
WIDTHS = {"in memory": 3, "Redis core": 1.6, "Redis pub/sub": 3}


def fan_out(heard: list[Heard]):
    """Draw a publication: from its speaker to the room's group, and from there to each member."""
    rooms = list(dict.fromkeys(one.room for one in heard))
    heights = {one.name: -place for place, one in enumerate(heard)}
    figure, axes = plt.subplots(figsize=(8.6, 0.8 + 0.62 * len(heard)))
    for room in rooms:
        inside = [heights[one.name] for one in heard if one.room == room]
        _box(axes, 1.0, sum(inside) / len(inside), f"group\nroom.{room}", len(inside) > 1)
    middle = {room: sum(at) / len(at) for room in rooms
              if (at := [heights[one.name] for one in heard if one.room == room])}  # fmt: skip
    speaker = next(one for one in heard if one.speaker)
    _box(axes, 0.0, middle[speaker.room], speaker.name, True)
    _arrow(axes, (0.16, middle[speaker.room]), (0.8, middle[speaker.room]), "C1")
    axes.text(0.48, middle[speaker.room] + 0.1, "publishes", ha="center", color="C1", fontsize=9)
    for one in heard:
        _draw_member(axes, one, middle[one.room], heights[one.name])
    axes.set(xlim=(-0.25, 2.75), ylim=(0.5 - len(heard), 0.5))
    axes.axis("off")
    return figure


def _draw_member(axes, one: Heard, group: float, height: float) -> None:
    """Draw a member, its tie to its group, and what it heard."""
    _box(axes, 2.0, height, one.name, one.after is not None)
    if one.after is None:
        axes.plot([1.2, 1.84], [group, height], color=GREY, lw=1, ls=":", zorder=0)
        said = "nothing"
    else:
        _arrow(axes, (1.2, group), (1.84, height), "C0")
        said = f"after {1000 * one.after:.1f} ms" + (", the speaker too" if one.speaker else "")
    axes.text(2.2, height, said, va="center", fontsize=9, color=DARK)


def _box(axes, x: float, y: float, text: str, strong: bool) -> None:
    width = 0.4 if "\n" in text else 0.32
    height = 0.7 if "\n" in text else 0.5
    axes.add_patch(FancyBboxPatch(
        (x - width / 2, y - height / 2), width, height, boxstyle="round,pad=0,rounding_size=0.06",
        facecolor="#cfe1f5" if strong else "#eef1f4", edgecolor="none",
    ))  # fmt: skip
    axes.text(x, y, text, ha="center", va="center", fontsize=9.5, linespacing=1.3)


def _arrow(axes, tail: tuple[float, float], head: tuple[float, float], colour: str) -> None:
    style = {"arrowstyle": "-|>", "color": colour, "lw": 1.5, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", head, tail, arrowprops=style)


def membership(stories: dict[str, list[Moment]]):
    """Draw how many channels a group has after each thing that happens; a cross: no group."""
    figure, axes = plt.subplots(figsize=(8.4, 3.2))
    first = next(iter(stories.values()))
    for (name, story), colour, width in zip(stories.items(), ("C0", "C1"), (2.2, 5), strict=False):
        counts = [moment.members or 0 for moment in story]
        places = range(len(story))
        axes.step(places, counts, where="post", color=colour, lw=width, label=name,
                  alpha=1.0 if width < 3 else 0.45, zorder=1 / width)  # fmt: skip
    missing = [place for place, moment in enumerate(first) if moment.members is None]
    axes.plot(missing, [0] * len(missing), "x", color="C0", ms=9, mew=2, label="there is no group")
    axes.set(ylabel="channels in the group", yticks=range(4), ylim=(-0.35, 3.4))
    axes.set_xticks(range(len(first)), [moment.what for moment in first], rotation=28, ha="right")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper left", frameon=False)
    return figure


def arrived(counts: dict[str, int], published: int):
    """Draw how many messages of a burst each layer delivered, out of all that were published."""
    figure, axes = plt.subplots(figsize=(7.4, 0.9 + 0.45 * len(counts)))
    for name, count in counts.items():
        axes.barh(name, published, color="#eef1f4", height=0.62)
        axes.barh(name, count, color=COLOURS[name], height=0.62)
        lost = f", {published - count} lost" if count < published else ""
        axes.text(count - 2, name, f"{count}{lost}", ha="right", va="center", color="white")
    axes.set(xlim=(0, published), xlabel=f"messages delivered, of {published} published at once")
    axes.invert_yaxis()
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)
    return figure


def losses(sizes: list[int], shares: dict[str, list[float]], capacity: int):
    """Draw the share of messages that each layer dropped over the size of the burst."""
    figure, axes = plt.subplots(figsize=(7.4, 3.2))
    for name, lost in shares.items():
        axes.plot(sizes, [100 * share for share in lost], "o", ls=STYLES[name], ms=4,
                  color=COLOURS[name], lw=WIDTHS[name], label=name)  # fmt: skip
    axes.axvline(capacity, color=GREY, lw=0.8, ls=":", zorder=0)
    axes.text(capacity + 4, 90, f"capacity {capacity}", fontsize=9, color="#666")
    axes.set(xlabel="messages published before the member reads", ylabel="dropped (%)",
             ylim=(-4, 100))  # fmt: skip
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper left", frameon=False)
    return figure
