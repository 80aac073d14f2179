"""What the playground costs a reader: bytes of the first load, and time to the first message."""

import time
from dataclasses import dataclass
from pathlib import Path

from duplex import catalog
from duplex.browser import open_browser
from duplex.errors import CourseError
from duplex.site.hosting import served
from duplex.site.reader import Reader, solution

LAB = "lab04_rooms"
AGAIN = 3  # visits with what was kept; the middle one counts


@dataclass(frozen=True)
class Figures:
    """What was measured: bytes, and seconds from the first request to a message that is heard."""

    first_bytes: int  # all that a first visit loads, the page with it
    again_bytes: int  # all that a later visit loads
    first: float
    again: list[float]

    @property
    def later(self) -> float:
        """The middle one of the later visits."""
        return sorted(self.again)[len(self.again) // 2]


def measure(site: Path) -> Figures:
    """Visit lab 04's page in Chromium, at first with nothing kept, then again and again."""
    if not (site / "_static/playground/manifest.json").is_file():
        raise CourseError(f"{site} has no playground; build the site first.")
    if not catalog.complete():
        raise CourseError("The solutions are needed to measure; this copy of the course has none.")
    with served(site) as url, open_browser() as browser:
        context = browser.new_context()
        first, loaded = _visit(context, url)
        later = [_visit(context, url) for _ in range(AGAIN)]
        context.close()
    return Figures(loaded, max(size for _, size in later), first, [took for took, _ in later])


def _visit(context, url: str) -> tuple[float, int]:
    """Open the page, connect two clients, and let one speak; return the seconds, and the bytes."""
    answers, page = [], context.new_page()
    page.on("response", lambda one: answers.append(one))  # also those of its workers
    reader, begun = Reader(page, url, LAB), time.perf_counter()
    reader.open(solution(LAB))
    reader.connect(1, 2)
    reader.say(1, "hello")
    reader.hears(2, "ada: hello")
    took = time.perf_counter() - begun
    page.close()
    return took, sum(int(one.headers.get("content-length", 0)) for one in answers)
