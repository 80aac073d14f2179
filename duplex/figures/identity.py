"""Pictures of notebook 09: who reaches whom, a hijack step by step, and who is here over time."""

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle

from duplex.measure.presence import Story

OPEN, SHUT, GREY = "#f5c6c0", "#c3e3c6", "#9aa7b5"
PEOPLE = {"ada": "C0", "edsger": "C1"}


def reach(found: dict[str, dict[str, str]], own: str):
    """Draw outcomes: a row for each rule, a column for each page; `own` is the chat itself."""
    pages = list(dict.fromkeys(page for row in found.values() for page in row))
    figure, axes = plt.subplots(figsize=(2.2 * len(pages) + 0.6, 0.9 + 0.62 * len(found)))
    for line, row in enumerate(found.values()):
        for place, page in enumerate(pages):
            _outcome(axes, place, line, row[page], page == own)
    axes.set_xticks(range(len(pages)), [page.removeprefix("http://") for page in pages])
    axes.set_yticks(range(len(found)), list(found))
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set(xlim=(-0.5, len(pages) - 0.5), ylim=(len(found) - 0.5, -0.5))
    axes.set_xlabel("the page that opens the WebSocket is at http://…", labelpad=8)
    axes.xaxis.set_label_position("top")
    axes.spines[:].set_visible(False)
    return figure


def _outcome(axes, place: int, line: int, text: str, own: bool) -> None:
    """Draw one cell: red where a foreign page gets in, green where it is right."""
    good = ("opens" in text) == own
    axes.add_patch(Rectangle((place - 0.48, line - 0.44), 0.96, 0.88,
                             color=SHUT if good else OPEN))  # fmt: skip
    axes.text(place, line, text, ha="center", va="center", fontsize=9.5)


def sequence(lanes: list[str], steps: list[tuple[str, str, str]], title: str = ""):
    """Draw who says what to whom, one step below the other: (from, to, words)."""
    figure, axes = plt.subplots(figsize=(10.4, 0.9 + 0.6 * len(steps)))
    for x, lane in enumerate(lanes):
        axes.plot([x, x], [-0.45, len(steps) - 0.5], color=GREY, lw=1.2, zorder=0)
        axes.text(x, -0.65, lane, ha="center", va="bottom", weight="bold", fontsize=10)
    for y, (source, target, words) in enumerate(steps):
        _step(axes, lanes.index(source), lanes.index(target), y, words)
    axes.set(xlim=(-0.45, len(lanes) - 0.55), ylim=(len(steps) - 0.3, -1.2))
    axes.set_title(title, loc="left")
    axes.axis("off")
    return figure


def _step(axes, tail: int, head: int, y: float, words: str) -> None:
    colour = "C1" if head > tail else "C0"
    style = {"arrowstyle": "-|>", "color": colour, "lw": 1.6, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (head, y), (tail, y), arrowprops=style)
    axes.text((head + tail) / 2, y - 0.09, words, ha="center", va="bottom", fontsize=9.5,
              bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8}, zorder=1)  # fmt: skip


def presence(stories: dict[str, Story]):
    """Draw the tabs of one story as they were, and below who was here by each list."""
    first = next(iter(stories.values()))
    labels = [*first.tabs, *(f"list by {book}: {name}" for name in PEOPLE for book in stories)]
    figure, axes = plt.subplots(figsize=(8.4, 0.7 + 0.42 * len(labels)))
    for line, (tab, moments) in enumerate(first.tabs.items()):
        _tab(axes, line, tab, [*moments, first.end][:2], tab in first.vanished)
    rows = [(name, story) for name in PEOPLE for story in stories.values()]
    for line, (name, story) in enumerate(rows, len(first.tabs)):
        for start, end in story.spans(name):
            axes.barh(line, end - start, left=start, height=0.6, color=PEOPLE[name])
    axes.axhline(len(first.tabs) - 0.5, color=GREY, lw=0.8)
    axes.set_yticks(range(len(labels)), labels)
    axes.set(xlabel="time (s)", ylim=(len(labels) - 0.5, -0.5), xlim=(0, None))
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    return figure


def _tab(axes, line: int, tab: str, moments: list[float], vanished: bool) -> None:
    start, end = moments
    axes.barh(line, end - start, left=start, height=0.6, color=PEOPLE[tab.split(",")[0].lower()],
              alpha=0.35)  # fmt: skip
    if vanished:
        axes.plot([end], [line], "x", color="C3", ms=9, mew=2)
        axes.text(end + 0.15, line, "vanishes without a word", va="center", fontsize=9)
