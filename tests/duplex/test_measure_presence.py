"""Who is here: what happened to each tab, and what the lists said."""

import matplotlib as mpl
import pytest

mpl.use("agg")
from duplex.figures import identity as figures  # noqa: E402
from duplex.measure.presence import ImpatientServer, Story, presences  # noqa: E402
from duplex.notebook.show import NOTEBOOKS  # noqa: E402


@pytest.fixture(scope="module")
def stories():
    with ImpatientServer(NOTEBOOKS / "projects/identity").wait_ready() as server:
        return presences(server, ("names", "tabs"))


def test_only_tabs_keep_ada(stories):
    last = {book: story.lists[-1][1] for book, story in stories.items()}
    assert last == {"names": ["grace"], "tabs": ["ada", "grace"]}


def test_vanished_stays_for_a_while(stories):
    for story in stories.values():
        (_, end) = story.spans("edsger")[0]
        assert end - story.tabs["Edsger"][1] > 0.5
        assert story.vanished == {"Edsger"}


def test_spans_follow_lists():
    lists = [(1, ["ada"]), (2, []), (3, ["ada"])]
    assert Story(lists=lists, end=5).spans("ada") == [(1, 2), (3, 5)]


def test_picture_names_tabs_and_lists(stories):
    axes = figures.presence(stories).axes[0]
    labels = [text.get_text() for text in axes.get_yticklabels()]
    assert labels[:3] == ["Ada, tab 1", "Ada, tab 2", "Edsger"]
    assert "list by names: ada" in labels and axes.get_xlabel() == "time (s)"
    mpl.pyplot.close("all")
