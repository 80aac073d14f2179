"""The contest of chat servers: rounds in turn, ratios of one round, and what is told."""

import contextlib
import io
import json
import os
import sys

import pytest
from rich.console import Console

from duplex import bench, catalog
from duplex.bench import chat, chat_told, served
from duplex.bench.contest import Board, Contestant, Goal, Run
from duplex.errors import CourseError

USUAL, OTHER = ("usual", 10), ("hub", 10)
PAIR = [Contestant("usual", "the usual one", (), "usual"), Contestant("hub", "the hub", (), "hub")]
CPU = {"usual": 4e-4, "hub": 1e-4}
EIGHT = Goal("hub / usual", OTHER, USUAL, 8.0)


def a_run(deliveries=100.0, **changes):
    """A run, with what the test is about."""
    values = {"p99": 0.1, "cpu": 1e-4, "alone": 50.0, "alone_p99": 0.01, "memory": 2.0**26,
              "per_client": 1000.0, "busy": 0.2}  # fmt: skip
    return Run(deliveries=deliveries, **values | changes)


def a_board(usual=(100.0,), other=(1000.0,)):
    """A board with a round for each figure."""
    board = Board()
    for key, figures in (("usual", usual), ("hub", other)):
        for deliveries in figures:
            board.add(key, 10, a_run(deliveries, p99=1 / deliveries))
    return board


# Rounds and ratios


def test_contest_is_round_by_round():
    ran, heard_of = [], []
    plan = chat.Plan(sizes=(2, 3), rounds=2)

    def run_one(one, clients):
        ran.append((one.key, clients))
        return a_run(len(ran))

    board = chat.contest(
        plan, run_one, lambda one, n, number: heard_of.append((one.key, n, number))
    )
    keys = [one.key for one in chat.CONTESTANTS]
    assert ran == [(key, n) for key in keys for n in (3, 2)] * 2
    assert [(key, n) for key, n, _ in heard_of] == ran and heard_of[-1][2] == 2
    assert [run.deliveries for run in board.runs["usual", 3]] == [1, 1 + 2 * len(keys)]


def test_run_is_read():
    full = {
        "messages": 2,
        "deliveries": 20,
        "seconds": 4,
        "busy": 0.3,
        "cpu": 1,
        "p50": 1,
        "p99": 2,
    }
    alone = full | {"deliveries": 10, "p99": 0.5}
    run = Run.of({"full": full, "alone": alone, "memory": 7, "per_client": 3})
    assert run == Run(5, 2, 0.05, 2.5, 0.5, 7, 3, 0.3)


def test_ratio_is_of_the_same_round():
    board = a_board(usual=(100, 10, 1), other=(1000, 90, 20))
    assert board.ratios("deliveries", OTHER, USUAL) == [10, 9, 20]
    assert board.ratio("deliveries", OTHER, USUAL) == 10
    assert board.median("usual", 10, "deliveries") == 10


@pytest.mark.parametrize(("other", "reached"), [(800, True), (799, False)])
def test_goal_includes_itself(other, reached):
    assert EIGHT.reached(a_board(other=(other,))) is reached


def test_goals_are_the_course_s():
    known = {(one.key, size) for one in chat.CONTESTANTS for size in chat.SIZES}
    assert [(goal.over, goal.under, goal.least) for goal in chat.GOALS] == [
        (("lab", 300), ("usual", 300), 8.0), (("lab", 1000), ("lab", 100), 0.8),
    ]  # fmt: skip
    assert {side for goal in chat.GOALS for side in (goal.over, goal.under)} <= known
    served_alike = [one.words for one in chat.CONTESTANTS if one.key in ("usual", "lab", "hub")]
    assert served_alike == [served.DAPHNE] * 3


# What is told


@pytest.fixture
def contest(tmp_path, monkeypatch):
    """Run a contest whose runs are given; return whether its goals are reached, text and file."""
    monkeypatch.setattr(catalog, "ROOT", tmp_path)
    monkeypatch.setattr(chat, "CONTESTANTS", PAIR)
    monkeypatch.setattr(chat, "invited", lambda *_: contextlib.nullcontext())
    monkeypatch.setattr(catalog, "lab", lambda number: number)
    monkeypatch.setattr(chat_told, "draw", lambda *_: "drawn")
    monkeypatch.setattr(chat, "GOALS", [EIGHT, Goal("elsewhere", ("hub", 99), USUAL, 1.0)])

    def play(deliveries):
        monkeypatch.setattr(
            chat, "run", lambda one, *_: a_run(deliveries[one.key], cpu=CPU[one.key])
        )
        console = Console(width=140, record=True, file=io.StringIO())
        file = tmp_path / "chat è.json"
        reached = bench.chat_speed(console, bench.Plan((10,), 2), file)
        return reached, console.export_text(), json.loads(file.read_text("utf-8"))

    return play


def test_reached_goals_are_told(contest):
    reached, said, _ = contest({"usual": 100, "hub": 1234})
    assert reached
    for words in (
        "10 clients",
        "the usual one",
        "1,234",
        "12.3 ×",
        "100 ms",
        "4.00",
        "✓",
        "not measured",
    ):
        assert words in said


def test_picture_is_drawn(tmp_path, monkeypatch):
    monkeypatch.setattr(catalog, "ROOT", tmp_path)
    board = Board()
    for one in chat.CONTESTANTS:
        for clients in (10, 30):
            board.add(one.key, clients, a_run(clients))
    path = chat_told.draw(board, chat.Plan((10, 30)), chat.CONTESTANTS)
    assert path == tmp_path / "bench/chat.png"
    assert path.read_bytes().startswith(b"\x89PNG")


def test_missed_goal_is_told(contest):
    reached, said, _ = contest({"usual": 100, "hub": 700})
    assert not reached and "✗ too slow" in said


def test_json_holds_runs_and_ratios(contest):
    _, _, data = contest({"usual": 100, "hub": 1000})
    assert (data["benchmark"], data["rounds"], data["layer"], data["cores"] > 0) == (
        "chat", 2, "memory", True,
    )  # fmt: skip
    usual, hub = data["measured"]
    assert (hub["name"], hub["clients"], hub["ratios"]["deliveries"]) == ("the hub", 10, 10)
    assert [run["deliveries"] for run in usual["runs"]] == [100, 100]
    assert data["goals"] == [{"name": "hub / usual", "values": [10, 10], "median": 10,
                              "by_cpu": 4, "at_least": 8.0, "reached": True}]  # fmt: skip


@pytest.mark.parametrize(
    ("ratio", "words"), [(12.34, "12.3 ×"), (1, "1.0 ×"), (0.081, "8.1 %"), (0.996, "100 %")]
)
def test_share_is_written(ratio, words):
    assert chat_told.share(ratio) == words


def test_progress_counts_every_run():
    console = Console(file=io.StringIO(), force_terminal=True, width=120)
    plan = chat.Plan(sizes=(2, 3), rounds=2)
    with chat_told.progress(console, plan, PAIR) as tell:
        tell(PAIR[1], 3, 2)
    assert "round 2 of 2: 3 clients, the hub" in console.file.getvalue()
    assert "1/9" in console.file.getvalue()


def test_missing_package_is_one_sentence():
    with pytest.raises(CourseError) as caught:
        chat.require("json", "no_such_package")
    said = str(caught.value)
    assert said.startswith("This benchmark also needs no_such_package: install")
    assert f"{sys.executable} -m pip install no_such_package`" in said


def test_memory_layer_needs_nothing():
    with chat.layer(False) as env:
        assert env == {}


def test_redis_layer_is_one_of_our_own():
    from duplex.redis import find_redis

    if find_redis() is None:
        pytest.skip("no redis-server")
    with chat.layer(True) as env:
        path = env["CHAT_REDIS"].removeprefix("unix://")
        assert os.path.exists(path)
    assert not os.path.exists(path)
