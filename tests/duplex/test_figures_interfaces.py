"""What the pictures of notebook 05 show; how they look is for people to judge."""

import matplotlib as mpl
import pytest

mpl.use("agg")
from duplex.figures import interfaces  # noqa: E402
from duplex.measure.calls import Step  # noqa: E402
from duplex.measure.interfaces import Job  # noqa: E402
from duplex.measure.waiting import Delayed  # noqa: E402

JOBS = [Job(1, "A", 5.0, 5.2, moments=[5.0, 5.1, 5.2]), Job(1, "B", 5.1, 5.3, moments=[5.1, 5.3]),
        Job(2, "A", 5.2, 5.4, moments=[5.2, 5.4])]  # fmt: skip


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    mpl.pyplot.close("all")


def texts(axes):
    return [text.get_text() for text in axes.texts if text.get_text()]


def test_calls_show_every_step():
    steps = [Step("call", "app()"), Step("in", "a"), Step("out", "b"), Step("return", "end")]
    figure = interfaces.calls({"one": steps, "two": steps[:1]})
    assert texts(figure.axes[0]) == ["server", "application", "app()", "a", "b", "end"]
    assert texts(figure.axes[1]) == ["server", "application", "app()"]


def test_timelines_colour_each_thread():
    axes = interfaces.timelines({"all": JOBS, "one": JOBS[:1]}).axes
    bars = axes[0].patches
    assert [round(bar.get_x(), 1) for bar in bars] == [0.0, 0.1, 0.2]
    assert len({bar.get_facecolor() for bar in bars}) == 3
    assert [one.get_title(loc="left") for one in axes] == ["all", "one"]


def test_query_decides_the_colour():
    jobs = [Job(1, "main", 0, 1, query=name) for name in ("a", "b", "a")]
    bars = interfaces.timelines({"queries": jobs}).axes[0].patches
    assert len({bar.get_facecolor() for bar in bars}) == 2


def test_slices_have_a_lane_each():
    axes = interfaces.slices({"several": JOBS, "one": JOBS[:2]}).axes
    assert [label.get_text() for label in axes[0].get_yticklabels()][:2] == [
        "process 1",
        "process 2",
    ]
    assert [label.get_text() for label in axes[1].get_yticklabels()] == ["thread 1", "thread 2"]


def test_delays_are_in_milliseconds():
    case = Delayed(Job(1, "A", 1.1, 1.4), [(1.0, 1.01), (1.2, 1.4)], [1.0, 1.4])
    axes = interfaces.delays({"a": case, "b": case, "c": case}).axes[0]
    assert [round(value) for value in axes.lines[0].get_ydata()] == [10, 200]
    assert case.during == 0


def test_idle_bars_carry_values():
    rows = [{"held by": "a thread", "connections": 20, "KiB each": 33.7, "more threads": 20}]
    left, right = interfaces.idle(rows).axes
    assert [text.strip() for text in texts(left) + texts(right)] == ["33.7", "20"]
