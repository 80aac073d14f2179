"""What a batch did, line by line: so that an appeal can be answered, and a test can count."""

import json
from datetime import datetime
from pathlib import Path

from duplex.batch.job import Job


class Journal:
    """The file journal.jsonl of the results; lines are only ever appended."""

    def __init__(self, out: Path):
        self.file = out / "journal.jsonl"

    def write(self, what: str, job: Job) -> None:
        """Note what happened to a job."""
        when = datetime.now().astimezone().isoformat("T", "milliseconds")
        told = {"when": when, "what": what, "lab": job.lab, "key": job.key}
        told |= {"tasks": job.tasks} if job.tasks else {}
        with open(self.file, "ab", buffering=0) as file:
            file.write(json.dumps(told).encode() + b"\n")
