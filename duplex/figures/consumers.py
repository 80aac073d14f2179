"""Pictures of notebook 07: the life of a consumer, and whose turn it is."""

import matplotlib.pyplot as plt

from duplex.measure.consumers import Turn

WAYS = {"in": ("C0", 0, 1), "out": ("C1", 1, 0)}


def life(events: list[dict]):
    """Draw recorded events between server and consumer, one below the other."""
    figure, axes = plt.subplots(figsize=(7.6, 0.9 + 0.48 * len(events)))
    for x, name in ((0, "server"), (1, "consumer")):
        axes.plot([x, x], [-0.4, len(events) - 0.4], color="#9aa7b5", lw=1.2, zorder=0)
        axes.text(x, -0.65, name, ha="center", weight="bold")
    for place, event in enumerate(events):
        _event(axes, place, event)
        after = f"{(event['at'] - events[0]['at']) * 1000:.1f} ms"
        axes.text(-0.03, place, after, ha="right", va="center", fontsize=8.5, color="#666")
    axes.set(xlim=(-0.22, 1.3), ylim=(len(events) - 0.3, -1.2))
    axes.axis("off")
    return figure


def _event(axes, place: int, event: dict) -> None:
    said = repr(event["text"]) if "text" in event else event.get("bytes", event.get("code", ""))
    label = f"{event['type']}  {said[:26]}".strip()
    if event["way"] == "end":
        axes.text(1.02, place, label, ha="left", va="center", fontsize=10, color="#666")
        axes.plot([1], [place], "x", color="#666")
        return
    colour, tail, head = WAYS[event["way"]]
    style = {"arrowstyle": "-|>", "color": colour, "lw": 1.6, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (head, place), (tail, place), arrowprops=style)
    axes.text(0.5, place - 0.1, label, ha="center", va="bottom", fontsize=10)


def turns(rounds: dict[str, list[Turn]]):
    """Draw, for each way of waiting, from when to when each client waited for its answer."""
    bars = [(title, turn) for title, some in rounds.items() for turn in some]
    figure, axes = plt.subplots(figsize=(7.6, 0.7 + 0.42 * len(bars)))
    titles = list(rounds)
    for place, (title, turn) in enumerate(bars):
        colour = f"C{titles.index(title)}"
        axes.barh(place, turn.waited, left=turn.asked, color=colour, height=0.62)
        axes.text(turn.answered, place, f"  {turn.waited:.2f} s", va="center", fontsize=9)
    axes.set_yticks(range(len(bars)), [f"{title}: {turn.name}" for title, turn in bars])
    longest = max(turn.answered for _, turn in bars)
    axes.set(xlabel="seconds since the first question", xlim=(0, 1.15 * longest),
             ylim=(len(bars) - 0.4, -0.6))  # fmt: skip
    axes.spines[["top", "right"]].set_visible(False)
    return figure
