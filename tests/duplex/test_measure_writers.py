"""Several writers at one SQLite file: numbers that come late, and commits that outlive a kill."""

import matplotlib as mpl
import pytest

mpl.use("agg")
from duplex.figures import delivery as figures  # noqa: E402
from duplex.measure import commits, writers  # noqa: E402


def test_counted_ids_are_never_late(tmp_path):
    followed = writers.follow_ids(tmp_path, counted=True, writers=4, each=20)
    assert followed.committed == list(range(1, 81)) == followed.seen


def test_sequence_gives_each_id_once(tmp_path):
    followed = writers.follow_ids(tmp_path, counted=False, writers=4, each=20)
    assert sorted(followed.committed) == list(range(1, 81))
    assert not set(followed.missed) & set(followed.seen)


def test_late_id_is_missed(tmp_path):
    followed = writers.late_ids(tmp_path)
    late = followed.missed[0]
    place = followed.committed.index(late)
    assert max(followed.committed[:place]) > late
    axes = figures.late({"sequence": followed, "the same": followed}).axes[0]
    assert [line.get_label() for line in axes.lines] == ["seen", "never seen"]
    mpl.pyplot.close("all")


@pytest.mark.parametrize("level", commits.LEVELS)
def test_killed_process_keeps_commits(tmp_path, level):
    row = commits.kill_while_committing(tmp_path, level, count=20)
    assert row["told"] == row["of them kept"] >= 20
