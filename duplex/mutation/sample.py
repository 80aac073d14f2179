"""Some of the mutants, drawn by lot, where all would take a day; and what their score is worth."""

import hashlib
import math

from duplex.mutation.mutants import Mutant

SURE = 1.96  # standard deviations to each side that hold 95 % of a normal distribution


def sample(mutants: list[Mutant], size: int | None) -> list[Mutant]:
    """Return so many of these mutants, in their order; all of them with None.

    The lot is a hash of lab and id, so it falls alike whenever it is drawn, a larger sample holds
    the smaller one, and a mutant that is added later displaces at most one other.
    """
    if size is None:
        return mutants
    drawn = {one.id for one in sorted(mutants, key=_lot)[:size]}
    return [one for one in mutants if one.id in drawn]


def _lot(mutant: Mutant) -> bytes:
    return hashlib.sha256(f"{mutant.lab} {mutant.id}".encode()).digest()


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """Return the 95 % interval of Wilson's: between which shares, from 0 to 1, all may lie.

    It takes the sample for one of endlessly many, so of a small whole it says too little, never
    too much.
    """
    if not tries:
        return 0.0, 1.0
    share, doubt = hits / tries, SURE**2 / tries
    middle = share + doubt / 2
    reach = SURE * math.sqrt(share * (1 - share) / tries + doubt / tries / 4)
    return max(0.0, (middle - reach) / (1 + doubt)), min(1.0, (middle + reach) / (1 + doubt))
