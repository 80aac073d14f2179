"""The crowd that loads a chat counts, times, and tells what goes wrong; its servers end."""

import json
import os
import socket
import threading
from pathlib import Path

import psutil
import pytest

from duplex import catalog, frames, project
from duplex.bench import chat, crowd, limits, served
from duplex.bench.guests import folder, invited, manage
from duplex.errors import CourseError


def framed(text, opcode=frames.TEXT):
    """A frame as a server sends it."""
    return frames.encode(opcode, text.encode())


@pytest.mark.parametrize("size", [0, 1, 125, 126, 300, 65_535, 65_536, 70_000])
def test_frame_is_found(size):
    data = b"before" + framed("x" * size) + b"after"
    start, stop = crowd.frame_at(data, 6)
    assert data[start:stop] == b"x" * size and data[stop:] == b"after"


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_536])
def test_half_a_frame_is_none(size):
    data = framed("x" * size)
    for end in {0, 1, 2, 3, 9, len(data) - 1} - set(range(len(data), 10)):
        assert crowd.frame_at(data[:end], 0) is None


@pytest.fixture
def heard():
    """A crowd of two clients at the near ends of two pairs of sockets; `.far` are the others."""
    made = crowd.Crowd(crowd.Order(0, "/", 2, os.getpid()))
    made.far = []
    for _ in range(2):
        near, far = socket.socketpair()
        far.settimeout(10)
        made.far.append(far)
        client = crowd.Client(near)
        made.clients.append(client)
        made.selector.register(near, 1, client)
    yield made
    for sock in [client.sock for client in made.clients] + made.far:
        sock.close()
    made.selector.close()


def test_delivery_is_timed(heard):
    heard.speak()
    text = heard.far[0].recv(1000)
    assert b"~~000000 " in text
    heard.far[0].sendall(framed('{"message": "~~000000 Who"}'))
    heard.hear(5)
    assert len(heard.delays) == 1 and 0 <= heard.delays[0] < 60
    assert heard.missing == {0: 1}
    heard.far[1].sendall(framed('{"message": "~~000000 Who"}'))
    heard.hear(5)
    assert (len(heard.delays), heard.missing, heard.sent) == (2, {}, {})


def test_clients_speak_in_turn(heard):
    for _ in range(4):
        heard.speak()
    said = [far.recv(4096) for far in heard.far]
    assert [[n for n in range(4) if b"~~00000%d" % n in one] for one in said] == [[0, 2], [1, 3]]


def test_words_are_masked_frames(heard):
    heard.speak()
    data = heard.far[0].recv(1000)
    start, masked = 8 if data[1] & 0x7F == 126 else 6, data[1] & 0x80
    assert masked and json.loads(data[start:])["message"].startswith("~~000000 ")


def test_frames_in_pieces_are_counted_once(heard):
    heard.speak()
    data = framed("~~000000 a") + framed("something else") + framed("x" * 200)
    for piece in range(0, len(data), 7):
        heard.far[0].sendall(data[piece : piece + 7])
        heard.hear(5)
    assert (len(heard.delays), heard.clients[0].unread) == (1, b"")


def test_ping_is_answered(heard):
    heard.far[0].sendall(framed("are you there", frames.PING))
    heard.hear(5)
    got = heard.far[0].recv(100)
    assert got[0] == 0x80 | frames.PONG and got.endswith(b"are you there")


def test_what_was_seen_is_said(heard):
    heard.order.seen_every = 2
    for number in range(2):
        heard.sent[number], heard.missing[number] = 0.0, 2
        heard.far[1].sendall(framed(json.dumps({"id": number + 7, "text": f"~~{number:06d}"})))
        heard.hear(5)
    assert json.loads(heard.far[1].recv(100)[6:]) == {"type": "seen", "id": 8}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (frames.encode(frames.CLOSE, frames.close_payload(1013)), "was closed with 1013"),
        (framed('{"type": "error", "error": "Slowly."}'), "Slowly."),
        (b"", "a connection was lost"),
    ],
)
def test_trouble_is_told(heard, data, why):
    heard.far[0].sendall(data)
    if not data:
        heard.far[0].shutdown(socket.SHUT_WR)
    with pytest.raises(crowd.Lost, match=why):
        heard.hear(5)


@pytest.mark.parametrize(("in_flight", "least", "missing"), [(3, 3, 6), (2, 5, 4), (9, 1, 2)])
def test_missing_deliveries_are_told(heard, in_flight, least, missing):
    heard.order.patience = 0.01
    with pytest.raises(crowd.Lost, match=f"^{missing} deliveries are missing"):
        heard.phase(in_flight, least, 0)


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_rank_of_a_hundred(share, value):
    assert crowd.rank(list(range(1, 101)), share) == value


# The crowd against real servers


SMALL = {"in_flight": 3, "least": 12, "seconds": 0}


@pytest.fixture(scope="module")
def crowds():
    """What a small crowd measured at each contestant, side by side."""
    told = {}

    def measure(one, guests):
        with (
            chat.at_home(one, guests) as (place, env, manners),
            served.serving(place, one.words, env) as server,
        ):
            order = crowd.Order(server.port, chat.PATH, 5, server.pid, **SMALL, **manners)
            told[one.key] = chat.send_crowd(order)

    with invited(catalog.lab(chat.LAB), 5) as guests:
        threads = [threading.Thread(target=measure, args=[one, guests]) for one in chat.CONTESTANTS]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    return told


@pytest.mark.parametrize("key", [one.key for one in chat.CONTESTANTS])
def test_everybody_hears_everything(crowds, key):
    told = crowds[key]
    assert "error" not in told
    counts = [(told[phase]["messages"], told[phase]["deliveries"]) for phase in ("full", "alone")]
    assert counts == [(12, 60), (10, 50)]
    full = told["full"]
    assert 0 < full["p50"] <= full["p99"] <= full["seconds"] and 0 < full["busy"] < 2
    assert told["memory"] > 1e6


def test_refused_client_is_told():
    one = chat.CONTESTANTS[0]
    with served.serving(project.copy(chat.PROJECTS / one.project), one.words, {}) as server:
        order = crowd.Order(server.port, "/ws/elsewhere/", 1, server.pid)
        assert "client 0 was refused: HTTP/1.1 500" in chat.send_crowd(order)["error"]


def test_server_ends_with_its_folder():
    folder = project.copy(chat.PROJECTS / "usual")
    with served.serving(folder, served.BROADCAST, {}) as server:
        assert psutil.pid_exists(server.pid) and folder.is_dir()
    assert not folder.exists() and not psutil.pid_exists(server.pid)


def test_server_that_does_not_listen_is_told():
    words = ("-c", "raise SystemExit('no such module')")
    with (
        pytest.raises(CourseError, match=r"did not listen; its last words: no such module$"),
        served.serving(project.copy(chat.PROJECTS / "usual"), words, {}),
    ):
        pass


def test_failed_crowd_stops_the_contest(monkeypatch):
    monkeypatch.setattr(chat, "send_crowd", lambda order: {"error": "7 deliveries are missing"})
    one = next(one for one in chat.CONTESTANTS if one.key == "broadcast")
    with pytest.raises(CourseError, match="with 3 clients: 7 deliveries are missing; see that"):
        chat.run(one, 3, 0.1, {}, None)


# Guests


@pytest.fixture(scope="module")
def guests():
    """Three people of lab 08."""
    with invited(catalog.lab(chat.LAB), 3) as made:
        yield made
    assert not made.database.exists()


def test_guests_are_other_people(guests):
    assert len(set(guests.cookies)) == 3
    assert all(one.startswith("sessionid=") for one in guests.cookies)


def test_each_run_has_its_database(guests):
    with guests.fresh() as env:
        copy = Path(env["CHAT_DATABASE"])
        assert copy != guests.database and copy.read_bytes() == guests.database.read_bytes()
        assert env["CHAT_BURST"] == "1000000" and "CHAT_DEBUG" not in env
    assert not copy.exists() and guests.database.exists()


def test_failed_command_is_told():
    with (
        folder() as place,
        pytest.raises(CourseError, match="^`manage.py migrate` of .* failed: .*manage.py"),
    ):
        manage(place, {}, "migrate")


# Files


def test_limit_is_raised(monkeypatch):
    resource = pytest.importorskip("resource")
    asked = []
    monkeypatch.setattr(resource, "getrlimit", lambda what: (256, 1000))
    monkeypatch.setattr(resource, "setrlimit", lambda what, pair: asked.append(pair))
    for connections in (100, 300, 5000):
        limits.allow_files(connections)
    assert asked == [(300 + limits.SPARE, 1000), (1000, 1000)]
