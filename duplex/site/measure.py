"""What the playground costs a reader: bytes of the first load, and time to the first message."""

import time
from dataclasses import dataclass
from pathlib import Path

from duplex import catalog
from duplex.browser import open_browser
from duplex.errors import CourseError
from duplex.site.hosting import running
from duplex.site.reader import Reader, solution

LAB = "lab04_rooms"
AGAIN = 3  # visits with what was kept; the middle one counts


@dataclass(frozen=True)
class Figures:
    """What was measured: bytes, and seconds from the first request to a message that is heard."""

    first_bytes: int  # all that the server sends for a first visit, the page with it
    again_bytes: int  # the most that it sends for a later one
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
    with running(site) as (server, url), open_browser() as browser:
        context = browser.new_context()
        visits = [_visit(context, server, url) for _ in range(1 + AGAIN)]
        context.close()
    (first, loaded), *later = visits
    return Figures(loaded, max(size for _, size in later), first, [took for took, _ in later])


def _visit(context, server, url: str) -> tuple[float, int]:
    """Open the page, connect two clients, and let one speak; return the seconds, and the bytes."""
    page = context.new_page()
    server.sizes.clear()
    reader, begun = Reader(page, url, LAB), time.perf_counter()
    reader.open(solution(LAB))
    reader.connect(1, 2)
    reader.say(1, "hello")
    reader.hears(2, "ada: hello")
    took = time.perf_counter() - begun
    page.close()
    return took, sum(server.sizes)
