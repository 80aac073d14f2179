"""What the pictures of notebook 01 show; how they look is for people to judge."""

import matplotlib as mpl
import pytest

mpl.use("agg")
from duplex.figures import http as figures_http  # noqa: E402


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    mpl.pyplot.close("all")


def test_bars_add_up():
    row = {"exchange": "a page", "request headers": 600, "request body": 0,
           "response headers": 300, "response body": 1200}  # fmt: skip
    axes = figures_http.shares([row, row | {"exchange": "none"}]).axes[0]
    assert [text.get_text() for text in axes.texts] == [" 2,100", " 2,100"]
    assert [bar.get_width() for bar in axes.patches[::2]] == [600, 0, 300, 1200]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["a page", "none"]


def test_growth_names_its_ends():
    rows = [{"wire": 1000, "news": 0}, {"wire": 2000, "news": 20}]
    shown = [text.get_text() for text in figures_http.growth(rows).axes[0].texts]
    assert shown == ["2,000 bytes on the wire", "20 bytes of news"]


def test_round_trips_are_marked():
    axes = figures_http.round_trips([0.12, 0.13], [0.12, 0.06], 0.06).axes[0]
    assert [text.get_text() for text in axes.texts] == ["1 round trip", "2 round trips"]
    assert list(axes.lines[1].get_ydata()) == [120.0, 60.0]
