"""Pictures of the wire: a frame byte by byte, the price of its header, polling's race."""

from dataclasses import dataclass

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle

from duplex import frames

PARTS = {
    "FIN and opcode": "#a9c9ee", "MASK and length": "#cfe1f5",
    "masking key": "#f7d49b", "payload": "#c3e3c6",
}  # fmt: skip
BIT, BITS_AT = 0.62, 2.0  # width of a bit's box, and the height at which the bits stand


def anatomy(data: bytes, title: str):
    """Draw one frame: its bytes in hexadecimal, and the bits of the first two."""
    what, _ = frames.decode(data)
    figure, axes = plt.subplots(figsize=(8.6, 2.6))
    x = 0
    for name, part in frames.anatomy(data):
        _draw_part(axes, x, name, part)
        x += len(part)
    for i, letter in enumerate(what.payload.decode("ascii", "replace")):
        axes.text(x - len(what.payload) + i + 0.5, -0.35, letter, ha="center", va="center")
    masked = int(what.masking_key is not None)
    _draw_bits(axes, 0, data[0], [(0, 1, f"FIN {what.fin:d}"), (4, 8, f"opcode: {what.kind}")])
    _draw_bits(axes, 1, data[1], [(0, 1, f"MASK {masked}"), (1, 8, f"length: {data[1] & 0x7F}")])
    axes.set(xlim=(-0.1, max(x, 12) + 0.1), ylim=(-1.2, 4.2))
    axes.set_title(title, loc="left")
    axes.axis("off")
    return figure


def _draw_part(axes, x: int, name: str, part: bytes) -> None:
    for i, byte in enumerate(part):
        _box(axes, x + i, 0, 1, PARTS[name], f"{byte:02x}", 12)
    if name in ("masking key", "payload"):
        low = -0.35 if name == "masking key" else -0.85
        axes.text(x + len(part) / 2, low, name, ha="center", va="center", fontsize=10, color="#555")


def _draw_bits(axes, place: int, byte: int, labels: list[tuple[int, int, str]]) -> None:
    left, colour = place * 8.6 * BIT, list(PARTS.values())[place]
    for i, bit in enumerate(f"{byte:08b}"):
        _box(axes, left + i * BIT, BITS_AT, BIT, colour, bit, 10)
    axes.plot([place, left], [1, BITS_AT], [place + 1, left + 8 * BIT], [1, BITS_AT],
              color="#9aa7b5", lw=0.8, zorder=0)  # fmt: skip
    for first, last, label in labels:
        middle = left + (first + last) / 2 * BIT
        axes.text(middle, BITS_AT + 1.1, label, ha="center", va="bottom", fontsize=10)


def _box(axes, x, y, width, colour, text, size) -> None:
    axes.add_patch(Rectangle((x, y), width, 1, facecolor=colour, edgecolor="white", lw=2))
    axes.text(x + width / 2, y + 0.5, text, ha="center", va="center",
              family="monospace", fontsize=size)  # fmt: skip


def header_costs(costs: list[dict[str, int]]):
    """Draw the header's bytes over the payload's: measured points on the rule's steps."""
    figure, axes = plt.subplots(figsize=(7.4, 3.4))
    steps = [1, 125, 126, 65535, 65536, 200_000]
    for side, masked, colour in (
        ("client to server", True, "C1"),
        ("server to client", False, "C0"),
    ):
        rule = [frames.header_size(size, masked) for size in steps]
        axes.plot(steps, rule, color=colour, alpha=0.4, lw=2)
        axes.plot(
            [c["payload"] for c in costs], [c[side] for c in costs], "o", color=colour, label=side
        )
        for size, size_at in ((8, 0), (2000, 2), (130_000, 4)):
            axes.annotate(
                str(rule[size_at]), (size, rule[size_at] + 0.5), color=colour, ha="center"
            )
    axes.set(xscale="log", ylim=(0, 16), xlabel="payload (bytes)", ylabel="header (bytes)")
    axes.axvline(125.5, color="#c8cdd3", lw=0.8, zorder=0)
    axes.axvline(65535.5, color="#c8cdd3", lw=0.8, zorder=0)
    axes.legend(loc="upper left", frameon=False)
    return figure


def race(polling, pushed, period: float):
    """Draw each message's delay over the moment when it was published, both ways."""
    start = min(moment for moment, _ in polling.seen + pushed.seen)
    figure, axes = plt.subplots(figsize=(7.8, 3.4))
    for follower, colour in ((polling, "C1"), (pushed, "C0")):
        moments = [moment - start for moment, _ in follower.seen]
        delays = [delay * 1000 for delay in follower.delays]
        axes.vlines(moments, 0, delays, color=colour, alpha=0.35)
        axes.plot(moments, delays, "o", color=colour, label=follower.name, ms=5)
    axes.axhline(period * 1000, color="#888", lw=0.8, ls="--")
    axes.annotate("the period", (0, period * 1000), xytext=(0, 3), textcoords="offset points",
                  fontsize=9, color="#666")  # fmt: skip
    axes.set(xlabel="published at (s)", ylabel="delay (ms)", ylim=(0, 1150 * period))
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.17), ncols=2, frameon=False)
    return figure


@dataclass(frozen=True)
class Arrow:
    """One frame under way: when it left and when it arrived (seconds), and what it says."""

    left: float
    arrived: float
    up: bool  # from the client to the server
    label: str


def crossing(arrows: list[Arrow], title: str):
    """Draw a conversation on a slow line, to scale: time runs down, arrows slant."""
    start, end = min(a.left for a in arrows), max(a.arrived for a in arrows)
    height = end - start
    figure, axes = plt.subplots(figsize=(7.6, 4))
    for x, name in ((0, "client"), (1, "server")):
        axes.plot([x, x], [start, end], color="#9aa7b5", lw=1.2, zorder=0)
        axes.text(x, start - 0.06 * height, name, ha="center", weight="bold")
        _draw_times(axes, x, _moments_at(arrows, x), start, 0.06 * height)
    for arrow in arrows:
        _draw_arrow(axes, arrow)
    axes.set(xlim=(-0.2, 1.2), ylim=(end + 0.05 * height, start - 0.15 * height))
    axes.set_title(title, loc="left")
    axes.axis("off")
    return figure


def _moments_at(arrows: list[Arrow], x: int) -> list[float]:
    return sorted(a.left if a.up == (x == 0) else a.arrived for a in arrows)


def _draw_times(axes, x: int, moments: list[float], start: float, gap: float) -> None:
    free = start - gap
    for moment in moments:
        if moment < free:  # it would cover the one above
            continue
        axes.text(x + (0.02 if x else -0.02), moment, f"{(moment - start) * 1000:.0f} ms",
                  ha="left" if x else "right", va="center", fontsize=8.5, color="#666")  # fmt: skip
        free = moment + gap


def _draw_arrow(axes, arrow: Arrow) -> None:
    colour, tail = ("C1", 0) if arrow.up else ("C0", 1)
    style = {"arrowstyle": "-|>", "color": colour, "lw": 1.6, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (1 - tail, arrow.arrived), (tail, arrow.left), arrowprops=style)
    at = arrow.left + 0.24 * (arrow.arrived - arrow.left)
    axes.text(0.24 if arrow.up else 0.76, at, arrow.label, ha="center", va="center", fontsize=10,
              bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5})  # fmt: skip


def exchange(recorded: list[tuple[float, str, frames.RawFrame]], title: str):
    """Draw recorded frames one below the other: (seconds, "out" or "in", frame)."""
    figure, axes = plt.subplots(figsize=(7.6, 0.9 + 0.5 * len(recorded)))
    for x, name in ((0, "client"), (1, "server")):
        axes.plot([x, x], [-0.4, len(recorded) - 0.4], color="#9aa7b5", lw=1.2, zorder=0)
        axes.text(x, -0.6, name, ha="center", weight="bold")
    for place, (at, direction, frame) in enumerate(recorded):
        colour, tail = ("C1", 0) if direction == "out" else ("C0", 1)
        style = {"arrowstyle": "-|>", "color": colour, "lw": 1.6, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", (1 - tail, place), (tail, place), arrowprops=style)
        axes.text(0.5, place - 0.12, str(frame), ha="center", va="bottom", fontsize=10)
        after = f"{(at - recorded[0][0]) * 1000:.1f} ms"
        axes.text(-0.02, place, after, ha="right", va="center", fontsize=8.5, color="#666")
    axes.set(xlim=(-0.2, 1.2), ylim=(len(recorded) - 0.3, -1.1))
    axes.set_title(title, loc="left")
    axes.axis("off")
    return figure
