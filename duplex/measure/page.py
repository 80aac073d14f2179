"""What happens around a page: when its messages came, and how long they waited in it."""

import contextlib
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from duplex import frames
from duplex.line import Line


def frames_on(line: Line, *, up: bool) -> list[tuple[float, frames.RawFrame]]:
    """Return the frames that passed one way with their moments: milliseconds, as `Date.now()`."""
    now = time.time() - time.perf_counter()
    readers, found = defaultdict(Reader), []
    for passage in list(line.passages):
        if passage.up == up:
            whole = readers[passage.connection].read(passage.data)
            found += [(1000 * (passage.at + now), frame) for frame in whole]
    return found


class Reader:
    """Reads one way of one connection: a handshake, then frames; pages are left out."""

    def __init__(self):
        self._buffer, self._is_socket = b"", None  # None: the head has not come yet

    def read(self, data: bytes) -> list[frames.RawFrame]:
        """Return the frames that `data` completes."""
        self._buffer += data
        if self._is_socket is None and b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            self._is_socket = b"upgrade: websocket" in head.lower()
        found = []
        while self._is_socket and self._buffer:
            try:
                frame, self._buffer = frames.decode(self._buffer)
            except frames.Incomplete:
                break
            found.append(frame)
        return found


@dataclass(frozen=True)
class Wait:
    """One message: when it came to this computer, and when its handler ran (milliseconds)."""

    came: float
    handled: float

    @property
    def time(self) -> float:
        """How long it waited in the page."""
        return max(0.0, self.handled - self.came)


def waits(line: Line, ticks: list[dict], handled: str = "handled") -> list[Wait]:
    """Join the ticks that a page handled with the moments at which the line saw them pass."""
    came = {_sent(frame): at for at, frame in frames_on(line, up=False)}
    return [Wait(came[tick["sent"]], tick[handled]) for tick in ticks]


def _sent(frame: frames.RawFrame) -> float | None:
    with contextlib.suppress(ValueError, KeyError, TypeError):
        return json.loads(frame.payload)["sent"]
    return None


def longest(waited: list[Wait]) -> float:
    """The longest wait, in milliseconds."""
    return max(wait.time for wait in waited)


@dataclass(frozen=True)
class Attempt:
    """One attempt to connect: when it began, when and how it ended (seconds after the loss)."""

    began: float
    ended: float
    worked: bool


def attempts(heard: list[dict]) -> list[Attempt]:
    """Read what `stayConnected` told after the first loss: {"name": "try", "at": milliseconds}."""
    events = list(_after_loss(heard))
    lost = events[0]["at"]
    found, began = [], None
    for event in events[1:]:
        at = (event["at"] - lost) / 1000
        if event["name"] == "try":
            began = at
        elif began is not None and event["name"] in ("open", "close"):
            found.append(Attempt(began, at, event["name"] == "open"))
            began = None
    return found


def _after_loss(heard: list[dict]) -> Iterator[dict]:
    events = iter(heard)
    for event in events:
        if event["name"] == "close":
            yield event
            break
    yield from events


def pauses(tried: list[Attempt]) -> list[float]:
    """The waits between one end and the next attempt, in milliseconds; the loss is the first."""
    ends = [0.0, *(attempt.ended for attempt in tried)]
    return [1000 * (attempt.began - end) for attempt, end in zip(tried, ends, strict=False)]


def busiest(clients: Iterable[list[float]], width: float = 20.0) -> int:
    """Return the most attempts within `width` milliseconds, of all clients together."""
    counts = Counter(int(moment // width) for client in clients for moment in client)
    return max(counts.values())
