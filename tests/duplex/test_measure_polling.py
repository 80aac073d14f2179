"""What notebook 02 measures, against its own project under real servers."""

import threading
import time
from pathlib import Path

import pytest

from duplex import wire
from duplex.deadline import wait_until
from duplex.measure import polling
from duplex.measure.loops import by_the_answer, by_the_clock, crowd, each_second, most_at_once
from duplex.measure.wire import BROWSER, Follower
from duplex.server import serve

NEWS = Path(__file__).parents[2] / "notebooks/projects/news"


@pytest.fixture(scope="module")
def server(nursery):
    with serve(NEWS, "daphne", nursery=nursery) as server:
        yield server


@pytest.fixture(scope="module")
def http(server):
    return wire.Http(server.address)


def readers(http):
    return http.get("/feed/readers/").json()


def test_every_way_sees_everything(server):
    ways = {"timed": 0.05, "long": polling.long_poll, "events": polling.stream}
    timed, patient, pushed = polling.follow(server.address, ways, [0.0, 0.05, 0.15])
    moments = [[moment for moment, _ in one.follower.seen] for one in (timed, patient, pushed)]
    assert moments[0] == moments[1] == moments[2] and len(moments[0]) == 3
    assert patient.follower.empty == 0 < patient.follower.requests <= 3  # two may come together
    assert pushed.row()["requests"] == pushed.row()["connections"] == 1
    assert timed.period == 0.05 and pushed.period is None
    assert pushed.bytes == pushed.row()["bytes"] < patient.bytes


def test_interrupt_ends_followers(server, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(polling, "publish", interrupt)
    ways = {"timed": 0.05, "long": polling.long_poll, "events": polling.stream}
    start, before = time.monotonic(), set(threading.enumerate())
    with pytest.raises(KeyboardInterrupt):
        polling.follow(server.address, ways, [0.0])
    assert time.monotonic() - start < 10  # of the minute that each would have waited
    assert wait_until(lambda: set(threading.enumerate()) <= before)


def test_slow_line_shows_worst_case(server):
    ways = {"long": polling.long_poll, "events": polling.stream}
    when = polling.pairs([0.02, 0.15], rest=0.2)
    patient, pushed = polling.follow(server.address, ways, when, delay=0.05)
    seconds = polling.seconds_of_pairs(patient.follower)
    assert seconds and all(late > 0.15 - gap - 0.01 for gap, late in seconds)
    assert min(patient.follower.delays + pushed.follower.delays) > 0.04
    published = pushed.published
    assert len(published) == 4 and published == sorted(published)
    assert all(published[0] < passage.at for passage in pushed.line.passages[-4:])


def test_pair_in_one_answer_is_left_out():
    seen = [(10.0, 0.1), (10.02, 0.08), (11.0, 0.1), (11.02, 0.28)]
    pairs = polling.seconds_of_pairs(Follower("long", seen=seen))
    assert pairs == [(pytest.approx(0.02), 0.28)]


def test_pairs_have_gaps_and_rests():
    assert polling.pairs([0.5, 1], rest=2) == [0.0, 0.5, 2.5, 3.5]


def test_least_poll_is_counted(server):
    least, more = polling.weigh(server.address, {}), polling.weigh(server.address, BROWSER)
    host = "{}:{}".format(*server.address)
    last = wire.Http(server.address).get("/feed/readers/").json()["last"]
    asked = f"GET /feed/?after={last} HTTP/1.1\r\nHost: {host}\r\n\r\n"
    assert least["request"] == len(asked)
    extra = sum(len(f"{name}: {value}\r\n") for name, value in BROWSER.items())
    assert more["request"] == least["request"] + extra
    assert more["response"] == least["response"] and more["body"] > len('{"messages": []}')


@pytest.mark.parametrize("path", ["/feed/wait/", "/bare/wait/"])
def test_held_readers_get_answers(server, path):
    costs = polling.held(server, path, 5)
    assert costs["readers held"] == costs["answered"] == 5


def test_threads_hold_readers(nursery):
    with serve(NEWS, "runserver", nursery=nursery) as threaded:
        costs = polling.held(threaded, "/threads/wait/", 5, feed="/threads/")
    assert costs["readers held"] == costs["answered"] == 5
    assert costs["threads meanwhile"] >= costs["threads before"] + 5


@pytest.mark.parametrize("path", ["wait", "stream"])
def test_lost_reader_is_let_go(server, http, path):
    with polling._connection(server.address) as connection:
        connection.request("GET", f"/feed/{path}/?after={readers(http)['last']}")
        assert wait_until(lambda: readers(http)["waiting"] == 1)
    assert wait_until(lambda: readers(http)["waiting"] == 0)


def test_stream_reads_on(server, http):
    for number in range(3):
        http.post("/feed/", body=b"%d" % number)
    last = readers(http)["last"]
    with polling._connection(server.address) as connection:
        headers = {"Last-Event-ID": str(last - 1)}
        connection.request("GET", "/feed/stream/?after=0", headers=headers)
        answer = connection.getresponse()
        lines = [answer.readline() for _ in range(3)]
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert lines == [b"retry: 1000\n", b"\n", b"id: %d\n" % last]


def test_careless_view_is_blamed(server):
    bodies = {"good": b'{"author": "a", "text": "b"}', "list": b"[1]", "none": b""}
    rows = polling.believed(server, "/careless/", bodies)
    assert [row["status"] for row in rows] == [201, 500, 500]
    assert [row["error in the log"] for row in rows] == ["", "TypeError", "JSONDecodeError"]
    assert [row["answer"] for row in rows] == ["application/json", "text/html", "text/html"]


def test_clock_piles_up_questions(server):
    clock = by_the_clock(server.address, "/desk/", 4, period=0.02)
    answered = by_the_answer(server.address, "/desk/", 2, period=0.02)
    assert (len(clock), len(answered)) == (4, 2)
    assert most_at_once(clock) > most_at_once(answered) == 1
    assert all(end - begin > 0.1 for begin, end in clock + answered)


def test_spans_are_counted_together():
    assert most_at_once([(0, 2), (1, 3), (2, 4)]) == 2
    assert most_at_once([(0, 1), (1, 2)]) == 1


def test_crowd_without_growth_is_constant():
    counts = each_second(crowd(growth=1, jitter=0, clients=10, away=20))
    assert len(counts) == 50
    assert {sum(counts[second : second + 2]) for second in range(0, 50, 2)} == {10}


def test_crowd_backs_off_and_returns():
    counts = each_second(crowd(growth=2, jitter=0, clients=10, away=20))
    starts = [second for second in range(0, 50, 2) if sum(counts[second : second + 2]) == 10]
    assert starts == [0, 4, 12, 28, 30, 32, 34, 36, 38, 40, 42, 44, 46, 48]
    assert sum(counts) == 10 * len(starts)


def test_jitter_spreads_a_crowd():
    burst, spread = (each_second(crowd(2, jitter, 200, 60))[30:60] for jitter in (0, 0.5))
    assert max(spread) < max(burst) / 2
    assert crowd(2, 0.5, 200, 60) == crowd(2, 0.5, 200, 60)
