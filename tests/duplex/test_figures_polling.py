"""What the pictures of notebook 02 show; how they look is for people to judge."""

from types import SimpleNamespace

import matplotlib as mpl
import pytest

mpl.use("agg")
from duplex.figures import polling as figures_polling  # noqa: E402
from duplex.line import Passage  # noqa: E402
from duplex.measure.polling import Followed  # noqa: E402
from duplex.measure.wire import Follower  # noqa: E402

EMPTY = b'HTTP/1.1 200 OK\r\n\r\n{"messages": []}'
TWO = b'{"messages": [{"text": "message 1"}, {"text": "message 2"}]}'


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    mpl.pyplot.close("all")


def texts(axes):
    return [text.get_text() for text in axes.texts if text.get_text()]


def recorded(*passages, delay=0.1):
    return SimpleNamespace(passages=[Passage(*passage) for passage in passages], delay=delay)


def followed(name, period, *delays, requests=4, size=100):
    follower = Follower(name, requests=requests, empty=1, seen=[(1.0, delay) for delay in delays])
    return Followed(follower, recorded((0.0, True, bytes(size))), period)


def test_trade_has_theory_and_measurements():
    both = [followed("a", 0.1, 0.05, 0.1), followed("b", 0.2, 0.1, 0.2)]
    late, asked = figures_polling.trade(both, 3.0).axes
    measured = {line.get_label(): list(line.get_ydata()) for line in late.lines + asked.lines}
    assert measured["longest"] == [100, 200] and measured["all"] == [4, 4]
    assert measured["mean"] == pytest.approx([75, 150])
    assert measured["theory: T"] == [0, 200] and measured["brought nothing"] == [1, 1]


def test_price_is_for_each_message():
    room = [followed("a", 0.1, 0.05, 0.1, size=3000), followed("b", 0.2, 0.1, 0.2, size=800)]
    shown = texts(figures_polling.price({"quiet room": room}).axes[0])
    assert shown == ["quiet room", "1,500", "400"]


def test_worst_case_counts_transits():
    figure = figures_polling.worst_case([(0, 0.15), (0.2, 0.05)], [(0, 0.05), (0.2, 0.05)], 0.05)
    assert texts(figure.axes[0]) == ["one transit", "two transits", "three transits"]
    theory = figure.axes[0].lines[0]
    assert list(theory.get_xdata()) == [0, 100, 200] and list(theory.get_ydata()) == [150, 50, 50]


def test_crossings_put_pieces_together():
    line = recorded((1.0, True, b"GET /"), (1.1, False, EMPTY[:20]), (1.101, False, EMPTY[20:]),
                    (2.0, True, b"GET /"), (2.5, False, TWO))  # fmt: skip
    arrows = figures_polling.crossings(line)
    assert [(arrow.left, arrow.up, arrow.label) for arrow in arrows] == [
        (1.0, True, "GET"), (1.1, False, "nothing"),
        (2.0, True, "GET"), (2.5, False, "message 1, 2"),
    ]  # fmt: skip
    assert arrows[0].arrived == 1.1


def test_crossings_keep_events_apart():
    one, two = (b'data: {"text": "message %d"}\n\n' % number for number in (1, 2))
    arrows = figures_polling.crossings(recorded((1.0, False, one), (1.08, False, two)))
    assert [arrow.label for arrow in arrows] == ["message 1", "message 2"]


def test_sides_share_one_clock():
    ways = [followed(name, None, 0.1) for name in ("long polling", "events")]
    figure = figures_polling.side_by_side(ways)
    assert [axes.get_title() for axes in figure.axes] == ["long polling", "events"]
    assert figure.axes[0].get_ylim() == figure.axes[1].get_ylim()


def test_spans_are_bars():
    figure = figures_polling.spans({"clock": [(0, 1), (0.5, 2)], "answer": [(0, 1)]})
    bars = [[bar.get_width() for bar in axes.patches] for axes in figure.axes]
    assert bars == [[1, 1.5], [1]]


def test_crowds_are_named():
    figure = figures_polling.crowds({"always": [5, 5], "rarely": [5, 0], "spread": [3, 2]}, away=1)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["always", "rarely", "spread"]
    assert texts(figure.axes[0]) == ["the server is away"]
