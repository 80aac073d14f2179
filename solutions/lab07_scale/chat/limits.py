"""How much one person may ask of this process: frames that are not too long, nor too many."""

import time
from itertools import islice

from django.conf import settings

LONGEST = 16 * 1024  # bytes of a frame
PATIENCE = 100  # frames beyond what is allowed; then the connection is closed


class Bucket:
    """Tokens of one person: a frame takes one, and time brings them back, up to a burst."""

    def __init__(self):
        self.tokens, self.at = settings.BURST, time.monotonic()

    def fill(self) -> None:
        """Put in what time has brought since the last look."""
        now = time.monotonic()
        self.tokens = min(self.tokens + (now - self.at) * settings.RATE, settings.BURST)
        self.at = now


_buckets: dict[str, Bucket] = {}  # by person; who has used theirs last stands last


def spend(name: str) -> float:
    """Take a token of a person's, and return what is left: less than zero, if there was none.

    Who goes on all the same goes into debt, and has to wait the longer.
    """
    # task 7.5: each person has one Bucket in this process, however many connections; fill it,
    #   then take one. Buckets are kept for ever, unless you put each that is used last in
    #   `_buckets`, and call `_forget_full`, which looks at the first ones; as it stands, nobody
    #   ever has to wait
    # stub: return settings.BURST
    bucket = _buckets.pop(name, None) or Bucket()
    _buckets[name] = bucket
    bucket.fill()
    bucket.tokens -= 1
    _forget_full()
    return bucket.tokens
    # end 7.5


def _forget_full() -> None:
    """Forget buckets that are full again, as good as new; look at the two used longest ago."""
    for name in list(islice(_buckets, 2)):
        _buckets[name].fill()
        if _buckets[name].tokens >= settings.BURST:
            del _buckets[name]


def wait_for(left: float) -> float:
    """Return after how many seconds a frame is taken again, when so much is left."""
    return round((1 - left) / settings.RATE, 1)


def is_too_long(text: str | None, data: bytes | None) -> bool:
    """Tell whether a frame is longer than LONGEST; what counts is bytes, as on the wire."""
    # task 7.6: a character may be up to four bytes
    # stub: return False
    return len(data if text is None else text.encode()) > LONGEST
    # end 7.6
