"""What the pictures of notebook 04 show; how they look is for people to judge."""

import matplotlib as mpl
import pytest

mpl.use("agg")
from duplex.figures import page as figures  # noqa: E402
from duplex.measure.page import Attempt, Wait  # noqa: E402


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    mpl.pyplot.close("all")


def labels(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_queue_joins_both_moments():
    axes = figures.queue([Wait(100, 105), Wait(120, 190)], [(110, 180)], "Ticks").axes[0]
    lines = [list(line.get_xdata()) for line in axes.lines]
    assert lines[:2] == [[0, 5], [20, 90]]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["came", "onmessage ran"]
    assert len(axes.patches) == 1 and axes.get_title(loc="left").startswith("Ticks")


def test_delays_name_both_ways():
    series = {"at once": [Wait(0, 1)], "in turn": [Wait(0, 150)]}
    axes = figures.delays(series, 200).axes[0]
    assert labels(axes) == ["at once", "in turn"]
    assert axes.get_ylim()[1] > 200


def test_buffer_is_drawn_in_mib():
    axes = figures.buffered({"hasty": [[0, 0], [10, 2**21]], "polite": [[0, 0]]}, 2**20).axes[0]
    assert list(axes.lines[0].get_ydata()) == [0, 2]
    assert list(axes.lines[2].get_ydata()) == [1, 1]


def test_comeback_marks_failures():
    tried = [Attempt(0.01, 0.02, False), Attempt(0.4, 0.41, False), Attempt(1.2, 1.21, True)]
    axes = figures.comeback(tried).axes[0]
    marked = {line.get_label(): list(line.get_xdata()) for line in axes.lines}
    assert marked["an attempt fails"] == [0.01, 0.4]
    assert marked["connected again"] == [1.21]
    assert [text.get_text() for text in axes.texts] == ["380 ms", "790 ms"]


def test_herd_shares_one_scale():
    figure = figures.herd({"without": [[100], [100]], "with": [[90], [200]]})
    above, below = figure.axes
    assert (above.get_title(loc="left"), below.get_title(loc="left")) == ("without", "with")
    assert above.get_ylim() == below.get_ylim() and above.get_ylim()[1] >= 2
