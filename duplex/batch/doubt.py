"""Which verdicts a busy computer may have caused, and so must be judged again before they count.

A verdict that has nothing to do with time is the same on every computer. One that followed a wait
in vain counts as it is when this computer was calm meanwhile: the batch waits longer than a
student's own check does, and when work was kept waiting for less than that excess, the student's
own deadline had passed anyhow.
"""

from duplex.batch.judge import UNJUDGED

SHORTEST = 0.5  # seconds: the shortest wait of a grader for something that must come
BY_TIME = ("timeout", "tampered")  # also a sandbox that does not answer


def doubtful(told: dict, patience: float) -> list[str]:
    """Return the tasks of a result whose verdicts the time may have caused."""
    stalled = told["stalled"]
    return [one["task_id"] for one in told["verdicts"]
            if by_time(one) and not calm(stalled.get(one["task_id"]), patience)]  # fmt: skip


def by_time(verdict: dict) -> bool:
    """Tell whether a slow computer alone may bring about such a verdict."""
    if verdict["verdict"] in ("passed", *UNJUDGED):
        return False
    return verdict["verdict"] in BY_TIME or bool(verdict.get("evidence", {}).get("in_vain"))


def calm(stalled: float | None, patience: float) -> bool:
    """Tell whether this computer kept work waiting for less than the batch waits longer."""
    return stalled is not None and stalled <= (patience - 1) * SHORTEST
