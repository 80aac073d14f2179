"""Pictures of WSGI and ASGI: calls, work over time, another client's delay, idle connections."""

from collections.abc import Iterable

import matplotlib.pyplot as plt

from duplex.measure.calls import Step
from duplex.measure.interfaces import Job
from duplex.measure.waiting import Delayed

LANES = ["C0", "C1", "C2", "C4", "C6", "C8", "C9", "C3"]
GREY = "#9aa7b5"


def calls(sides: dict[str, list[Step]]):
    """Draw recorded calls: what goes into the application, and what comes out of it."""
    longest = max(len(steps) for steps in sides.values())
    size = 10, 0.9 + 0.36 * longest
    figure, all_axes = plt.subplots(1, len(sides), figsize=size, sharey=True, squeeze=False)
    for axes, (title, steps) in zip(all_axes[0], sides.items(), strict=True):
        for x, name in ((0, "server"), (1, "application")):
            axes.plot([x, x], [-0.5, longest - 0.3], color=GREY, lw=1.2, zorder=0)
            axes.text(x, -0.75, name, ha="center", weight="bold")
        _draw_calls(axes, steps)
        axes.set(xlim=(-0.15, 1.15), ylim=(longest, -1.2))
        axes.set_title(title, loc="left", pad=10)
        axes.axis("off")
    figure.subplots_adjust(wspace=0.12)
    return figure


def _draw_calls(axes, steps: list[Step]) -> None:
    start = 0
    for place, step in enumerate(steps):
        start = place if step.kind == "call" else start
        if step.kind == "return":
            axes.plot(
                [1, 1], [start, place], color="#c3cdd8", lw=9, solid_capstyle="butt", zorder=1
            )
        colour = "C1" if step.into else "C0"
        line = "--" if step.kind == "return" else "-"
        style = {"arrowstyle": "-|>", "color": colour, "lw": 1.5, "ls": line, "shrinkA": 0}
        ends = ((1, place), (0, place)) if step.into else ((0, place), (1, place))
        axes.annotate("", *ends, arrowprops=style | {"shrinkB": 0})
        axes.text(0.5, place, step.label, ha="center", va="center", fontsize=9,
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2})  # fmt: skip


def timelines(groups: dict[str, list[Job]]):
    """Draw each request as a bar from its beginning to its end; a colour for each thread."""
    rows = [len(jobs) for jobs in groups.values()]
    figure, all_axes = _panels(rows, 0.6 + 0.075 * sum(rows))
    for axes, (title, jobs) in zip(all_axes, groups.items(), strict=True):
        start, workers = jobs[0].began, _numbered(job.worker for job in jobs)
        for row, job in enumerate(jobs):
            colour = LANES[workers[job.worker] % len(LANES)]
            axes.barh(row, job.ended - job.began, left=job.began - start, color=colour, height=0.8)
        axes.set(ylabel="request", yticks=[], ylim=(len(jobs), -1))
        axes.set_title(title, loc="left", fontsize=10)
    _end_panels(all_axes, "since the first began (s)")
    return figure


def slices(groups: dict[str, list[Job]]):
    """Draw when each thread was at work, a lane for each; gaps are moments without a core."""
    lanes = [len(_numbered(job.place for job in jobs)) for jobs in groups.values()]
    figure, all_axes = _panels(lanes, 1.2 + 0.22 * sum(lanes))
    for axes, (title, jobs) in zip(all_axes, groups.items(), strict=True):
        start, places = min(job.began for job in jobs), _numbered(job.place for job in jobs)
        for job in jobs:
            lane = places[job.place]
            spans = [(1000 * (a - start), 1000 * (b - a)) for a, b in job.running]
            axes.broken_barh(spans, (lane - 0.4, 0.8), color=LANES[lane % len(LANES)])
        axes.set(yticks=range(len(places)), ylim=(len(places) - 0.4, -0.6))
        axes.set_yticklabels([f"{_unit(jobs)} {number + 1}" for number in range(len(places))])
        axes.set_title(title, loc="left", fontsize=10)
    _end_panels(all_axes, "since the first began (ms)")
    return figure


def _unit(jobs: list[Job]) -> str:
    return "process" if len({job.process for job in jobs}) > 1 else "thread"


def _numbered(threads: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Number threads in the order in which they appear."""
    return {thread: number for number, thread in enumerate(dict.fromkeys(threads))}


def _panels(rows: list[int], height: float):
    figure, all_axes = plt.subplots(
        len(rows), 1, figsize=(8, height + 0.3 * len(rows)), sharex=True, squeeze=False,
        layout="constrained", gridspec_kw={"height_ratios": [max(row, 3) for row in rows]},
    )  # fmt: skip
    return figure, all_axes[:, 0]


def _end_panels(all_axes, label: str) -> None:
    for axes in all_axes:
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_xlim(left=0)
    all_axes[-1].set_xlabel(label)


def delays(cases: dict[str, Delayed]):
    """Draw how long each question of the other client waited, around the first one's work."""
    figure, grid = plt.subplots(
        (len(cases) + 1) // 2, 2, figsize=(9, 1.2 + 1.5 * len(cases) / 2), sharex=True,
        sharey=True, squeeze=False, layout="constrained",
    )  # fmt: skip
    for axes, (title, case) in zip(grid.flat, cases.items(), strict=False):
        _draw_case(axes, case)
        axes.set_title(title, loc="left", fontsize=10)
        axes.spines[["top", "right"]].set_visible(False)
    for axes in grid[-1]:
        axes.set_xlabel("asked at (ms)")
    for axes in grid[:, 0]:
        axes.set_ylabel("waited (ms)")
    return figure


def _draw_case(axes, case: Delayed) -> None:
    start = case.asked[0][0]
    began, ended = (1000 * (moment - start) for moment in case.work.span)
    axes.axvspan(began, ended, color="#fde3c8", lw=0, zorder=0)
    place = {"transform": axes.get_xaxis_transform(), "ha": "center", "va": "top"}
    axes.text((began + ended) / 2, 0.9, "the first client's work", color="#8a5a1c", **place)
    moments = [1000 * (asked - start) for asked, _ in case.asked]
    waits = [1000 * (answered - asked) for asked, answered in case.asked]
    axes.vlines(moments, 0, waits, color="C0", alpha=0.5)
    axes.plot(moments, waits, "o", color="C0", ms=3.5)
    axes.set_ylim(bottom=0)


def idle(rows: list[dict]):
    """Draw what an idle connection costs its server: resident memory, and threads."""
    names = [row["held by"] for row in rows]
    size = 9.5, 0.9 + 0.45 * len(rows)
    figure, (left, right) = plt.subplots(1, 2, figsize=size, sharey=True, layout="constrained")
    for axes, key, label, colour in (
        (left, "KiB each", "resident memory for each connection (KiB)", "C0"),
        (right, "more threads", f"more threads for {rows[0]['connections']} connections", "C1"),
    ):
        values = [row[key] for row in rows]
        axes.barh(names, values, color=colour, height=0.6)
        for place, value in enumerate(values):
            axes.text(value, place, f" {value:,}", va="center", fontsize=9, color="#444")
        axes.set(xlabel=label, xlim=(0, 1.18 * max(max(values), 1)))
        axes.spines[["top", "right"]].set_visible(False)
    left.invert_yaxis()
    return figure
