"""What notebook 10 asks: what becomes of notes when servers are killed and lines are cut."""

import matplotlib as mpl
import pytest

mpl.use("agg")
from duplex.figures import delivery as figures  # noqa: E402
from duplex.measure import delivery, herd, seam, trouble  # noqa: E402
from duplex.measure.delivery import Boards, Fate, Killed, say  # noqa: E402
from duplex.measure.trouble import View  # noqa: E402
from duplex.measure.writers import crowd_row, refused_crowd  # noqa: E402
from duplex.notebook.show import NOTEBOOKS  # noqa: E402

MEMORY = NOTEBOOKS / "projects/memory"


@pytest.fixture(scope="module")
def boards(nursery):
    with Boards(MEMORY, nursery) as boards:
        yield boards


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    mpl.pyplot.close("all")


def test_stored_outlives_the_server(boards):
    with boards.enter("once", "outlives", "ada") as ada:
        assert say(ada, "hello")["id"] == 1
    boards.kill()
    boards.start()
    assert [note["text"] for note in boards.notes("outlives")] == ["hello"]


def test_database_goes_with_the_boards(nursery):
    with Boards(MEMORY, nursery) as boards:
        file = boards.database
        assert file.exists()
    assert not file.parent.exists()


def test_passed_on_is_not_stored(boards):
    with boards.enter("at-most-once", "passing", "ada") as ada:
        say(ada, "hello")
    assert boards.notes("passing") == []


def test_hasty_loses_acknowledged(boards):
    killed = delivery.kill_until_lost(boards, "hasty")
    assert killed.lost and killed.row()["acknowledged, and lost"] == len(killed.lost)
    crosses = figures.kills({"a": killed, "b": killed}).axes[0].lines[1]
    assert len(crosses.get_xdata()) == len(killed.lost)


def test_careful_loses_nothing_acknowledged(boards):
    killed = delivery.kill_in_mid_chat(boards, "once", "careful", after=20)
    assert killed.row()["acknowledged"] >= 20 and not killed.lost


def test_fates_are_counted():
    fates = [Fate("a", "1", 0.1, True), Fate("a", "2", 0.2, False), Fate("a", "3", None, True)]
    assert Killed(0.3, fates).row() == {
        "sent": 3, "acknowledged": 2, "acknowledged, and lost": 1, "stored, never acknowledged": 1,
    }  # fmt: skip


def test_repeated_note_is_stored_twice(boards):
    story = seam.send_again(boards, "at-least-once", "tea")
    assert (story.stored, story.heard) == (2, 2)
    words = [text.get_text() for text in figures.resent(story).axes[0].texts]
    assert words.count("k1: Tea at four?") == 2 and "ack k1: the line is cut meanwhile" in words


def test_known_key_is_stored_once(boards):
    story = seam.send_again(boards, "once", "tea-once")
    assert (story.stored, story.heard) == (1, 1)
    assert ("server", "Ada", "ack k1") in story.steps


def test_same_key_at_once_is_one_note(boards):
    assert seam.sent_at_once(boards, "once", "eight") == {"acknowledged as 1": 8}


def test_looking_first_is_a_race(boards):
    answers = seam.race(boards, "looking", "closed, 1011")
    assert answers["closed, 1011"] and answers["acknowledged"]


@pytest.mark.parametrize(
    ("kind", "ids", "verdict"),
    [
        ("read-first", [1, 2, 3, 5], "4 is missing"),
        ("subscribe-first", [1, 2, 3, 4, 4, 5], "4 came twice"),
        ("seamless", [1, 2, 3, 4, 5], "each once"),
    ],
)
def test_seam_shows(boards, kind, ids, verdict):
    joined = seam.join_at_seam(boards, kind)
    assert (joined.ids, joined.verdict) == (ids, verdict)
    assert joined.steps.index("4 is said") == 1


def test_missing_id_is_drawn():
    joined = seam.Joined([1, 2, 3, 5], ["reads up to 3"])
    boxes = figures.seams({"read first": joined}).axes[0].patches
    assert sum(box.get_linestyle() == "--" and box.get_edgecolor()[3] > 0 for box in boxes) == 1


@pytest.mark.parametrize(("kind", "all_come"), [("believing", False), ("hinted", True)])
def test_burst_is_survived(boards, kind, all_come):
    ids = seam.through_burst(boards, kind, 115)
    assert (ids == list(range(1, 116))) is all_come


@pytest.mark.parametrize(
    ("kind", "again", "lost", "twice"),
    [("at-most-once", False, True, False), ("at-least-once", True, False, True),
     ("once", True, False, False)],
)  # fmt: skip
def test_promise_through_trouble(boards, kind, again, lost, twice):
    view = trouble.through_trouble(boards, kind, again, each=20)
    row = view.row()
    assert (row["never seen"] > 0, row["seen more than once"] > 0) == (lost, twice)
    assert twice or view.in_order


def test_view_knows_order():
    said = ["a, 0", "a, 1", "b, 0"]
    assert View(said, ["b, 0", "a, 0", "a, 1"]).in_order
    assert not View(said, ["a, 1", "a, 0", "b, 0"]).in_order
    assert not View(said, ["a, 0", "a, 0"]).in_order


def test_views_show_how_often():
    axes = figures.views({"x": View(["a, 0", "a, 1", "a, 2"], ["a, 0", "a, 2", "a, 2"])}).axes
    colours = [mpl.colors.to_hex(square.get_facecolor()) for square in axes[0].patches]
    assert colours == ["#cfe1f5", figures.BAD, figures.TWICE]


def test_pen_first_stores_all(boards):
    row = crowd_row(boards, "/pin/crowd/")
    assert (row["stored"], row["refused"], row["without gaps"]) == (64, 0, "yes")


def test_plain_settings_are_locked(nursery):
    with Boards(MEMORY, nursery, BOARDS_OPTIONS="none") as plain:
        row = refused_crowd(plain, "/pin/")
    assert row["refused"] and row["the log"] == "OperationalError: database is locked"


@pytest.mark.parametrize("rule", [herd.together, herd.spread])
def test_crowd_comes_back(boards, rule):
    found = herd.come_back(boards, rule, clients=20, away=0.1)
    let_in = [one for one in found.attempts if one.took is not None]
    assert len(let_in) == 20 and len(found.attempts) > 20
    assert 0 < found.busiest() <= 20 and found.slowest > 0


def test_waits_double_up_to_limit():
    assert [herd.together(failures) for failures in (0, 1, 20)] == [0.1, 0.2, 5.0]
    assert all(0.1 <= herd.spread(1) <= 0.2 for _ in range(100))


def test_crowd_in_step_is_busier():
    in_step = [herd.Attempt(0.7, 0.1)] * 20
    apart = [herd.Attempt(0.1 * number, 0.1) for number in range(20)]
    assert herd.Herd(in_step, 0.3).busiest() == 20 and herd.Herd(apart, 0.3).busiest() == 1
    bars = figures.herds({"x": herd.Herd(in_step, 0.3), "y": herd.Herd(apart, 0.3)})
    assert "let in after 100 ms" in bars.axes[0].get_title(loc="left")
