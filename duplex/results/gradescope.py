"""One lab of one submission as Gradescope's results.json."""

from duplex import catalog, hidden
from duplex.batch.record import Record
from duplex.results.labs import lab
from duplex.results.score import UNDECIDED, state_of
from duplex.results.words import GOOD, OPEN, Told, reading, told_tasks
from duplex.terminal import clean
from duplex.verdict import UNJUDGED, TaskVerdict

VISIBLE = "visible"


def as_results(record: Record) -> dict:
    """Return what Gradescope reads; what could not be judged has no score, instead of a zero.

    Hidden tasks have the visibility that their lab.toml asks for; then Gradescope hides the total.
    """
    tests = [_test(lab(record.lab), verdict, told)
             for verdict, told in zip(record.verdicts, told_tasks(record), strict=True)]
    return {
        "score": record.points, "execution_time": round(record.seconds, 3),
        "output": clean(_output(record)), "output_format": "text", "visibility": VISIBLE,
        "stdout_visibility": "hidden", "tests": tests,
        "extra_data": {"lab": record.lab, "undecided": _undecided(record)},
    }  # fmt: skip


def _undecided(record: Record) -> list[str]:
    return [one.task_id for one in record.verdicts if one.verdict in UNJUDGED]


def _output(record: Record) -> str:
    """Return what stands above the tests."""
    passed = sum(one.passed for one in record.verdicts)
    said = f"Lab {record.lab}: {passed} of {len(record.verdicts)} tasks passed."
    if problem := record.submission.problem:
        return f"{said} {problem}"
    if state_of(record.verdicts) == UNDECIDED:
        return (f"{said} The grader could not judge {', '.join(_undecided(record))}, which is its "
                "own fault. They are no zero: ask your instructor to run it again.")  # fmt: skip
    return said


def _test(home: catalog.Lab, verdict: TaskVerdict, told: Told) -> dict:
    test = {
        "name": clean(told.title), "name_format": "text", "number": told.id,
        "max_score": told.max_points, "output": clean(_told(told)), "output_format": "text",
        "tags": [verdict.verdict], "visibility": hidden.when(home, verdict) or VISIBLE,
        "extra_data": {"verdict": verdict.verdict},
    }  # fmt: skip
    if told.tone == OPEN:
        return test
    status = "passed" if told.tone == GOOD else "failed"
    return test | {"score": told.points, "status": status}


def _told(told: Told) -> str:
    """Return what a student reads of one task, as plain text."""
    lines = [f"{told.word}." if not told.note else f"{told.word}. {told.note}"]
    if told.tone == GOOD:
        return lines[0]
    parts = (("Seen", told.seen), ("Should be", told.should), ("Server log", told.log))
    lines += [f"{label}: {text}" for label, text in parts if text]
    lines += [_cause(cause) for cause in told.likely]
    return "\n".join([*lines, *([told.unsure] if told.unsure else [])])


def _cause(cause: dict) -> str:
    place = f" ({cause['place']})" if cause.get("place") else ""
    if cause["same"]:
        return f"Likely: the same as in task {cause['same']}."
    if cause["less"]:
        return f"Or else: {cause['name']}{place}."
    there = reading(cause["read"])
    return (f"Likely: {cause['name']}{place}.\n{cause['why']}\n"
            f"Read on: {there['notebook']}, “{there['section']}”")  # fmt: skip
