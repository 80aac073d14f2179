"""What notebook 06 asks: commands, handshakes, scopes, cookies."""

import matplotlib
import pytest

matplotlib.use("Agg")

from duplex.figures import routing as figures  # noqa: E402
from duplex.measure import routing  # noqa: E402
from duplex.notebook.show import NOTEBOOKS  # noqa: E402
from duplex.server import serve  # noqa: E402
from duplex.wire import Http  # noqa: E402

SPEAKS = NOTEBOOKS / "projects" / "speaks"


@pytest.fixture(scope="module")
def server():
    with serve(SPEAKS, "daphne") as server:
        yield server


def test_late_daphne_is_told():
    said = routing.manage(SPEAKS, "check", APPS="django.contrib.staticfiles daphne")
    assert "daphne.E001" in said


@pytest.mark.parametrize(
    ("path", "status"), [("/ws/see/x/", 101), ("/ws/nowhere/", 500), ("/ws/upside-down/", 500)]
)
def test_knocking_tells_status(server, path, status):
    assert routing.knock(server, path) == status


def test_scope_knows_room_and_user(server):
    assert routing.scope_at(server, "/ws/see/a/")["url_route"]["kwargs"] == {"room": "a"}
    cookie = routing.cookie_of(Http(server.address).get("/enter/ada/"))
    assert cookie.startswith("sessionid=")
    assert routing.scope_at(server, "/ws/stack/", cookie)["user"] == "ada"
    assert routing.scope_at(server, "/ws/stack/")["user"] == "AnonymousUser"


def test_stations_add_keys(server):
    found = routing.added(routing.scope_at(server, "/ws/stations/")["stations"])
    assert dict(found[1:]) == {
        "CookieMiddleware": ["cookies"],
        "SessionMiddleware": ["session"],
        "AuthMiddleware": ["user"],
    }
    texts = [text.get_text() for text in figures.stations(found).axes[0].texts]
    assert {"server", "cookies", "session", "user"} <= set(texts)
