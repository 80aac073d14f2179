"""Which labs a variable names, such as DUPLEX_EVERY_TASK: for them more is done than usual."""

import os
from collections.abc import Sequence


def is_quick(lab) -> bool:
    """Tell whether a lab as a whole is judged within seconds: labs 6 to 8 take far longer."""
    return lab.number <= 5


def names(variable: str, lab) -> bool:
    """Tell whether an environment variable names a lab: by its number, as "1 2", or as "all"."""
    return bool({"all", str(lab.number)} & set(os.environ.get(variable, "").split()))


def due(variable: str, lab, every: Sequence, few: Sequence) -> list:
    """Return what of a lab is due: a few, or every one when an environment variable names the lab.

    With DUPLEX_ONLY_THE_REST it is what is not due without the variable.
    """
    rest = bool(os.environ.get("DUPLEX_ONLY_THE_REST"))
    if not names(variable, lab):
        return [] if rest else [*few]
    return [one for one in every if not (rest and one in few)]
