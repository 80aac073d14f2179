"""What runs on Gradescope: grade one submission, and write results.json.

What cannot be judged at all leaves no results.json, so that Gradescope tells the instructor of a
failure and gives nobody a zero.
"""

import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from duplex import backup, catalog
from duplex.batch.job import Job
from duplex.batch.judge import Judge
from duplex.batch.prepare import Entry
from duplex.batch.prepare import record as record_of
from duplex.batch.record import Record, Submission
from duplex.errors import CourseError
from duplex.results.gradescope import as_results
from duplex.sandbox import jail
from duplex.submissions import Refused, projects, unpacked
from duplex.submissions.refused import NOT_SUBMITTED

PATIENCE = 2.0  # Gradescope's machines are small
OPEN = ("There is no sandbox here, so a submission could read the tests and forge its result; "
        "look at what it is, if in doubt.")  # fmt: skip


def main() -> None:
    """Grade as the environment variable AUTOGRADER says, by the one lab that is whole here."""
    top = Path(os.environ.get("AUTOGRADER", "/autograder"))
    sandboxed = sandbox_works()
    print("The submission runs in a sandbox." if sandboxed else OPEN)
    record = graded(max(catalog.names()), top / "submission", sandboxed)
    text = json.dumps(as_results(record), indent=1, ensure_ascii=False) + "\n"
    target = top / "results" / "results.json"
    target.parent.mkdir(exist_ok=True)
    backup.write(target, text.encode("utf-8", "backslashreplace"))


def sandbox_works() -> bool:
    """Tell whether a process can be shut in: containers do not always allow it."""
    if jail.missing():
        return False
    command = [*jail.bwrap(user=jail.new_user()), "true"]
    return subprocess.run(command, capture_output=True).returncode == 0


def graded(number: int, folder: Path, sandboxed: bool) -> Record:
    """Grade a folder with what a student handed in for one lab."""
    submission = Submission("student", "", folder)
    entry = partial(Entry, submission, number)
    with tempfile.TemporaryDirectory(prefix="duplex-") as scratch:
        try:
            found = projects(unpacked(submission, Path(scratch) / "unpacked"), number).get(number)
        except Refused as refusal:
            return record_of(entry("", refusal.verdict, str(refusal)), None)
        if found is None:
            problem = f"There is no project of lab {number} in it: no folder with a manage.py."
            return record_of(entry("", NOT_SUBMITTED, problem), None)
        judge = Judge.with_worker(not sandboxed, PATIENCE)
        try:
            return record_of(entry("-"), judge.judge(Job("-", number, found, "-")))
        finally:
            judge.stop()


if __name__ == "__main__":
    try:
        main()
    except (CourseError, OSError) as error:
        sys.exit(str(error))
