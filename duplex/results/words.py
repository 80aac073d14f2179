"""Verdicts and causes in the words of a feedback page: for a student, not for a program."""

from dataclasses import dataclass, replace

from duplex import catalog, hidden
from duplex.batch.record import Record
from duplex.diagnosis import telling
from duplex.results.labs import lab
from duplex.verdict import TaskVerdict

GOOD, BAD, OPEN, NONE = "good", "bad", "open", "none"
SIGNS = {GOOD: "✓", BAD: "✗", OPEN: "!", NONE: "–"}
WORDS = {
    "passed": ("Passed", GOOD, ""),
    "wrong": ("Not right yet", BAD, ""),
    "timeout": ("No answer in time", BAD, ""),
    "memory": ("Too much memory", BAD, "The project used more memory than it may, and was ended."),
    "output": ("Too much output", BAD, "The project wrote more than it may, and was ended."),
    "crashed": ("The server ended", BAD, ""),
    "tampered": ("Interfered with the grading", BAD, "Ask your instructor if that was no purpose."),
    "not submitted": ("Not handed in", NONE, ""),
    "not checked": ("Could not be checked", OPEN, "This is no fault of yours, and costs nothing."),
    "grader error": ("The grader's own fault", OPEN,
                     "The grader could not judge this task. That is no fault of yours, it costs "
                     "nothing, and your instructor has been told."),
}  # fmt: skip
MOST = 1500  # characters of one text; the middle of a longer one is left out
MOST_BLAMED = 300  # of an exception's words


@dataclass(frozen=True)
class Told:
    """One task as a student reads it; `likely` are causes, `unsure` a sentence without any."""

    id: str
    title: str
    word: str
    tone: str
    sign: str
    points: float
    max_points: float
    note: str = ""
    seen: str = ""
    should: str = ""
    log: str = ""
    likely: tuple[dict, ...] = ()
    unsure: str = ""


def told_tasks(record: Record) -> list[Told]:
    """Return every task of a record in words; a cause that was told before is only named."""
    known: dict[str, str] = {}
    return [_told(lab(record.lab), verdict, record.diagnoses.get(verdict.task_id), known)
            for verdict in record.verdicts]  # fmt: skip


def _told(home: catalog.Lab, verdict: TaskVerdict, diagnosis: dict | None, known: dict) -> Told:
    shown = hidden.told(home, verdict)
    word, tone, note = WORDS[verdict.verdict]
    result = Told(shown.task_id, shown.title, word, tone, SIGNS[tone], shown.points,
                  shown.max_points, note)  # fmt: skip
    if verdict.passed:
        return result
    result = replace(result, seen=_begun(shortened(shown.message)), should=shortened(shown.should),
                     log=shortened(shown.cause))  # fmt: skip
    if diagnosis is None or shown != verdict:  # a cause would tell what a hidden test looks for
        return result
    if not diagnosis["causes"]:
        return replace(result, unsure=_unsure(diagnosis))
    return replace(result, likely=tuple(_likely(diagnosis["causes"], verdict.task_id, known)))


def _begun(text: str) -> str:
    """Let a sentence begin with a capital letter."""
    return text[:1].upper() + text[1:]


def _likely(causes: list[dict], task: str, known: dict[str, str]) -> list[dict]:
    """Return the likeliest causes: the first in full, unless another task told of it before."""
    plain = {"same": "", "less": False}
    first, *others = causes
    if before := known.get(first["id"]):
        return [first | plain | {"same": before}]
    known[first["id"]] = task
    less = [other | plain | {"less": True} for other in others[:1]]
    return [first | plain | reading(first["read"]), *less]


def _unsure(diagnosis: dict) -> str:
    """Return what `duplex check` says then, the last exception's words shortened."""
    blamed = " ".join(shortened(diagnosis.get("blamed") or "", MOST_BLAMED).split())
    return _begun(telling.unsure(diagnosis.get("place") or "", blamed))


def reading(read: str) -> dict[str, str]:
    """Return the notebook and the section where one reads on."""
    notebook, _, section = read.partition("#")
    return {"notebook": f"notebooks/{notebook}.ipynb", "section": section}


def shortened(text: str, most: int = MOST) -> str:
    """Leave out the middle of a text that is too long to be read."""
    text = text.strip()
    return text if len(text) <= most else f"{text[: most // 2]}\n[…]\n{text[-most // 2 :]}"


def in_brief(record: Record, told: str) -> str:
    """Return a feedback of a few lines as plain text: what failed, and what was seen."""
    tasks = told_tasks(record)
    if told and all(task.tone == NONE for task in tasks):
        return told
    parts = [f"{task.id} {_brief(task)}" for task in tasks]
    return " · ".join([*parts, *([told] if told else [])])


def _brief(task: Told) -> str:
    points = f"{task.points:g}/{task.max_points:g}"
    if task.tone == GOOD:
        return f"passed ({points})"
    if task.tone == OPEN:
        return task.word.lower()
    why = task.likely[0]["name"] if task.likely else task.seen
    return f"{task.word.lower()} ({points}): {shortened(' '.join(why.split()), 160)}"
