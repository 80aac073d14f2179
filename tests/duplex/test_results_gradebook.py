"""Files for Canvas and Moodle, read again as they would read them; and what is told before."""

import csv
import io
from datetime import UTC, datetime

import pytest

from duplex.errors import CourseError
from duplex.results import canvas, moodle, table
from duplex.results.late import Policy, Rule
from duplex.results.marks import Mark, doubts, silent_marks
from duplex.results.roster import Matches, read_roster
from duplex.results.score import Score
from tests.duplex.sample import submission

HEAD = "Student,ID,SIS User ID,SIS Login ID,Section,Quiz (7),Lab 4 · Rooms (88),Final Score\r\n"
POINTS = "    Points Possible,,,,,10,11.00,(read only)\r\n"
NASTY = ('=HYPERLINK("http://x","y")', "+39", "-1", "@SUM(A1)", "\t=1", " =1", "'=1", 'a"b, c',
         "نور الدين", "Łucja", "a\x00b\x1b[31m", "＝1")  # fmt: skip


@pytest.fixture
def roster(tmp_path):
    """Read a roster from its text."""

    def read(text: str):
        (tmp_path / "roster.csv").write_bytes(text.encode())
        return read_roster(tmp_path / "roster.csv")

    return read


def mark(student: str, value: float | None = 7.25, state="graded", told="4.3 wrong") -> Mark:
    return Mark(student, 4, Score(state, value or 0, 11, value), told)


def rows_of(content: bytes) -> list[list[str]]:
    """Read a file as a gradebook does."""
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))


def in_canvas(roster, marks, submissions, policy=None):
    matches = Matches(roster, submissions)
    return canvas.gradebook(marks, [], [4], matches, policy or Policy())


def test_canvas_gets_its_own_rows_and_only_this_column(roster):
    given = roster(HEAD + ",,,,,Manual Posting,Manual Posting,\r\n" + POINTS
                   + '"Lovelace, Ada",1,s1,ada,"A, B",9,,50\r\n'
                   + "Grace Hopper,2,s2,grace,A,8,3,60\r\n")  # fmt: skip
    people = [submission("Ada_1", "Ada", ids={"canvas": "1"}), submission("grace", "grace")]
    content, said = in_canvas(given, [mark("Ada_1"), mark("grace", None, "undecided")], people)
    header, muted, points, ada, grace = rows_of(content)
    assert header == [*HEAD.split(",")[:5], "Lab 4 · Rooms (88)"]
    assert points == ["    Points Possible", "", "", "", "", "11.00"] and muted[5]
    assert ada == ["Lovelace, Ada", "1", "s1", "ada", "A, B", "7.25"]
    assert grace[5] == "3"  # what nobody judged stays as it is
    assert said == [] and not content.startswith(b"\xef\xbb\xbf")


def test_no_name_becomes_a_formula_and_every_id_stays(roster):
    made = io.StringIO(newline="")
    csv.writer(made).writerows([name, str(100 + n), f"={n}", f"+{n}", "-A", 1, "", 0]
                               for n, name in enumerate(NASTY))  # fmt: skip
    given = roster(HEAD + POINTS + made.getvalue())
    people = [submission(f"s{n}", ids={"canvas": str(100 + n)}) for n in range(len(NASTY))]
    content, said = in_canvas(given, [mark(one.student) for one in people], people)
    rows = rows_of(content)[2:]
    assert said == [] and [row[1] for row in rows] == [str(100 + n) for n in range(len(NASTY))]
    cells = [cell for row in rows for cell in row]
    assert not any(cell[:1] in ("=", "+", "-", "@", "\t", " ", "＝") for cell in cells)
    assert rows[7][0] == 'a"b, c' and rows[8][0] == "نور الدين"
    assert {row[5] for row in rows} == {"7.25"}


def test_canvas_without_id_matches_by_name_so_a_formula_is_left_out(roster):
    given = roster(HEAD + POINTS + "=1,,,=2,A,,,\r\nAda,,,ada,A,,,\r\n")
    content, said = in_canvas(given, [mark("ada")], [submission("ada")])
    assert [row[0] for row in rows_of(content)[2:]] == ["Ada"] and "leaves out students" in said[0]


def test_excused_and_unassigned_cells_stay(roster):
    given = roster(HEAD + POINTS + "A,1,,,S,,EX,\r\nB,2,,,S,,N/A,\r\nC,3,,,S,,,\r\n")
    people = [submission(name, ids={"canvas": str(n)}) for n, name in enumerate("abc", 1)]
    marks = [mark("a"), mark("b", None, "excused"), mark("c", None, "excused")]
    content, said = in_canvas(given, marks, people)
    assert [row[5] for row in rows_of(content)[2:]] == ["EX", "N/A", "EX"]
    assert "stay as they are: A, B" in said[0]


@pytest.mark.parametrize(
    ("before", "after", "column", "said"),
    [
        ("Lab 4 · Rooms (88)", "Lab 44 (88)", "", "no column for lab 4"),
        ("Quiz (7)", "Lab 04 again (7)", "", "2 columns for lab 4"),
        ("11.00", "(read only)", "", "locked in Canvas (read only)"),
        ("11.00", "7", "", "gives at most 7 points in Canvas, less than 1 student reached"),
        ("Quiz", "Quiz", "99", "no column for 99"),
    ],
)
def test_a_column_that_cannot_be_filled_is_told(roster, before, after, column, said):
    given = roster((HEAD + POINTS + "Ada,1,,,A,,,\r\n").replace(before, after))
    people = [submission("ada", ids={"canvas": "1"})]
    content, told = in_canvas(given, [mark("ada")], people, Policy(columns={4: column}))
    assert content is None and len(told) == 1 and said in told[0]


@pytest.mark.parametrize("column", ["7", "Quiz", "Quiz (7)"])
def test_a_column_is_found_by_what_the_policy_calls_it(roster, column):
    given = roster(HEAD + POINTS + "Ada,1,,,A,,,\r\n")
    assert canvas.find_column(given, 4, column).place == 5


def test_semicolons_and_comma_decimals_are_read(roster):
    given = roster("\ufeff" + (HEAD + POINTS).replace(",", ";").replace("11.00", "11,00")
                   + "Ada;1;;;A;;;\r\n")  # fmt: skip
    content, said = in_canvas(given, [mark("ada")], [submission("ada", ids={"canvas": "1"})])
    assert said == [] and content.splitlines()[2] == b"Ada;1;;;A;7.25"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Student,ID,Login\r\nAda,1,a\r\n", "is no gradebook as Canvas exports it"),
        ("LastName,FirstName,ID,Section\r\nL,A,1,S\r\n", "has no column email, idnumber"),
        (HEAD + POINTS, "names no student"),
        ("email\r\n", "holds no students"),
    ],
)
def test_a_file_that_is_no_roster_is_told(roster, text, said):
    with pytest.raises(CourseError) as told:
        roster(text)
    assert said in str(told.value)


def test_a_roster_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(CourseError, match="cannot be read"):
        read_roster(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes("email,b\nè,1\n".encode("latin-1"))
    with pytest.raises(CourseError, match="is not UTF-8"):
        read_roster(tmp_path / "latin.csv")


MOODLE = "First name,Last name,ID number,Email address,Username\r\n"


def in_moodle(roster, marks, submissions):
    return moodle.gradebook(4, marks, [], Matches(roster, submissions))


def test_moodle_gets_a_grade_with_its_feedback(roster):
    given = roster(MOODLE + "Ada,Lovelace,7,ada@x.test,ada\r\nGrace,Hopper,,g@x.test,grace\r\n"
                   "Alan,Turing,9,alan@x.test,alan\r\n")  # fmt: skip
    people = [submission("Ada Lovelace_55", "Ada Lovelace", ids={"moodle": "55"}),
              submission("grace"), submission("alan@x.test")]  # fmt: skip
    marks = [mark(people[0].student, 7.5, told="<b>=1</b>\n\x00 & co"), mark("grace", 0.0),
             mark("alan@x.test", None, "undecided")]  # fmt: skip
    content, said = in_moodle(given, marks, people)
    header, ada, grace = rows_of(content)  # nobody without a grade: an empty one wipes Moodle's
    assert header == ["email", "username", "Lab 4 · Rooms", "Lab 4 · Rooms feedback"]
    assert ada == ["ada@x.test", "ada", "7.5", "Lab 4: &lt;b&gt;=1&lt;/b&gt;   &amp; co"]
    assert grace[2] == "0" and said == []


def test_a_student_with_a_dangerous_id_is_left_out(roster):
    given = roster(MOODLE + "A,B,1,=cmd@x.test,a\r\nC,D,2,c@x.test,c\r\n")
    content, said = in_moodle(given, [mark("a"), mark("c", None, "excused")],
                              [submission("a"), submission("c")])  # fmt: skip
    assert [row[:2] + row[3:4] for row in rows_of(content)[1:]] == [["c@x.test", "2", "-"]]
    assert said == ["moodle-lab04.csv leaves out students whose id a spreadsheet could take for a "
                    "formula; enter their grades by hand: a."]  # fmt: skip


WORKSHEET = ("Identifier,Full name,Email address,Maximum grade,Grade can be changed\r\n"
             "Participant 55,Ada Lovelace,ada@x.test,{},{}\r\n"
             "Participant 56,Grace Hopper,g@x.test,11.00,Yes\r\n")  # fmt: skip


@pytest.mark.parametrize(
    ("most", "changed", "rows", "said"),
    [
        ("11.00", "Yes", 3, ""),
        ("11.00", "No", 2, "locked in Moodle; unlock it and export again: Ada_55"),
        ("5,00", "Yes", 0, "Moodle gives at most 5 points for lab 4, less than 1 student reached"),
    ],
)
def test_a_worksheet_tells_what_moodle_would_refuse(roster, most, changed, rows, said):
    given = roster(WORKSHEET.format(f'"{most}"', changed))
    people = [submission(f"{name}_{n}", name, ids={"moodle": str(n)})
              for name, n in (("Ada", 55), ("Grace", 56))]  # fmt: skip
    content, told = in_moodle(given, [mark(one.student) for one in people], people)
    assert len(rows_of(content or b"")) == rows and said in " ".join(told)


def test_who_is_in_doubt_is_told_and_left_out(roster):
    given = roster(MOODLE + "Ada,Lovelace,1,a@x.test,ada\r\nAda,Lovelace,2,b@x.test,ada2\r\n"
                   "Grace,Hopper,3,g@x.test,g\r\nG,H,3,h@x.test,h\r\nAlan,Turing,5,t@x.test,t\r\n"
                   "Leslie,Lamport,6,l@x.test,l\r\n")  # fmt: skip
    people = [submission("Ada Lovelace"), submission("stranger", "Nobody"), submission("g"),
              submission("t"), submission("Alan Turing")]  # fmt: skip
    matches = Matches(given, people)
    said = " ".join(doubts(matches))
    assert "nobody who is known to own 2 submissions" in said
    assert "the marks of Ada Lovelace, stranger" in said
    assert "several rows for one student, none of which is filled: 3" in said
    assert "of one person (row 6 of roster.csv)" in said and "t, Alan Turing" in said
    assert "Nothing came from 4 students" in said and "Leslie Lamport" in said
    content, _ = moodle.gradebook(4, [mark(one.student) for one in people], [], matches)
    assert content is None
    assert silent_marks(matches, [4], Policy(), datetime.now(UTC)) == []


def test_missing_people_are_a_zero_only_when_all_submissions_are_known(roster):
    given = roster(MOODLE + "Ada,Lovelace,1,a@x.test,ada\r\nAlan,Turing,5,t@x.test,t\r\n")
    due = datetime(2026, 11, 30, tzinfo=UTC)
    policy = Policy({4: Rule(due)}, excused=frozenset({("ada", 4)}))
    for people, now, values in (([], due, [("excused", None), ("not submitted", None)]),
                                ([], datetime(2026, 12, 1, tzinfo=UTC),
                                 [("excused", None), ("not submitted", 0)]),
                                ([submission("stranger", "Nobody")], due, [])):  # fmt: skip
        silent = silent_marks(Matches(given, people), [4], policy, now)
        assert [(one.score.state, one.score.value) for _, one in silent] == values
    silent = silent_marks(Matches(given, []), [4], policy, datetime(2026, 12, 1, tzinfo=UTC))
    content, _ = moodle.gradebook(4, [], silent, Matches(given, []))
    assert [row[3] for row in rows_of(content)] == ["Lab 4 · Rooms", "-", "0"]


def test_numbers_are_written_without_separators():
    assert [table.number(one) for one in (1234.5, 10.0, 0.0, 8.1, 2.675)] == [
        "1234.5", "10", "0", "8.1", "2.67"]  # fmt: skip
    assert table.number_in("1.5") == table.number_in("1,5") == 1.5
