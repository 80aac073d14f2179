"""The late policy: pure functions, by tables; and each slip in its file."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from duplex.errors import CourseError
from duplex.results.late import Policy, Rule, after_penalty, days_begun, lateness, moment, span
from duplex.results.policy import read_policy
from duplex.results.score import score
from tests.duplex.sample import record, submission

ROME = ZoneInfo("Europe/Rome")
DUE = datetime(2026, 11, 30, 23, 59, tzinfo=ROME)
RULE = Rule(DUE, timedelta(minutes=10), percent=10, most=50)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
POLICY = """timezone = "Europe/Rome"
grace = 10
percent = 10
most = 50

[[lab]]
number = 4
deadline = 2026-11-30T23:59:00
column = "8812"

[[lab]]
number = 2
deadline = 2026-11-20T12:00:00+00:00
percent = 20
missing = "blank"

[[extension]]
student = "ada"
lab = 4
deadline = 2026-12-04T23:59:00

[[excused]]
student = "alan"
"""


@pytest.mark.parametrize(
    ("after", "days", "percent"),
    [
        (timedelta(hours=-5), 0, 0),
        (timedelta(), 0, 0),
        (timedelta(minutes=10), 0, 0),
        (timedelta(minutes=10) + SECOND, 1, 10),
        (DAY, 1, 10),
        (DAY + SECOND, 2, 20),
        (5 * DAY, 5, 50),
        (9 * DAY, 9, 50),
        (5000 * DAY, 400, 50),
    ],
)
def test_each_day_begun_counts(after, days, percent):
    told = lateness(RULE, (DUE + after).astimezone(UTC))
    assert (told.days, told.percent) == (days, percent)


def test_an_unknown_time_costs_nothing():
    told = lateness(RULE, moment("yesterday"))
    assert told.percent == 0 and told.unknown
    assert moment("2026-11-30T23:59:00") is None  # without its offset it may be any time
    assert moment("2026-11-30T22:59:00Z") == DUE


def test_a_day_ends_by_the_clock_also_when_clocks_change():
    spring = datetime(2026, 3, 28, 23, 59, tzinfo=ROME)  # 23 hours until the next 23:59
    autumn = datetime(2026, 10, 24, 23, 59, tzinfo=ROME)  # 25 hours
    for due, hours in ((spring, 23), (autumn, 25)):
        until = due.astimezone(UTC) + timedelta(hours=hours)
        assert days_begun(due, until) == 1
        assert days_begun(due, until + SECOND) == 2


def test_grace_is_real_time_when_clocks_change():
    due = datetime(2026, 10, 25, 2, 55, tzinfo=ROME)  # shown again an hour later
    rule = Rule(due, timedelta(minutes=10), percent=10)
    assert lateness(rule, due.astimezone(UTC) + timedelta(minutes=10)).percent == 0
    assert lateness(rule, due.astimezone(UTC) + timedelta(minutes=20)).percent == 10


@pytest.mark.parametrize(
    ("points", "most", "percent", "left"),
    [(10, 10, 0, 10), (9, 10, 10, 8.1), (10, 10, 100, 0), (3, 10, 33.35, 2), (12, 10, 0, 10),
     (2.675, 10, 0, 2.68), (0, 10, 50, 0)],
)  # fmt: skip
def test_points_stay_between_zero_and_the_most(points, most, percent, left):
    assert after_penalty(points, most, percent) == left


def test_a_penalty_that_is_above_all_leaves_zero():
    rule = Rule(DUE, percent=60)
    assert lateness(rule, DUE + 2 * DAY).percent == 100


def test_how_late_is_said_in_words():
    told = lateness(RULE, DUE + 2 * DAY + timedelta(hours=3)).told
    assert told == ("Handed in 2 days 3 hours after the deadline, Mon 30 Nov 2026, 23:59 CET. "
                    "3 days begun, 10 % each: 30 % of the points are taken off.")  # fmt: skip
    assert "within the grace of 10 minutes" in lateness(RULE, DUE + SECOND).told
    assert "10 % each, but at most 50 %: 50 % of the points" in lateness(RULE, DUE + 8 * DAY).told
    assert [span(one) for one in (SECOND, DAY + SECOND, timedelta())] == [
        "1 second", "1 day", "less than a second"]  # fmt: skip


@pytest.fixture
def policy(tmp_path):
    """Read a policy from its text."""

    def read(text: str) -> Policy:
        file = tmp_path / "late.toml"
        file.write_text(text, "utf-8")
        return read_policy(file)

    return read


def test_one_file_says_it_all(policy):
    read = policy(POLICY)
    assert read.rules[4] == Rule(DUE, timedelta(minutes=10), 10, 50)
    assert (read.rules[2].percent, read.rules[2].missing) == (20, "blank")
    assert read.columns == {4: "8812"} and read.named() == {"ada", "alan"}
    assert read.rule({"ada"}, 4).deadline == DUE + 4 * DAY
    assert "your own deadline" in lateness(read.rule({"ada"}, 4), DUE + 5 * DAY).told
    assert read.rule({"grace"}, 4).deadline == DUE and read.rule({"ada"}, 7) is None


@pytest.mark.parametrize(
    ("given", "now", "state", "value"),
    [
        ({"each": "not submitted"}, DUE, "not submitted", None),
        ({"each": "not submitted"}, DUE + timedelta(minutes=10), "not submitted", None),
        ({"each": "not submitted"}, DUE + timedelta(minutes=11), "not submitted", 0),
        ({"t1": "grader error"}, DUE + DAY, "undecided", None),
        ({"t1": "not checked"}, DUE + DAY, "undecided", None),
        ({"t1": "tampered"}, DUE + DAY, "graded", 9),
    ],
)
def test_only_what_a_student_missed_is_a_zero(policy, given, now, state, value):
    of = submission(student="grace", submitted=DUE.isoformat())
    told = score(record(of, **given), policy(POLICY), {"grace"}, now)
    assert (told.state, told.value) == (state, value)


def test_without_a_deadline_nothing_is_a_zero():
    told = score(record(each="not submitted"), Policy(), {"ada"}, DUE)
    assert told.value is None and "no deadline yet" in told.told


def test_who_is_excused_has_no_mark(policy):
    told = score(record(), policy(POLICY), {"alan"}, DUE)
    assert (told.state, told.value, told.told) == ("excused", None, "Excused from this lab.")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("Europe/Rome", "Europe/Rom", "is 'Europe/Rom', but must be a time zone"),
        ('timezone = "Europe/Rome"\n', "", "the key 'deadline' has no time zone"),
        ("grace = 10", "grace = -1", "the key 'grace' is -1, but must be a number from 0"),
        ("most = 50", "most = 101", "the key 'most' is 101, but must be a number from 0 to 100"),
        ("most = 50", "mots = 50", "the key 'mots' is unknown"),
        ("number = 4", "number = 44", "is 44, but must be the number of a lab: 1, 2"),
        ("number = 2", "number = 4", "the key 'lab' stands twice for 4"),
        ('"blank"', '"nothing"', "is 'nothing', but must be one of: zero, blank"),
        ("2026-11-30T23:59:00\n", "2026-11-30\n", "it is a day without a time"),
        ("2026-11-30T23:59:00", "2026-03-29T02:30:00", "a time that the clocks skip"),
        ("2026-12-04", "2026-11-04", "is before the deadline of all others"),
        ("lab = 4", "lab = 5", "has no deadline yet; add a [[lab]] with number = 5"),
        ('student = "alan"', 'student = ""', "must be a text that is not blank"),
        ("[[excused]]", "[[excused]", "is no valid TOML"),
    ],
)
def test_each_slip_is_told_in_a_sentence(policy, before, after, said):
    assert before in POLICY
    with pytest.raises(CourseError, match=r"late\.toml") as told:
        policy(POLICY.replace(before, after))
    assert said in str(told.value)
    assert str(told.value).count("\n") == 0
