"""Which verdicts a busy computer may have caused, and so must be judged again before they count.

A verdict that has nothing to do with time is the same on every computer. One that followed a wait
in vain counts as it is when this computer did not keep the work in question waiting meanwhile
(`duplex.pressure`). A batch with patience 2 waits twice as long as a student's own check: when the
work was kept waiting for less than half of that, the student's own deadline would have passed too.
"""

from duplex.pressure import UNKNOWN
from duplex.verdict import UNJUDGED

BY_TIME = ("timeout", "tampered")  # also a sandbox that does not answer


def doubtful(told: dict, patience: float) -> list[str]:
    """Return the tasks of a result whose verdicts the time may have caused."""
    return [one["task_id"] for one in told["verdicts"]
            if by_time(one) and not calm(one, patience)]  # fmt: skip


def by_time(verdict: dict) -> bool:
    """Tell whether a slow computer alone may bring about such a verdict."""
    if verdict["verdict"] in ("passed", *UNJUDGED):
        return False
    return verdict["verdict"] in BY_TIME or "in_vain" in verdict.get("evidence", {})


def calm(verdict: dict, patience: float) -> bool:
    """Tell whether this computer kept work waiting for less than the batch waits longer."""
    share = verdict.get("evidence", {}).get("in_vain", UNKNOWN)
    return share != UNKNOWN and float(share) <= 1 - 1 / patience
