"""CSV files of people: read whatever a gradebook or a spreadsheet wrote, write what is harmless."""

import csv
import io
import re
from pathlib import Path

from duplex.errors import CourseError

DELIMITERS = ",;\t"
LARGEST = 20_000_000  # bytes of a roster
DANGEROUS = re.compile(r"[\s'\"]*[=+\-@＝＋－＠\t\r]")  # what a spreadsheet may run as a formula
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def read(path: Path) -> tuple[list[list[str]], str]:
    """Return the rows of a CSV file, all of one width, and its delimiter."""
    try:
        if path.stat().st_size > LARGEST:
            raise CourseError(f"{path} is far too large for a roster; export it again.")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CourseError(f"{path} cannot be read ({error.strerror}); name another file.") from None
    except UnicodeDecodeError:
        raise CourseError(f"{path} is not UTF-8; export it again as CSV in UTF-8.") from None
    return _rows(text, path)


def _rows(text: str, path: Path) -> tuple[list[list[str]], str]:
    first = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        rows = list(filter(None, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))
    except csv.Error as error:
        raise CourseError(f"{path} is no CSV file ({error}); export it again.") from None
    if len(rows) < 2 or len(rows[0]) < 2:
        raise CourseError(f"{path} holds no students; export the gradebook or roster again.")
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows], delimiter


def text_of(rows: list[list[str]], delimiter: str = ",") -> bytes:
    """Return rows as a CSV file in UTF-8, without a byte order mark: no gradebook needs one."""
    made = io.StringIO(newline="")
    csv.writer(made, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return made.getvalue().encode("utf-8", "replace")


def is_dangerous(cell: str) -> bool:
    """Tell whether a spreadsheet could run a cell as a formula, or a line break hides in it."""
    return bool(DANGEROUS.match(cell) or CONTROL.search(cell))


def harmless(cell: str) -> str:
    """Return a cell that is only for people: an apostrophe before it makes a spreadsheet show it.

    Never for a cell by which a gradebook finds a student: it would not find that student again.
    """
    cell = CONTROL.sub(" ", cell)
    return f"'{cell}" if DANGEROUS.match(cell) else cell


def number(value: float) -> str:
    """Write a grade as gradebooks read it: at most two decimals, no thousands separator."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def number_in(cell: str) -> float | None:
    """Read a number that a gradebook wrote, with a point or a comma; None when it is none."""
    try:
        return float(cell.strip().replace(",", "."))
    except ValueError:
        return None
