"""What the pictures of notebook 03 show; how they look is for people to judge."""

import matplotlib as mpl
import pytest

mpl.use("agg")
from duplex.figures import wire as figures_wire  # noqa: E402
from duplex.figures.wire import Arrow  # noqa: E402
from duplex.frames import PING, PONG, RawFrame  # noqa: E402
from duplex.measure.wire import Follower  # noqa: E402


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    mpl.pyplot.close("all")


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_frame_shows_every_byte():
    shown = texts(figures_wire.anatomy(bytes.fromhex("8185 37fa213d 7f9f4d5158"), "Hello"))
    assert [text for text in shown if text in ("81", "85", "37", "7f", "58")]
    assert {"FIN 1", "opcode: text", "MASK 1", "length: 5", "masking key", "payload"} <= set(shown)
    assert list("Hello") == [text for text in shown if text.isalpha() and len(text) == 1]


def test_header_costs_are_labelled():
    costs = [{"payload": 1, "server to client": 2, "client to server": 6}]
    assert set(texts(figures_wire.header_costs(costs))) == {"2", "4", "10", "6", "8", "14"}


def test_crossing_hides_crowded_times():
    arrows = [Arrow(0, 0.3, True, "up"), Arrow(0.001, 0.301, False, "down")]
    shown = texts(figures_wire.crossing(arrows, "Crossing"))
    assert shown.count("0 ms") == 1
    assert {"client", "server", "up", "down", "300 ms"} <= set(shown)


def test_race_has_two_followers():
    followers = [Follower(name, seen=[(5.0, 0.1), (6.0, 0.2)]) for name in ("polling", "WebSocket")]
    figure = figures_wire.race(*followers, period=0.25)
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert labels == ["polling", "WebSocket"]


def test_exchange_shows_frames_in_order():
    recorded = [(5.0, "out", RawFrame(PING, b"x")), (5.002, "in", RawFrame(PONG, b"x"))]
    shown = list(filter(None, texts(figures_wire.exchange(recorded, "Heartbeat"))))
    assert shown == ["client", "server", "ping b'x'", "0.0 ms", "pong b'x'", "2.0 ms"]
