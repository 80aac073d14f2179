"""What notebook 07 measures: recorded events, waiting, close codes; and what it draws."""

import matplotlib
import pytest

matplotlib.use("Agg")

from duplex import wire  # noqa: E402
from duplex.deadline import wait_until  # noqa: E402
from duplex.figures import consumers as figures  # noqa: E402
from duplex.measure import consumers  # noqa: E402
from duplex.notebook.show import NOTEBOOKS  # noqa: E402
from duplex.server import serve  # noqa: E402


@pytest.fixture(scope="module")
def server():
    with serve(NOTEBOOKS / "projects" / "lives", "daphne") as server:
        yield server


def ended(server, connection: int) -> list[dict]:
    """Return the events of a connection that has ended."""

    def events():
        return consumers.life(consumers.recorded(server, "/records/"), connection)

    assert wait_until(lambda: any(one["way"] == "end" for one in events()))
    return events()


def test_life_is_recorded(server):
    with wire.connect(server.address, "/ws/lecture/") as client:
        client.receive()
    events = ended(server, consumers.recorded(server, "/records/")[-1]["connection"])
    assert [one["type"] for one in events] == [
        "websocket.connect", "websocket.accept", "websocket.send", "websocket.disconnect",
        "returned",
    ]  # fmt: skip
    texts = [text.get_text() for text in figures.life(events).axes[0].texts]
    assert "websocket.send  'Connected!'" in texts and "returned" in texts


def test_blocking_delays_others(server):
    sockets = {name: wire.connect(server.address, "/ws/turns/") for name in ("Ada", "Bob")}
    turns = consumers.asked_at_once(sockets, {"Ada": "Ada 0.4 blocking", "Bob": "Bob 0 politely"})
    for socket in sockets.values():
        socket.close()
    assert [turn.name for turn in turns] == ["Ada", "Bob"]
    assert turns[1].answered >= 0.3  # Bob had to wait for Ada's call
    labels = figures.turns({"blocking": turns}).axes[0].get_yticklabels()
    assert [label.get_text() for label in labels] == ["blocking: Ada", "blocking: Bob"]


@pytest.mark.parametrize(("message", "code"), [("4001", 4001), ("raise", 1011)])
def test_code_is_told(server, message, code):
    assert consumers.told_code(server, "/ws/code/", message) == code


def test_answer_follows_messages(server):
    assert consumers.answer_to(server, "/ws/json/", '{"a": 1}').json()["type"] == "dict"
    assert consumers.answer_to(server, "/ws/json/", b"{}").code == 1011
