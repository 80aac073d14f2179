"""What notebook 12 measures: costs and contests, TLS, findings, health, numbers, and two ends."""

import asyncio
import ssl

import matplotlib as mpl
import pytest

mpl.use("agg")
from duplex import server as servers  # noqa: E402
from duplex import wire  # noqa: E402
from duplex.figures import production as figures  # noqa: E402
from duplex.measure import fanout, strangers  # noqa: E402
from duplex.measure.ending import Ending  # noqa: E402
from duplex.notebook import production as notebook  # noqa: E402

pytestmark = pytest.mark.skipif(not servers.CAN_FORK, reason="SIGTERM is none on Windows")


@pytest.fixture(scope="module")
def authority():
    return notebook.Authority()


@pytest.fixture(scope="module")
def lab():
    with notebook.serve() as server:
        yield server


@pytest.fixture(scope="module")
def people(lab):
    return notebook.sign_up(lab, "ada", "grace")


@pytest.fixture(scope="module")
def service(authority, people):
    with notebook.production(authority) as server:
        yield server


@pytest.fixture(scope="module")
def ends(people):
    ways = {"SIGTERM": "terminate", "SIGKILL": "kill"}
    return {name: notebook.end(how, people) for name, how in ways.items()}


def test_one_channel_costs_less():
    many, one = asyncio.run(fanout.costs(members=30, messages=5)).values()
    assert sum(many.values()) > 2 * sum(one.values())
    axes = figures.costs({"many": many, "one": one}).axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["many", "one"]


def test_both_chats_deliver(lab, people):
    rounds = notebook.contest(lab, people[0], sizes=(3,))
    assert [one.chat for one in rounds] == ["usual chat", "room hub"]
    assert all(one.rate > 0 and one.cpu >= 0 and one.p99 > 0 for one in rounds)
    axes = figures.contest(rounds).axes[0]
    assert "usual chat" in axes.get_ylabel()


def test_times_compares_like_with_like():
    rounds = [fanout.Round("a", 5, 100, 80, 1), fanout.Round("b", 5, 300, 20, 1)]
    assert fanout.times(rounds, 5) == 3 and fanout.times(rounds, 5, "cpu") == 4


def test_patient_person_gets_a_window(lab, people):
    with (
        notebook.Person(people[0], "inn", patient=True) as quiet,
        notebook.Person(people[1], "inn") as talker,
    ):
        talker.tells(110)
        assert quiet.asks().ids == list(range(1, 101))
        quiet.seen(10)
        assert quiet.hears(110).code is None


def test_chain_ends_at_the_root(authority):
    sent, known = strangers.certificates(authority)
    assert (sent["by itself"], known["by itself"]) == ("no", "yes")
    assert sent["signed by"] == known["signed by"] and "localhost" in sent["for"]


def test_stranger_is_refused(service, authority):
    known, unknown = authority.client_context(), ssl.create_default_context()
    assert strangers.handshake(service.address, known).startswith("connected")
    assert "issuer" in strangers.handshake(service.address, unknown)
    assert "not valid for" in strangers.handshake(service.address, known, "chat.example")


def test_findings_have_names():
    assert {"security.W004", "security.W018"} <= set(notebook.deployment(7))


def test_failed_check_is_told():
    with pytest.raises(AssertionError, match="CHAT_SECRET_KEY"):
        notebook.deployment(8, CHAT_DEBUG="0", CHAT_SECRET_KEY="short")


def test_missing_header_is_a_dash(service):
    answer = wire.Http(service.address).get("/live/")
    rows = strangers.headers(answer, "X-Frame-Options", "X-Nothing")
    assert [row["value"] for row in rows] == ["DENY", "-"]


def test_health_says_what_is_missing(service):
    assert strangers.health(service) == {"/live/": 200, "/ready/": 200, "missing": "nothing"}


def test_silence_counts_as_no(people):
    server, missing = notebook.silent_redis()
    with server:
        assert strangers.health(server, missing)["missing"] == "redis"


def test_empty_database_is_none(people):
    server, missing = notebook.empty_database()
    with server:
        assert strangers.health(server, missing)["/ready/"] == 503


def test_ways_show_each_client():
    usual, hub = figures.ways(4).axes
    words = [[text.get_text() for text in axes.texts] for axes in (usual, hub)]
    assert words[0].count("consumer") == words[1].count("queue") == 4


def test_samples_grow(service, people):
    before = strangers.samples(service)
    with notebook.Person(notebook.at(people[0], service), "counted") as one:
        one.tells(2)
    rows = {row["sample"]: row for row in strangers.grown(before, strangers.samples(service))}
    assert rows["chat_messages_total"]["now"] - rows["chat_messages_total"]["before"] == 2
    assert not any(name.endswith(("_created", "_bucket")) for name in rows)


def test_buckets_have_bounds():
    numbers = {'s_bucket{le="0.1"}': 2.0, 's_bucket{le="+Inf"}': 3.0, "s_count": 3.0}
    found = strangers.buckets(numbers, "s")
    assert found == {0.1: 2.0, float("inf"): 3.0}
    bars = figures.histogram(found).axes[0].patches
    assert [bar.get_height() for bar in bars] == [2.0, 1.0]


def test_log_tells_of_the_end(service, people):
    with notebook.Person(notebook.at(people[1], service), "a\nb") as one:
        one.hears_itself()
    ends = strangers.log_lines(service, "disconnect")
    assert {"connection", "person", "room"} <= ends[-1].keys()


def test_sigterm_says_goodbye(ends):
    polite = ends["SIGTERM"]
    assert (polite.codes, polite.status, polite.lost) == ({1001}, 0, [])
    assert polite.row()["acknowledged"] >= 40


def test_sigkill_says_nothing(ends):
    rude = ends["SIGKILL"]
    assert rude.codes == {None} and rude.status != 0 and rude.lost == []
    assert rude.row()["clients see"] == "no close frame"


def test_ends_are_drawn(ends):
    axes = figures.endings(ends).axes
    assert [one.get_title(loc="left") for one in axes][0] == "SIGTERM: exit status 0"
    assert axes[-1].get_xlabel().endswith("(ms)")


def test_lost_words_are_found():
    class One:
        acked, said, code = {"kept": 1.0, "gone": 1.0, "twice": 1.0}, {}, None

    story = Ending([One()], 0, 0, 1, 0, ["kept", "twice", "twice", "untold"])
    assert story.lost == ["gone", "twice"] and story.in_doubt == ["untold"]
