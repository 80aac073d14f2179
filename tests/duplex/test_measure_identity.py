"""What notebook 09 asks: who gets in, whose word it is, and what a foreign page reaches."""

import matplotlib as mpl
import pytest

mpl.use("agg")
from duplex.browser import find_browser  # noqa: E402
from duplex.certs import Authority, serve_tls  # noqa: E402
from duplex.deadline import wait_until  # noqa: E402
from duplex.figures import identity as figures  # noqa: E402
from duplex.line import Line  # noqa: E402
from duplex.measure import identity, thirdparty  # noqa: E402
from duplex.notebook.browser import map_hosts  # noqa: E402
from duplex.notebook.show import NOTEBOOKS  # noqa: E402
from duplex.notebook.tab import Tab  # noqa: E402
from duplex.server import serve  # noqa: E402
from duplex.wire import Http  # noqa: E402

PEOPLE, TRAP = NOTEBOOKS / "projects/identity", NOTEBOOKS / "projects/trap"
SIBLING, STRANGER = "chat.example:8000", "prize.example"
needs_browser = pytest.mark.skipif(find_browser() is None, reason="no browser on this computer")


@pytest.fixture(scope="module")
def server(nursery):
    with serve(PEOPLE, "daphne", nursery=nursery) as server:
        yield server


@pytest.fixture(scope="module")
def trap(nursery):
    with serve(TRAP, "daphne", nursery=nursery) as server:
        yield server


@pytest.fixture(scope="module")
def ada(server):
    return identity.log_in(server, "ada")


@pytest.fixture(scope="module")
def door(server):
    with Line(server.address) as door:
        yield door


@pytest.fixture(scope="module")
def hosts(door, trap):
    return {"chat.example:80": door.address, f"{SIBLING}": trap.address,
            f"{STRANGER}:80": trap.address}  # fmt: skip


@pytest.fixture(scope="module")
def tab(hosts):
    with Tab("http://chat.example/enter/ada/", map_hosts(hosts)) as tab:
        yield tab


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    mpl.pyplot.close("all")


@pytest.mark.parametrize(
    ("path", "end"), [("/ws/early/", "HTTP 403"), ("/ws/letters/", "101, then closed, 4401")]
)
def test_nobody_is_turned_away(server, path, end):
    assert identity.outcome(server, path) == end


@pytest.mark.parametrize(
    ("origin", "hosts", "origins"),
    [
        ("http://chat.example", "101, opens as ada", "101, opens as ada"),
        ("http://chat.example:8000", "101, opens as ada", "HTTP 403"),
        ("https://prize.example", "HTTP 403", "HTTP 403"),
        ("null", "HTTP 403", "HTTP 403"),
        ("", "HTTP 403", "HTTP 403"),
    ],
)
def test_origin_is_validated(server, ada, origin, hosts, origins):
    assert identity.outcome(server, "/ws/letters/", ada, origin) == "101, opens as ada"
    assert identity.outcome(server, "/ws/hosts/", ada, origin) == hosts
    assert identity.outcome(server, "/ws/origins/", ada, origin) == origins


@pytest.mark.parametrize(("path", "author"), [("believing", "grace"), ("knowing", "ada")])
def test_author_is_claimed_or_known(server, ada, path, author):
    with identity.enter(server, f"/ws/{path}/", ada) as client:
        client.receive()
        client.send_json({"author": "grace", "text": "hello"})
        assert client.receive().json()["author"] == author


@pytest.mark.parametrize(
    ("room", "end"),
    [("ada+grace", "101, opens as ada"), ("adam+grace", "101, then closed, 4403")],
)
def test_private_room_compares_whole_names(server, ada, room, end):
    assert identity.outcome(server, f"/ws/private/{room}/", ada) == end


@pytest.mark.parametrize(
    ("kind", "secrets", "word"),
    [("trusting", 3, "said as ada"), ("asking", 3, "closed, 4401"), ("told", 0, "closed, 4401")],
)
def test_log_out_is_noticed(server, kind, secrets, word):
    told = identity.said_after_logout(server, f"/ws/{kind}/")
    assert told == {"secrets heard": secrets, "the next word": word}


def test_session_runs_out(server):
    cookie = identity.log_in(server, "ada", seconds=1)
    assert identity.ends(server, cookie)


def test_post_without_token_is_refused(server, ada):
    assert Http(server.address).post("/burn/", cookie=ada).status == 403


@needs_browser
def test_trap_brings_letters_home(tab, trap, door):
    tab.goto("http://chat.example/enter/ada/")
    tab.goto(f"http://{SIBLING}/")
    assert wait_until(lambda: Http(trap.address).get("/loot/").json()["loot"])
    loot = Http(trap.address).get("/loot/").json()["loot"][0]
    asked = identity.handshakes(door)[-1]
    assert asked["Origin"] == f"http://{SIBLING}" and "sessionid=…" in asked["Cookie"]
    figure = figures.sequence(*identity.hijack(asked, loot))
    words = [text.get_text() for text in figure.axes[0].texts]
    assert "101, you are ada" in words and "chat.example" in words


@needs_browser
def test_lax_stops_other_sites_only(tab):
    found = identity.under_rule(tab, [SIBLING, STRANGER], "Lax")
    assert list(found.values()) == ["opens as ada", "opens as ada", "closed, 4401"]


@needs_browser
def test_allowed_third_party_gets_in(server, hosts):
    with serve_tls(PEOPLE, Authority("chat.example")) as secure:
        places = map_hosts(hosts | {"chat.example:443": secure.address})
        found = thirdparty.third_party(secure, places, [STRANGER], allowed=True)
    assert found == {"chat.example": "opens as ada", STRANGER: "opens as ada"}


def test_strangers_inside_are_red():
    found = {"rule": {"chat": "opens as ada", "other": "opens as ada", "third": "closed, 4401"}}
    axes = figures.reach(found, "chat").axes[0]
    colours = [mpl.colors.to_hex(patch.get_facecolor()) for patch in axes.patches]
    assert colours == [figures.SHUT, figures.OPEN, figures.SHUT]
