"""What a million connections would take, from what was measured here."""

import math
from pathlib import Path

PEOPLE = 1_000_000
PING = 20  # seconds between two pings of Daphne, its default
RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")  # Linux tells here
IANA = range(49_152, 65_536)  # RFC 6335, section 6: what other systems use


def ports() -> int:
    """Return how many ports this computer may choose from when it connects somewhere."""
    if not RANGE.is_file():
        return len(IANA)
    first, last = map(int, RANGE.read_text().split())
    return last - first + 1


def descriptors() -> int | float:
    """Return how many files and sockets a process may have open here, unless it asks for more."""
    try:
        import resource
    except ModuleNotFoundError:  # on Windows there is no such limit
        return math.inf
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return math.inf if limit == resource.RLIM_INFINITY else limit


def at_rest(idle: float) -> list[dict]:
    """Say what a million silent connections take; `idle` is bytes of memory for one."""
    gigabytes = PEOPLE * idle / 1e9
    return [
        {"a million connections take": "memory of the Daphnes", "how it is found":
         f"{idle / 1000:.0f} kB measured × 1,000,000", "result": f"{gigabytes:.0f} GB"},
        {"a million connections take": "pings (and as many pongs)", "how it is found":
         f"1,000,000 / {PING} s", "result": f"{PEOPLE // PING:,} a second"},
        {"a million connections take": "descriptors, in Daphne and proxy", "how it is found":
         "1 in Daphne, 2 in the proxy", "result": f"{3 * PEOPLE:,}"},
        {"a million connections take": "ports, from a proxy to one TCP address",
         "how it is found": f"{ports():,} to choose from here",
         "result": f"{math.ceil(PEOPLE / ports())} addresses, or unix sockets"},
    ]  # fmt: skip


def in_talk(rate: float, seconds: int, room: int) -> tuple[float, int]:
    """Return deliveries a second, and the processes for them, when each of a million speaks.

    `rate` is what one process delivers in a second; each person speaks once in `seconds`, and is
    heard by a room of so many.
    """
    deliveries = PEOPLE / seconds * room
    return deliveries, math.ceil(deliveries / rate)
