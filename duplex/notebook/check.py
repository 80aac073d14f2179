"""Check the reader's own lab inside a notebook: what `duplex check` says, as a table."""

from html import escape
from pathlib import Path

from IPython.display import display

from duplex import catalog, progress, report, tree
from duplex.diagnosis.diagnose import Diagnosis, diagnose
from duplex.diagnosis.telling import at, reading, unsure
from duplex.errors import CourseError
from duplex.terminal import clean, one_line
from duplex.verdict import TaskVerdict
from duplex.worker import Worker

HEADS = "Task", "Verdict", "Points", "What a client saw"


def check(number: int) -> None:
    """Grade lab `number` as it is in labs/, and show each task's verdict, and what to do next."""
    lab = catalog.lab(number)
    if untouched(lab):
        words = f"Lab {lab.number:02d} is as new: nothing is written yet in {lab.folder().name}. "
        _show(words + "Do the lab, then run this cell again.")
        return
    worker = Worker(apart=True)
    try:
        verdicts = worker.grade(lab, lab.folder())
    except CourseError as error:
        _show(str(error))
        return
    finally:
        worker.stop()
    _note(verdicts)
    causes = diagnose(lab, lab.folder(), verdicts)
    looks = {task: one.look for task, one in causes.items()}
    sentences = [_sum(verdicts), report.next_step(lab, lab.folder(), verdicts, looks)]
    _show(" ".join(sentences), [_row(one, causes.get(one.task_id)) for one in verdicts])


def untouched(lab: catalog.Lab) -> bool:
    """Tell whether the files that a student edits are those of the skeleton."""
    skeleton, folder = tree.render(lab.name), lab.folder()
    return all(_content(folder / name) == skeleton.get(name) for name in lab.edits)


def _content(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None


def _note(verdicts: list[TaskVerdict]) -> None:
    try:
        progress.record(verdicts)
    except CourseError as error:
        _show(str(error))


def _sum(verdicts: list[TaskVerdict]) -> str:
    points, most = (
        sum(getattr(one, name) for one in verdicts) for name in ("points", "max_points")
    )
    return f"{report.number(points)} of {report.number(most)} points."


def _row(verdict: TaskVerdict, cause: Diagnosis | None) -> tuple[str, str, str, list[str]]:
    """Return a task's cells; the last one has a line for each thing to say."""
    mark, points = report.sign(verdict)[0], report.number(verdict.points)
    return (
        f"{verdict.task_id} {verdict.title}", f"{mark} {verdict.verdict}",
        f"{points} of {report.number(verdict.max_points)}", _lines(verdict, cause),
    )  # fmt: skip


def _lines(verdict: TaskVerdict, cause: Diagnosis | None) -> list[str]:
    if verdict.passed:
        return []
    told = [("", verdict.message), ("Should: ", verdict.should), ("Server log: ", verdict.cause)]
    if cause and cause.sure:
        first = cause.causes[0]
        told += [
            ("Likely: ", f"{first.name}{at(first)}. {first.why}"),
            ("Read on: ", reading(first)),
        ]
    elif cause:
        told += [("Not sure: ", unsure(cause))]
    return [label + one_line(text) for label, text in told if text]


def _show(sentence: str, rows: list[tuple] = ()) -> None:
    """Show a sentence below a table; nothing that a project printed becomes markup."""
    lines = ["  ".join([*row[:3], " ".join(row[3])]).rstrip() for row in rows]
    head = "".join(f'<th scope="col">{name}</th>' for name in HEADS)
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in rows)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" if rows else ""
    markup = f"{table}<p>{escape(clean(sentence))}</p>"
    plain = clean("\n".join([*lines, sentence]))
    display({"text/html": markup, "text/plain": plain}, raw=True)


def _cells(row: tuple) -> str:
    task, *others, lines = row
    told = "<br>".join(escape(clean(line)) for line in lines)
    cells = [*map(escape, others), told]
    style = ' style="text-align: left"'
    return f'<th scope="row"{style}>{escape(task)}</th>' + "".join(
        f"<td{style}>{cell}</td>" for cell in cells
    )
