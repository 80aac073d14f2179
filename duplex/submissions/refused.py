"""Why a submission cannot be judged."""

from duplex.errors import CourseError
from duplex.terminal import clean, one_line

NOT_SUBMITTED, TAMPERED = "not submitted", "tampered"


class Refused(CourseError):
    """One sentence, and the verdict that then holds for every task."""

    def __init__(self, verdict: str, sentence: str):
        super().__init__(sentence)
        self.verdict = verdict


def shown(name: object) -> str:
    """Return a name as it may stand in a sentence: one line, not long, nothing that steers."""
    return clean(one_line(str(name), 120))
