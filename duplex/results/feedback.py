"""One page for each student: what was seen, what should be, why, and what it is worth."""

from duplex.batch.record import Record, Submission
from duplex.results.labs import lab
from duplex.results.pages import number, render
from duplex.results.score import EXCUSED, MISSING, UNDECIDED, Score
from duplex.results.words import GOOD, OPEN, told_tasks


def page(submission: Submission, graded: list[tuple[Record, Score]]) -> bytes:
    """Return the page of one student, by lab."""
    values = [score.value for _, score in graded if score.value is not None]
    return render(
        "feedback.html.j2", name=submission.name or submission.student,
        labs=[_lab(record, score) for record, score in graded],
        total=sum(values) if values else None,
        most=sum(score.max_points for _, score in graded if score.value is not None),
        open=any(score.state == UNDECIDED for _, score in graded),
        unmarked=any(score.value is None and score.state != EXCUSED for _, score in graded),
    )  # fmt: skip


def _lab(record: Record, score: Score) -> dict:
    """Return what the template shows of a lab."""
    tasks, value = told_tasks(record), score.value
    return {
        "number": record.lab, "title": lab(record.lab).title, "score": score,
        "tasks": tasks, "summary": _summary(tasks), "why": _why(record),
        "handed_in": not all(one.verdict == "not submitted" for one in record.verdicts),
        "taken": score.points - value if value is not None and score.state != MISSING else 0,
    }  # fmt: skip


def _summary(tasks: list) -> str:
    """Say in one line how many tasks passed, failed, and are open."""
    passed = [task for task in tasks if task.tone == GOOD]
    undecided = [task for task in tasks if task.tone == OPEN]
    points = number(sum(task.points for task in tasks))
    said = f"{len(passed)} of {len(tasks)} tasks passed, {points} points reached"
    return f"{said}; {len(undecided)} could not be judged." if undecided else f"{said}."


def _why(record: Record) -> str:
    """Return why nothing of a lab could be graded, if it is known."""
    return record.submission.problem or next((one.message for one in record.verdicts), "")
