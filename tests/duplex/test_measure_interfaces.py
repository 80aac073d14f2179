"""What notebook 05 measures, against its own project under both interfaces."""

from pathlib import Path

import pytest

from duplex import wire
from duplex.deadline import wait_until
from duplex.measure import interfaces, waiting
from duplex.measure.interfaces import Job
from duplex.server import serve

PROJECT = Path(__file__).parents[2] / "notebooks/projects/two_interfaces"


@pytest.fixture(scope="module")
def threaded(nursery):
    with serve(PROJECT, "runserver", nursery=nursery) as server:
        yield server.address


@pytest.fixture(scope="module")
def daphne(nursery):
    with serve(PROJECT, "daphne", nursery=nursery) as server:
        yield server


@pytest.fixture
def processes(nursery):
    with serve(PROJECT, "runserver", nursery=nursery, env={"PROCESSES": "3"}) as server:
        yield server.address


def job(began, ended, thread="T", moments=(), process=1):
    return Job(process, thread, began, ended, moments=list(moments))


def test_most_at_once_is_counted():
    assert interfaces.most_at_once([(0, 2), (1, 3), (2, 4), (3, 5)]) == 2
    assert interfaces.most_at_once([]) == 0


def test_seconds_of_two_are_summed():
    assert interfaces.seconds_of_two([(0, 2), (1, 3), (1.5, 2.5), (9, 10)]) == 1.5
    assert interfaces.seconds_of_two([(0, 1), (1, 2)]) == 0


def test_gaps_cut_the_running():
    assert job(0, 9, moments=[0, 1, 2, 8, 9]).running == [(0, 2), (8, 9)]
    assert job(0, 3, moments=[0, 1, 2, 3]).running == [(0, 3)]


def test_fastest_round_counts(monkeypatch):
    rounds = iter([[job(0, 3, moments=[0, 3])], [job(0, 1, moments=[0, 1])],
                   [job(0, 2, moments=[0, 2])]])  # fmt: skip
    assert interfaces.fastest(lambda: next(rounds), 3)[0].ended == 1


def test_processes_are_tried_until_together(monkeypatch):
    monkeypatch.setattr(interfaces, "cores", lambda: 2)
    one = job(0, 1, moments=[0, 1])
    rounds = iter([[one, job(1, 2, process=2, moments=[1, 2])]] * 4
                  + [[one, job(0, 9, process=2, moments=[0, 9])]])  # fmt: skip
    assert interfaces.fastest(lambda: next(rounds), 3)[1].ended == 9


def test_threads_compute_in_one_process(threaded):
    jobs = interfaces.ask_at_once(threaded, "/compute/?pieces=30", 4)
    row = interfaces.computing_row("threads", jobs)
    assert (row["processes"], row["threads"]) == (1, 4)
    assert row["cores in use"] < 1.1
    assert all(len(job.moments) == 31 for job in jobs)


def test_processes_share_a_socket(processes):
    jobs = interfaces.ask_at_once(processes, "/service/?seconds=0.1", 9)
    row = interfaces.job_row("processes", jobs)
    assert 1 < row["processes"] == row["threads"] <= 3
    assert row["in progress at once"] <= 3


def test_async_view_waits_in_one_thread(daphne):
    jobs = interfaces.ask_at_once(daphne.address, "/async/service/?seconds=0.2", 8)
    assert len({job.place for job in jobs}) == 1
    assert interfaces.most_at_once(job.span for job in jobs) > 1


def test_async_queries_run_in_threads(daphne):
    row = interfaces.query_row(
        "aget", interfaces.ask_at_once(daphne.address, "/async/database/?seconds=0.1", 4)
    )
    assert (row["threads of the code"], row["threads of the queries"]) == (1, 4)


def test_cost_is_read_from_the_process(threaded):
    row = interfaces.cost_row("WSGI", threaded, "/compute/?pieces=60", 5)
    assert row["path"] == "/compute/" and row["processor time each (ms)"] > 1


@pytest.mark.parametrize("sensitive", [True, False])
def test_consumers_share_one_thread(daphne, sensitive):
    jobs = waiting.queries_at_once(daphne.address, 3, seconds=0.1, thread_sensitive=sensitive)
    assert (len({job.query for job in jobs}) == 1) is sensitive


@pytest.mark.parametrize(
    ("way", "least", "most"),
    [("blocking", 0, 0), ("awaiting", 1, 99), ("in_the_thread", 0, 1), ("in_a_thread", 1, 99)],
)
def test_blocking_stops_the_other_client(daphne, way, least, most):
    assert least <= waiting.disturb(daphne.address, way, 0.25).during <= most


def test_debug_mode_tells_of_slow_steps(nursery):
    with serve(PROJECT, "daphne", nursery=nursery, env={"PYTHONASYNCIODEBUG": "1"}) as server:
        waiting.disturb(server.address, "blocking", 0.2)
        assert wait_until(lambda: waiting.slow_steps(server.log.text()))
        told = waiting.slow_steps(server.log.text())[0]
    assert told.startswith("Executing <Task … coro=<ProtocolTypeRouter.__call__() …> took ")


def test_plain_query_is_refused(daphne):
    assert wire.Http(daphne.address).get("/async/database/wrong/").status == 500
    assert wait_until(daphne.log.last_error)
    assert daphne.log.last_error().startswith("SynchronousOnlyOperation: You cannot call this")


def test_idle_requests_take_threads(threaded):
    assert waiting.hold(threaded, "/hold/", 20)["more threads"] >= 15


@pytest.mark.parametrize(("env", "least", "most"), [({}, 15, 99), ({"WITHOUT_SIGNAL": "1"}, -9, 1)])
def test_signal_gives_each_request_a_thread(nursery, env, least, most):
    with serve(PROJECT, "daphne", nursery=nursery, env=env) as server:
        tries = []  # a thread that the server itself begins late is no request's: then once more
        while len(tries) < 3 and not (tries and least <= tries[-1] <= most):
            tries.append(waiting.hold(server.address, "/async/hold/", 20)["more threads"])
    assert least <= tries[-1] <= most, tries


def test_idle_websockets_take_none(nursery):
    with serve(PROJECT, "daphne", nursery=nursery) as server:
        assert waiting.hold(server.address, "/ws/work/", 20)["more threads"] <= 1
        assert waiting.answers_while_held(server.address, "/ws/work/", 10, patience=10)


def test_held_workers_answer_nobody(processes):
    assert not waiting.answers_while_held(processes, "/hold/", 3, patience=0.3)
